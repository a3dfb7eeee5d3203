/// Something that `verify` found wrong.
public struct CatalogFinding: Sendable, Hashable, CustomStringConvertible {
    /// What kind of wrong it is.
    public enum Kind: String, Sendable, Hashable {
        /// A page of `catalog.sqlite` or of its log does not match its checksum.
        case page
        /// SQLite's own check failed.
        case database
        /// Something refers to what does not exist.
        case reference
        /// A number that should follow from the rows does not.
        case count
        /// The current labels are not the fold of the label log.
        case labels
        /// A memory index does not say what the tables say.
        case index
        /// A row says what no row may say.
        case row
    }

    public var kind: Kind
    /// What is wrong and where, for people.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
