import Base
import Columns

/// A memory index of one version. Immutable; the next version's shares what did not change.
enum BuiltIndex: Sendable {
    case column(PropertyColumn)
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

    /// The same for a line of versions of its own, none of which follows on this one.
    var branch: BuiltIndex {
        switch self {
        case .column(let column): .column(column.branch)
        case .postings(let postings): .postings(postings.branch)
        case .rows, .path: self
        }
    }

    /// Whether the caller should ``settle()`` the index in the background.
    func claimsUpkeep() -> Bool {
        switch self {
        case .column(let column): column.claimsUpkeep()
        case .postings(let postings): postings.claimsUpkeep()
        case .rows, .path: false
        }
    }

    /// Puts in its place what is only noted, so that no reader waits for it.
    func settle() {
        switch self {
        case .column(let column): _ = column.column
        case .postings(let postings): _ = postings.index
        case .rows, .path: break
        }
    }
}
