import Base
import Columns

/// A memory column of one version.
///
/// A commit changes a few rows of every column, each of which would have a chunk copied: values are noted
/// first.
struct PropertyColumn: Sendable {
    typealias Change = (row: LocalID, value: ColumnValue?)

    private let values: NotedChanges<Column, Change>
    /// Beyond so many, values are put in their places in the background, and beyond so many more, at once.
    private static let fewNoted = 1_024
    private static let mostNoted = 4_096

    init(_ column: Column) { self.init(NotedChanges(column)) }

    private init(_ values: NotedChanges<Column, Change>) { self.values = values }

    /// The column. Whatever values are only noted are put in their places first.
    var column: Column {
        do {
            return try values.current { (base, rest) throws(ColumnsError) in try base.applying(rest) }
        } catch {
            preconditionFailure("values were noted that do not fit their column: \(error)")
        }
    }

    /// Whether the caller should ask for ``column`` in the background.
    func claimsUpkeep() -> Bool { values.claimsUpkeep(beyond: PropertyColumn.fewNoted) }

    /// The next version, with rows changed or, where the value is `nil`, without value; the last change of a
    /// row counts.
    /// - Throws: what ``Column/applying(_:)`` throws.
    func applying(_ changes: [Change]) throws(ColumnsError) -> PropertyColumn {
        guard values.count + changes.count <= PropertyColumn.mostNoted,
            values.base.takes(changes, besides: values.count)
        else { return PropertyColumn(try column.applying(changes)) }
        return PropertyColumn(values.noting(changes))
    }

    /// The same for a line of versions of its own.
    var branch: PropertyColumn { PropertyColumn(values.branch) }

    /// Bytes held, those shared with other versions included.
    var byteCount: Int { values.base.byteCount + values.count * 64 }
}
