import Base
import Glibc
import Synchronization

/// The packs that are open for reading, the least recently used closed first.
final class PackCache: Sendable {
    private struct Entry {
        var file: OpenFile
        var lastUse: UInt64
    }

    private struct State {
        var entries: [UInt32: Entry] = [:]
        var clock: UInt64 = 0

        mutating func use(_ number: UInt32) -> OpenFile? {
            clock += 1
            entries[number]?.lastUse = clock
            return entries[number]?.file
        }

        mutating func insert(_ file: OpenFile, _ number: UInt32, limit: Int) -> OpenFile? {
            clock += 1
            var evicted: OpenFile?
            if entries.count >= limit,
                let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
            {
                evicted = entries.removeValue(forKey: oldest)?.file
            }
            entries[number] = Entry(file: file, lastUse: clock)
            return evicted
        }
    }

    private let layout: BlobLayout
    private let calls: FileCalls
    private let limit: Int
    private let state = Mutex(State())

    init(layout: BlobLayout, limit: Int, calls: FileCalls) {
        self.layout = layout
        self.limit = limit
        self.calls = calls
    }

    /// The open pack; a file stays open as long as someone reads from it, cached or not.
    func pack(_ number: UInt32) throws(BlobError) -> OpenFile {
        if let file = state.withLock({ $0.use(number) }) { return file }
        let file = try OpenFile(layout.pack(number), O_RDONLY, calls: calls)
        let evicted = state.withLock { $0.insert(file, number, limit: limit) }
        // Closing a file can take a while: it happens here, outside the lock.
        _ = consume evicted
        return file
    }

    /// Forgets a pack, so that its space is freed once it is removed and its last reader done.
    func forget(_ number: UInt32) {
        let forgotten = state.withLock { $0.entries.removeValue(forKey: number)?.file }
        _ = consume forgotten
    }

    /// Whether `file` is still what the pack's name stands for.
    ///
    /// It is not when a collection in another process dropped the pack; the name may then be a new pack's.
    func isCurrent(_ file: OpenFile, _ number: UInt32) throws(BlobError) -> Bool {
        let now = try OpenFile(layout.pack(number), O_RDONLY, calls: calls).status()
        let held = try file.status()
        return now.inode == held.inode && now.device == held.device
    }
}
