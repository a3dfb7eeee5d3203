import Engine
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// The path of a store's `holder.sock`, short enough for the system.
///
/// A Unix socket's path may have 107 bytes. A deeper store is reached through a descriptor of its folder:
/// `/proc/self/fd/N/holder.sock`.
final class HolderSocket: Sendable {
    let path: FilePath
    private let folder: CInt?

    /// - Throws: ``EngineError/Code/failed`` where the store's folder cannot be opened.
    init(directory: FilePath) throws {
        let direct = directory.appending("holder.sock")
        if direct.string.utf8.count <= 107 {
            path = direct
            folder = nil
            return
        }
        let descriptor = open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EngineError(.failed, "cannot open \(directory): \(Errno(rawValue: errno))")
        }
        folder = descriptor
        path = FilePath("/proc/self/fd/\(descriptor)/holder.sock")
    }

    deinit { if let folder { close(folder) } }

    /// Whether a process listens on the socket.
    func isAnswered() -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Removes what an earlier holder left behind. Only the holder of the lock may do it.
    func removeStale() { unlink(path.string) }

    /// Lets only this user connect.
    func restrict() { chmod(path.string, 0o600) }
}
