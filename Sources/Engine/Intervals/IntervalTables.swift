import Base
import Catalog
import Synchronization

/// The intervals of all videos in memory: read at the first question, and at later ones brought to the commit
/// that the question reads, by what has changed since.
final class IntervalTables: Sendable {
    private struct Kept {
        /// The first commit that it holds of, and where to follow it from.
        var first: UInt64
        var mark: LabelMark
        var table: IntervalTable
    }

    /// Readers may be at an older commit than those before them: the last few are kept, which share what is
    /// the same.
    private static let keptCount = 3

    private let kept = Mutex<[Kept]>([])
    /// Held while one is read, so that those who ask at the same time do not read it all over again.
    private let reading = Mutex(())

    /// The intervals of a snapshot. Blocks: the first time all labels of videos are read.
    /// - Throws: ``EngineError/Code/limitExceeded``.
    func table(of videos: ClassSchema, in snapshot: CatalogSnapshot) throws -> IntervalTable {
        let mark = try snapshot.labelMark(of: videos)
        if let known = find(mark, snapshot) { return known }
        return try reading.withLock { _ in
            if let known = find(mark, snapshot) { return known }
            if let base = newest(before: mark),
                let changed = try snapshot.relabelled(videos, since: base.mark)
            {
                let table = try base.table.reading(changed, of: videos, in: snapshot)
                keep(
                    Kept(first: changed.isEmpty ? base.first : mark.commit, mark: mark, table: table),
                    snapshot)
                return table
            }
            let table = try IntervalTable(videos, in: snapshot)
            // What was purged may not be remembered.
            if !snapshot.isProvisional { kept.withLock { $0 = [] } }
            keep(Kept(first: mark.commit, mark: mark, table: table), snapshot)
            return table
        }
    }

    // MARK: - Private

    private func find(_ mark: LabelMark, _ snapshot: CatalogSnapshot) -> IntervalTable? {
        if snapshot.isProvisional { return nil }
        return kept.withLock { kept in
            kept.first {
                $0.first <= mark.commit && mark.commit <= $0.mark.commit && $0.mark.isSameClass(as: mark)
            }?.table
        }
    }

    private func newest(before mark: LabelMark) -> Kept? {
        kept.withLock { kept in
            kept.filter { $0.mark.commit <= mark.commit }.max { $0.mark.commit < $1.mark.commit }
        }
    }

    /// What a transaction sees may come to nothing, and is not kept.
    private func keep(_ fresh: Kept, _ snapshot: CatalogSnapshot) {
        if snapshot.isProvisional { return }
        kept.withLock { kept in
            kept.removeAll {
                $0.first >= fresh.first && $0.mark.commit <= fresh.mark.commit
                    || !$0.mark.isSameClass(as: fresh.mark)
            }
            kept.append(fresh)
            kept.sort { $0.mark.commit < $1.mark.commit }
            if kept.count > IntervalTables.keptCount { kept.removeFirst() }
        }
    }
}
