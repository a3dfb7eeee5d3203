import Base
import Columns

/// Postings of one version, with the properties of the connections that they hold.
///
/// A commit adds a few edges to many keys, each of which would have its last cell copied: edges are noted
/// first.
struct ConnectionPostings: Sendable {
    /// The numbers of the properties, in the order of the index's; none for labels, whose one number is
    /// confidence.
    let properties: [UInt32]
    /// Properties with an integer that no float equals: ranges on them are not answered by the postings.
    let inexact: Set<UInt32>
    private let edges: NotedChanges<PostingIndex, PostingEdge>
    /// Beyond so many, edges are put in their places in the background, and beyond so many more, at once.
    private static let fewNoted = 2_048
    private static let mostNoted = 65_536

    init(index: PostingIndex, properties: [UInt32], inexact: Set<UInt32> = []) {
        self.init(NotedChanges(index), properties, inexact)
    }

    private init(
        _ edges: NotedChanges<PostingIndex, PostingEdge>, _ properties: [UInt32], _ inexact: Set<UInt32>
    ) {
        self.edges = edges
        self.properties = properties
        self.inexact = inexact
    }

    /// All of the postings. Whatever edges are only noted are put in their places first.
    var index: PostingIndex {
        do {
            return try edges.current { (base, rest) throws(ColumnsError) in
                try base.applying(insertions: rest)
            }
        } catch {
            preconditionFailure("edges were noted that do not fit their postings: \(error)")
        }
    }

    /// Whether the caller should ask for ``index`` in the background.
    func claimsUpkeep() -> Bool { edges.claimsUpkeep(beyond: ConnectionPostings.fewNoted) }

    /// The next version; `nil` where an edge to be taken away is not there.
    func applying(
        insertions: [PostingEdge], deletions: [PostingEdge], inexact: Set<UInt32>? = nil
    ) -> ConnectionPostings? {
        let inexact = inexact ?? self.inexact
        guard deletions.isEmpty, edges.count + insertions.count <= ConnectionPostings.mostNoted else {
            // What does not apply is dropped, and built anew from the tables.
            guard let next = try? index.applying(insertions: insertions, deletions: deletions) else {
                return nil
            }
            return ConnectionPostings(NotedChanges(next), properties, inexact)
        }
        return ConnectionPostings(edges.noting(insertions), properties, inexact)
    }

    /// The same for a line of versions of its own.
    var branch: ConnectionPostings { ConnectionPostings(edges.branch, properties, inexact) }

    /// Bytes held, those shared with other versions included.
    var byteCount: Int { edges.base.byteCount + edges.count * 64 }
}
