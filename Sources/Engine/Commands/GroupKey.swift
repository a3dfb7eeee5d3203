import Catalog
import Query

/// What the groups of a command are made by: a property, or, of connections, one of their ends or a property
/// of it.
struct GroupKey {
    /// As the command has it: `color`, `_dst`, `_dst.name`.
    let name: String
    /// The end of a connection that is meant; `nil` for a property of what was found itself.
    let end: ConnectionSide?
    /// The property; `nil` for the end's `_uniqueid`.
    let property: String?

    init(_ name: String, of subject: CommandSubject) {
        self.name = name
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = ["_src": ConnectionSide.source, "_dst": .target]
        guard subject == .connection, let end = ends[String(parts[0])] else {
            self.end = nil
            property = name
            return
        }
        self.end = end
        property = parts.count > 1 ? String(parts[1]) : nil
    }
}
