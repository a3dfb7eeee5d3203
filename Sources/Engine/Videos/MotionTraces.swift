import Base
#if canImport(Glibc)
    import Glibc
#endif
import Media
import Synchronization
import SystemPackage

/// Where in videos something moves: in `motion/`, a file for each video under its SHA-256.
///
/// They are derived: one that is missing or damaged is made anew when somebody looks for motion. Files are
/// written to a temporary name and renamed, never fsynced.
final class MotionTraces: Sendable {
    private let directory: FilePath
    private let isReadOnly: Bool
    private let temporaryNames = Atomic<Int>(0)

    init(directory: FilePath, isReadOnly: Bool) {
        self.directory = directory
        self.isReadOnly = isReadOnly
    }

    /// What is known of a video; `nil` where somebody must look first. Blocks.
    func find(_ digest: SHA256Digest) -> MotionTrace? {
        guard let bytes = CacheFile.contents(of: path(of: digest)) else { return nil }
        guard let trace = MotionTrace(encoded: bytes) else {
            if !isReadOnly { CacheFile.remove(path(of: digest)) }
            return nil
        }
        return trace
    }

    /// Keeps what was found. That it could not be written harms nobody.
    func insert(_ trace: MotionTrace, for digest: SHA256Digest) {
        guard !isReadOnly else { return }
        let path = path(of: digest)
        for folder in [directory, path.removingLastComponent()] {
            guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else { return }
        }
        let number = temporaryNames.wrappingAdd(1, ordering: .relaxed).newValue
        _ = CacheFile.write(
            trace.encoded, to: path, through: FilePath("\(path.string).\(getpid())-\(number).part"))
    }

    /// Forgets videos whose content is gone.
    func remove(_ digests: some Sequence<SHA256Digest>) {
        for digest in digests { CacheFile.remove(path(of: digest)) }
    }

    /// Removes the files of videos that `isKnown` says no to, and what interrupted writes have left.
    /// - Returns: the bytes freed.
    func removeOthers(_ isKnown: (SHA256Digest) throws -> Bool) rethrows -> Int {
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

    private func path(of digest: SHA256Digest) -> FilePath {
        directory.appending(String(digest.description.prefix(2))).appending(digest.description)
    }
}
