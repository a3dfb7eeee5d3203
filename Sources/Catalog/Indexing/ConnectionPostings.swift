import Base
import Columns
import Synchronization

/// Postings of one version, with the properties of the connections that they hold.
///
/// A commit adds a few edges to many keys, and each key's last cell would be copied for it. New edges are
/// therefore only noted, and put in their places when a reader asks for the postings, or, when there are
/// many, in the background.
final class ConnectionPostings: Sendable {
    /// An index with the first so many batches of noted edges in their places, for all versions of one base.
    private struct Advance: Sendable {
        var index: PostingIndex
        var batchCount: Int
    }

    /// Shared by the versions that note edges beside the same base.
    private final class Progress: Sendable {
        let furthest = Mutex<Advance?>(nil)
        let isAskedFor = Mutex(false)
    }

    /// The numbers of the properties, in the order of the index's; none for labels, whose one number is
    /// confidence.
    let properties: [UInt32]
    /// Properties with an integer that no float equals: ranges on them are not answered by the postings.
    let inexact: Set<UInt32>
    private let base: PostingIndex
    /// Edges not in `base` yet, a batch a commit.
    private let noted: [[PostingEdge]]
    private let notedCount: Int
    private let progress: Progress
    /// Beyond so many, edges are put in their places in the background, and beyond so many more, at once.
    private static let fewNoted = 2_048
    private static let mostNoted = 65_536

    init(index: PostingIndex, properties: [UInt32], inexact: Set<UInt32> = []) {
        self.properties = properties
        self.inexact = inexact
        base = index
        noted = []
        notedCount = 0
        progress = Progress()
    }

    private init(
        _ old: ConnectionPostings, _ base: PostingIndex, _ noted: [[PostingEdge]], _ progress: Progress,
        _ inexact: Set<UInt32>
    ) {
        properties = old.properties
        self.inexact = inexact
        self.base = base
        self.noted = noted
        notedCount = noted.reduce(0) { $0 + $1.count }
        self.progress = progress
    }

    /// All of the postings. Whatever edges are only noted are put in their places first.
    var index: PostingIndex {
        if noted.isEmpty { return base }
        let known = progress.furthest.withLock { $0 }
        let isOfUse = known.map { $0.batchCount <= noted.count } ?? false
        let start = isOfUse ? known : nil
        let rest = noted[(start?.batchCount ?? 0)...]
        if rest.isEmpty, let start { return start.index }
        do {
            let index = try (start?.index ?? base).applying(insertions: rest.flatMap { $0 })
            progress.furthest.withLock { furthest in
                if (furthest?.batchCount ?? 0) < noted.count {
                    furthest = Advance(index: index, batchCount: noted.count)
                }
            }
            return index
        } catch {
            preconditionFailure("edges were noted that do not fit their postings: \(error)")
        }
    }

    /// Whether the caller should ask for ``index`` in the background. Says so once for each base.
    func claimsUpkeep() -> Bool {
        guard notedCount > ConnectionPostings.fewNoted else { return false }
        return progress.isAskedFor.withLock { isAskedFor in
            defer { isAskedFor = true }
            return !isAskedFor
        }
    }

    /// The next version; `nil` where an edge to be taken away is not there.
    func applying(
        insertions: [PostingEdge], deletions: [PostingEdge], inexact: Set<UInt32>? = nil
    ) -> ConnectionPostings? {
        let inexact = inexact ?? self.inexact
        guard deletions.isEmpty, notedCount + insertions.count <= ConnectionPostings.mostNoted else {
            // What does not apply is dropped, and built anew from the tables.
            guard let next = try? index.applying(insertions: insertions, deletions: deletions) else {
                return nil
            }
            return ConnectionPostings(self, next, [], Progress(), inexact)
        }
        let batch = insertions.isEmpty ? [] : [insertions]
        if let advance = progress.furthest.withLock({ $0 }), advance.batchCount <= noted.count {
            let rest = Array(noted[advance.batchCount...])
            return ConnectionPostings(self, advance.index, rest + batch, Progress(), inexact)
        }
        return ConnectionPostings(self, base, noted + batch, progress, inexact)
    }

    /// Bytes held, those shared with other versions included.
    var byteCount: Int { base.byteCount + notedCount * 64 }
}
