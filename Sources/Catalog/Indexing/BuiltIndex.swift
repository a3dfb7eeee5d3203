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
        case .postings(let postings): postings.byteCount
        }
    }
}
