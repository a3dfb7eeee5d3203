#if canImport(Glibc)
    import Glibc
#endif
public import SystemPackage

/// The advisory lock on `store/lock`: whoever has it is the store's holder, the one process that opens its
/// files.
///
/// The kernel releases it when the process ends, however it ends. The file's text is the holder's process
/// number, for messages only.
public final class StoreLock: Sendable {
    private let descriptor: FileDescriptor

    private init(descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Takes the lock of the store at `directory`; `nil` when another process has it.
    /// - Throws: `Errno` when the lock file cannot be opened, as in a directory that may not be written.
    public static func acquire(directory: FilePath) throws -> StoreLock? {
        let descriptor = try FileDescriptor.open(
            directory.appending("lock"), .readWrite, options: [.create, .closeOnExec],
            permissions: [.ownerReadWrite])
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let error = Errno(rawValue: errno)
            try descriptor.close()
            guard error == .wouldBlock else { throw error }
            return nil
        }
        do {
            try descriptor.resize(to: 0)
            try descriptor.writeAll("\(getpid())\n".utf8)
        } catch {
            try descriptor.close()
            throw error
        }
        return StoreLock(descriptor: descriptor)
    }

    /// The process number that the holder of the store at `directory` wrote, as far as it can be read.
    public static func holder(of directory: FilePath) -> Int? {
        // Without the file the message has no number; nothing hangs on it.
        guard let descriptor = try? FileDescriptor.open(directory.appending("lock"), .readOnly) else {
            return nil
        }
        defer { _ = close(descriptor.rawValue) }
        var buffer = [UInt8](repeating: 0, count: 32)
        // A lock file that cannot be read leaves the message without a number; nothing hangs on it.
        guard let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }) else {
            return nil
        }
        return Int(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }

    deinit { _ = close(descriptor.rawValue) }
}
