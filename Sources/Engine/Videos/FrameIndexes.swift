import Base
#if canImport(Glibc)
    import Glibc
#endif
import Media
import Synchronization
import SystemPackage

/// The indexes of the frames of videos: in memory, and below that in `frames/`, a file for each video under
/// its SHA-256.
///
/// They are derived: one that is missing or damaged is made anew from the video. Files are written to a
/// temporary name and renamed, never fsynced.
final class FrameIndexes: Sendable {
    private let directory: FilePath?
    private let state: Mutex<RecencyList<SHA256Digest, FrameIndex>>
    private let temporaryNames = Atomic<Int>(0)

    /// - Parameter directory: `nil` to keep them in memory only.
    init(directory: FilePath?, memoryBudget: ByteCount = .mebibytes(32)) {
        self.directory = directory
        state = Mutex(RecencyList(budget: memoryBudget.bytes))
    }

    /// The index of a video; `nil` where it must be made.
    func find(_ digest: SHA256Digest) -> FrameIndex? {
        if let known = state.withLock({ $0.use(digest) }) { return known }
        guard let path = path(of: digest), let bytes = CacheFile.contents(of: path) else { return nil }
        guard let index = FrameIndex(encoded: bytes) else {
            CacheFile.remove(path)
            return nil
        }
        remember(index, digest)
        return index
    }

    /// Keeps an index. That it could not be written harms nobody.
    func insert(_ index: FrameIndex, for digest: SHA256Digest) {
        remember(index, digest)
        guard let directory, let path = path(of: digest) else { return }
        for folder in [directory, path.removingLastComponent()] {
            guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else { return }
        }
        let number = temporaryNames.wrappingAdd(1, ordering: .relaxed).newValue
        _ = CacheFile.write(
            index.encoded, to: path, through: FilePath("\(path.string).\(getpid())-\(number).part"))
    }

    /// Forgets videos whose content is gone.
    func remove(_ digests: some Sequence<SHA256Digest>) {
        for digest in digests {
            state.withLock { _ = $0.remove(digest) }
            if let path = path(of: digest) { CacheFile.remove(path) }
        }
    }

    /// Removes the files of videos that `isKnown` says no to, and what interrupted writes have left.
    /// - Returns: the bytes freed.
    func removeOthers(_ isKnown: (SHA256Digest) throws -> Bool) rethrows -> Int {
        guard let directory else { return 0 }
        var freed = 0
        for group in 0..<256 {
            let folder = directory.appending(Hex.encode([UInt8(group)]))
            for (name, byteCount) in CacheFile.list(in: folder) {
                if let digest = SHA256Digest(name), try isKnown(digest) { continue }
                CacheFile.remove(folder.appending(name))
                freed += byteCount
            }
        }
        return freed
    }

    // MARK: - Private

    private func remember(_ index: FrameIndex, _ digest: SHA256Digest) {
        let cost = 256 + 8 * index.count + 20 * index.keyframes.count
        state.withLock { _ = $0.insert(index, for: digest, cost: cost) }
    }

    private func path(of digest: SHA256Digest) -> FilePath? {
        directory.map { $0.appending(String(digest.description.prefix(2))).appending(digest.description) }
    }
}
