import Synchronization

/// An index, and beside it changes of later commits that are not in their places yet.
///
/// To put the few rows of a commit in their places costs a copy of whatever each of them falls into. Changes
/// are therefore only noted, and put in their places when a reader asks, or, when there are many, in the
/// background: once for all versions that stand on the same base.
struct NotedChanges<Base: Sendable, Change: Sendable>: Sendable {
    /// The base with the first so many batches in their places.
    private struct Advance: Sendable {
        var base: Base
        var batchCount: Int
    }

    /// Shared by the versions that note changes beside the same base.
    private final class Progress: Sendable {
        let furthest = Mutex<Advance?>(nil)
        let isAskedFor = Mutex(false)
    }

    let base: Base
    /// How many changes are noted.
    let count: Int
    /// A batch a commit.
    private let noted: [[Change]]
    private let progress: Progress
    /// Each commit copies the list of batches: so many are few.
    private static var fewBatches: Int { 32 }

    init(_ base: Base) { self.init(base, [], Progress()) }

    private init(_ base: Base, _ noted: [[Change]], _ progress: Progress) {
        self.base = base
        self.noted = noted
        self.progress = progress
        count = noted.reduce(0) { $0 + $1.count }
    }

    /// The base with all changes, which `apply` puts in their places, in order.
    func current<Failure>(_ apply: (Base, [Change]) throws(Failure) -> Base) throws(Failure) -> Base {
        if noted.isEmpty { return base }
        let known = progress.furthest.withLock { $0 }
        let isOfUse = known.map { $0.batchCount <= noted.count } ?? false
        let start = isOfUse ? known : nil
        let rest = noted[(start?.batchCount ?? 0)...]
        if rest.isEmpty, let start { return start.base }
        let current = try apply(start?.base ?? base, rest.flatMap { $0 })
        progress.furthest.withLock { furthest in
            if (furthest?.batchCount ?? 0) < noted.count {
                furthest = Advance(base: current, batchCount: noted.count)
            }
        }
        return current
    }

    /// The next version's, with further changes noted. What is in its place by now is noted no longer.
    func noting(_ changes: [Change]) -> NotedChanges {
        let batch = changes.isEmpty ? [] : [changes]
        if let advance = progress.furthest.withLock({ $0 }), advance.batchCount <= noted.count {
            return NotedChanges(advance.base, Array(noted[advance.batchCount...]) + batch, Progress())
        }
        return NotedChanges(base, noted + batch, progress)
    }

    /// The same for a line of versions of its own, none of which follows on this one: batches are told
    /// apart by their number alone.
    var branch: NotedChanges {
        if let advance = progress.furthest.withLock({ $0 }), advance.batchCount <= noted.count {
            return NotedChanges(advance.base, Array(noted[advance.batchCount...]), Progress())
        }
        return NotedChanges(base, noted, Progress())
    }

    /// Whether there is so much that the caller should ask for ``current(_:)`` in the background: more than
    /// `few` changes, or many batches. Says so once for each base.
    func claimsUpkeep(beyond few: Int) -> Bool {
        guard count > few || noted.count > NotedChanges.fewBatches else { return false }
        return progress.isAskedFor.withLock { isAskedFor in
            defer { isAskedFor = true }
            return !isAskedFor
        }
    }
}
