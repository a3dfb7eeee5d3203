public import Base
import Synchronization
public import SystemPackage

/// Derived pixels in memory and, below them, in `cache/` on disk, each bounded in bytes.
///
/// Disk entries are written to a temporary name and renamed, never fsynced: a torn one fails its checksum and
/// is made anew. An entry stands under a name that is a hash, and carries its whole key, so that a collision
/// is a miss.
public final class DerivedPixelsCache: Sendable {
    private struct State {
        var memory: RecencyList<DerivedPixelsKey, DerivedPixels>
        var disk: RecencyList<String, Int>
        var temporaryNames = 0
    }

    private let directory: FilePath?
    private let state: Mutex<State>

    /// - Parameter directory: Where the disk half lives; `nil` to keep derived pixels in memory only.
    public init(directory: FilePath?, memoryBudget: ByteCount, diskBudget: ByteCount) {
        self.directory = diskBudget.bytes > 0 ? directory : nil
        var state = State(
            memory: RecencyList(budget: memoryBudget.bytes), disk: RecencyList(budget: diskBudget.bytes))
        for file in self.directory.map(CacheFile.list(in:)) ?? [] {
            for evicted in state.disk.insert(file.byteCount, for: file.name, cost: file.byteCount) {
                if let directory { CacheFile.remove(directory.appending(evicted.key)) }
            }
        }
        self.state = Mutex(state)
    }

    /// Bytes held in memory and on disk.
    public var byteCounts: (memory: Int, disk: Int) { state.withLock { ($0.memory.cost, $0.disk.cost) } }

    /// What memory holds for `key`. Takes no system call: it may be asked on an event loop.
    public func inMemory(_ key: DerivedPixelsKey) -> DerivedPixels? { state.withLock { $0.memory.use(key) } }

    /// What memory or the disk holds for `key`. Blocks on the disk.
    public func find(_ key: DerivedPixelsKey) -> DerivedPixels? {
        if let pixels = inMemory(key) { return pixels }
        let name = key.name
        guard let directory, state.withLock({ $0.disk.use(name) }) != nil else { return nil }
        guard let pixels = CacheFile.read(directory.appending(name), key: key) else {
            state.withLock { _ = $0.disk.remove(name) }
            return nil
        }
        state.withLock { _ = $0.memory.insert(pixels, for: key, cost: pixels.bytes.count) }
        return pixels
    }

    /// Keeps `pixels`. A disk that is full or read-only makes the cache smaller, nothing else.
    public func insert(_ pixels: DerivedPixels, for key: DerivedPixelsKey) {
        let temporaryName = state.withLock { state -> Int in
            _ = state.memory.insert(pixels, for: key, cost: pixels.bytes.count)
            state.temporaryNames += 1
            return state.temporaryNames
        }
        guard let directory else { return }
        let name = key.name
        let temporary = directory.appending(".\(temporaryName).part")
        guard
            let byteCount = CacheFile.write(
                pixels, key: key, to: directory.appending(name), through: temporary)
        else { return }
        let evicted = state.withLock { $0.disk.insert(byteCount, for: name, cost: byteCount) }
        for file in evicted { CacheFile.remove(directory.appending(file.key)) }
    }

    /// Forgets everything made of the contents named `digests`, and all that is in memory.
    public func removeAll(digests: Set<String>) {
        guard !digests.isEmpty else { return }
        state.withLock { $0.memory = RecencyList(budget: $0.memory.budget) }
        guard let directory else { return }
        for file in CacheFile.list(in: directory)
        where digests.contains(String(file.name.prefix { $0 != "-" })) {
            state.withLock { _ = $0.disk.remove(file.name) }
            CacheFile.remove(directory.appending(file.name))
        }
    }
}
