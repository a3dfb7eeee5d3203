import Base
import Catalog
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization
import SystemPackage

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

    /// Where the table lies between two processes, as the columns do, and what it must be of.
    struct Place: Sendable {
        var folder: FilePath
        var store: [UInt8]
        /// The newest commit when the store was opened: a file of any other is of no use.
        var commit: UInt64
        var isReadOnly = false

        var file: FilePath { folder.appending("intervals.table") }
    }

    /// Fewer than so many are read as quickly from the catalog.
    static let usualLeastSaved = 10_000

    private let place: Place?
    private let leastSaved: Int
    private let hasTriedFile = Mutex(false)
    private let kept = Mutex<[Kept]>([])
    /// Held while one is read, so that those who ask at the same time do not read it all over again.
    private let reading = Mutex(())

    /// - Parameters:
    ///   - place: `nil` to keep nothing in a file.
    ///   - leastSaved: intervals from which on a file is written.
    init(_ place: Place? = nil, leastSaved: Int = IntervalTables.usualLeastSaved) {
        self.place = place
        self.leastSaved = leastSaved
    }

    /// The intervals of a snapshot. Blocks: the first time all labels of videos are read, unless they lie in
    /// a file.
    /// - Throws: ``EngineError/Code/limitExceeded``.
    func table(of videos: ClassSchema, in snapshot: CatalogSnapshot) throws -> IntervalTable {
        let mark = try snapshot.labelMark(of: videos)
        if let known = find(mark, snapshot) { return known }
        return try reading.withLock { _ in
            loadOnce(snapshot)
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

    /// Writes the intervals of a snapshot to a file, for the next process, where questions were asked and
    /// there are many. What cannot be written is not there, and read anew.
    func save(_ videos: ClassSchema, in snapshot: CatalogSnapshot) throws {
        guard let place, !place.isReadOnly, !snapshot.isProvisional, kept.withLock({ !$0.isEmpty }) else {
            return
        }
        let mark = try snapshot.labelMark(of: videos)
        let table = try table(of: videos, in: snapshot)
        // It lies there already.
        if mark.commit == place.commit, access(place.file.string, F_OK) == 0 { return }
        guard table.count >= leastSaved else {
            unlink(place.file.string)
            return
        }
        mkdir(place.folder.string, 0o777)
        let isWritten = CacheFile.write(
            table.encoded(mark, store: place.store), to: place.file,
            through: FilePath(place.file.string + ".new"))
        if !isWritten { unlink(place.file.string) }
    }

    // MARK: - Private

    /// Takes what lies in the file, the first time it is asked for; a file of another commit goes.
    private func loadOnce(_ snapshot: CatalogSnapshot) {
        guard let place, !snapshot.isProvisional,
            hasTriedFile.withLock({ tried in
                defer { tried = true }
                return !tried
            }), let bytes = CacheFile.contents(of: place.file)
        else { return }
        guard let (table, mark) = IntervalTable.read(bytes, of: place.store), mark.commit == place.commit
        else {
            if !place.isReadOnly { unlink(place.file.string) }
            return
        }
        keep(Kept(first: mark.commit, mark: mark, table: table), snapshot)
    }

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
