import Base
import Columns
import Synchronization

/// Postings of one version, with the properties of the connections that they hold.
///
/// A commit adds a few edges to many keys, and each key's last cell would be copied for it. New edges are
/// therefore only noted, and put in their places when a reader first asks for the postings of a version, or
/// when there are many.
final class ConnectionPostings: Sendable {
    /// The numbers of the properties, in the order of the index's; none for labels, whose one number is
    /// confidence.
    let properties: [UInt32]
    /// Properties with an integer that no float equals: ranges on them are not answered by the postings.
    let inexact: Set<UInt32>
    private let base: PostingIndex
    /// Edges not in `base` yet, a batch a commit.
    private let noted: [[PostingEdge]]
    private let notedCount: Int
    private let whole: Mutex<PostingIndex?>
    private static let notedLimit = 8_192

    init(index: PostingIndex, properties: [UInt32], inexact: Set<UInt32> = []) {
        self.properties = properties
        self.inexact = inexact
        base = index
        noted = []
        notedCount = 0
        whole = Mutex(index)
    }

    private init(
        _ old: ConnectionPostings, _ base: PostingIndex, _ noted: [[PostingEdge]], _ inexact: Set<UInt32>
    ) {
        properties = old.properties
        self.inexact = inexact
        self.base = base
        self.noted = noted
        notedCount = noted.reduce(0) { $0 + $1.count }
        whole = Mutex(noted.isEmpty ? base : nil)
    }

    /// All of the postings.
    var index: PostingIndex {
        if let known = whole.withLock({ $0 }) { return known }
        do {
            let index = try base.applying(insertions: noted.flatMap { $0 })
            whole.withLock { $0 = index }
            return index
        } catch {
            preconditionFailure("edges were noted that do not fit their postings: \(error)")
        }
    }

    /// The next version; `nil` where an edge to be taken away is not there.
    func applying(
        insertions: [PostingEdge], deletions: [PostingEdge], inexact: Set<UInt32>? = nil
    ) -> ConnectionPostings? {
        let inexact = inexact ?? self.inexact
        guard deletions.isEmpty, notedCount + insertions.count <= ConnectionPostings.notedLimit else {
            guard let next = try? index.applying(insertions: insertions, deletions: deletions) else {
                return nil
            }
            return ConnectionPostings(self, next, [], inexact)
        }
        if let known = whole.withLock({ $0 }) {
            return ConnectionPostings(self, known, insertions.isEmpty ? [] : [insertions], inexact)
        }
        return ConnectionPostings(self, base, noted + [insertions], inexact)
    }

    /// Bytes held, those shared with other versions included.
    var byteCount: Int { base.byteCount + notedCount * 64 }
}
