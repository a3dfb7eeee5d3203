import Base
import SystemPackage
#if canImport(Glibc)
    import Glibc
#endif

/// Files of the server that clients may name: those in one folder and below, and nothing else.
struct ServerFiles {
    let folder: FilePath

    /// - Throws: ``EngineError/Code/invalidRequest`` where there is no such folder.
    func check() throws(EngineError) {
        var status = stat()
        guard stat(folder.string, &status) == 0 else {
            throw EngineError(.invalidRequest, "--server-files \(folder): \(Errno(rawValue: errno))")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw EngineError(.invalidRequest, "--server-files \(folder) is no folder")
        }
    }

    /// The bytes of a file.
    /// - Parameter path: Relative to the folder, or absolute and below it.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a path that leads out of the folder, by links too;
    ///   ``EngineError/Code/notFound``; ``EngineError/Code/limitExceeded``.
    func bytes(of path: String) throws -> [UInt8] {
        let asked = FilePath(path)
        let full = asked.isAbsolute ? asked : folder.appending(asked.components)
        guard let inner = resolved(full) else {
            throw EngineError(.notFound, "the server has no file '\(path.prefix(500))' that may be read")
        }
        guard let outer = resolved(folder), inner.starts(with: outer), inner != outer else {
            throw EngineError(
                .invalidRequest, "'\(path.prefix(500))' lies outside the folder whose files may be read")
        }
        // Opened by the resolved path, and not followed again.
        let descriptor = open(inner.string, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw EngineError(.notFound, "'\(path.prefix(500))' cannot be read: \(Errno(rawValue: errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw EngineError(.invalidRequest, "'\(path.prefix(500))' is no plain file")
        }
        guard status.st_size <= ServerFiles.byteLimit else {
            throw EngineError(
                .limitExceeded,
                "'\(path.prefix(500))' has \(status.st_size) bytes, the limit is \(ServerFiles.byteLimit)")
        }
        var filled = 0
        var failure: Errno?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while filled < buffer.count {
                let read = Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = Errno(rawValue: errno) }
                if read <= 0 { break }
                filled += read
            }
            count = filled
        }
        if let failure { throw EngineError(.failed, "'\(path.prefix(500))' cannot be read: \(failure)") }
        return bytes
    }

    private static let byteLimit = 1 << 30

    private func resolved(_ path: FilePath) -> FilePath? {
        guard let text = realpath(path.string, nil) else { return nil }
        defer { free(text) }
        return FilePath(platformString: text)
    }
}
