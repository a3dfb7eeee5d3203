import Base
import Columns

/// A memory index of one version. Immutable; the next version's shares what did not change.
enum BuiltIndex: Sendable {
    case column(Column)
    case rows(RowSet)
    case path(PathColumn)
    case postings(ConnectionPostings)

    /// Bytes held, those shared with other versions included.
    var byteCount: Int {
        switch self {
        case .column(let column): column.byteCount
        case .rows(let rows): rows.byteCount
        case .path(let path): path.byteCount
        case .postings(let postings): postings.index.byteCount
        }
    }
}

/// Postings with the properties of the connections that they hold.
struct ConnectionPostings: Sendable {
    var index: PostingIndex
    /// The numbers of the properties, in the order of the index's; none for labels, whose one number is confidence.
    var properties: [UInt32]
    /// Properties with an integer that no float equals: ranges on them are not answered by the postings.
    var inexact: Set<UInt32> = []
}
