import Glibc
import SystemPackage

/// An open file, closed when its last user lets go of it. Every transfer is whole or an error.
final class OpenFile: Sendable {
    /// What `fstat` says of a file, as far as we ask.
    struct Status: Sendable, Equatable {
        var length: Int
        var isRegular: Bool
        var device: UInt64
        var inode: UInt64
        /// Modification and status change, in nanoseconds since 1970.
        var modified, changed: Int
    }

    let path: FilePath
    let descriptor: CInt
    private let calls: FileCalls

    /// Opens `path`; `flags` are those of `open(2)`, closing on exec is always among them.
    init(_ path: FilePath, _ flags: CInt, calls: FileCalls) throws(BlobError) {
        let outcome = calls.retrying { calls.open(path, flags, 0o666) }
        guard outcome >= 0 else {
            throw .system(CInt(-outcome), flags & O_CREAT != 0 ? .create : .open, path)
        }
        self.path = path
        self.descriptor = CInt(outcome)
        self.calls = calls
    }

    deinit { close(descriptor) }

    func status() throws(BlobError) -> Status {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno, .inspect, path) }
        return Status(
            length: Int(status.st_size), isRegular: status.st_mode & S_IFMT == S_IFREG,
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec,
            changed: status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec)
    }

    /// Fills `buffer` from `offset` on, as far as the file reaches; returns the number of bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(BlobError) -> Int {
        var count = 0
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let outcome = calls.retrying { calls.read(descriptor, rest, offset + count) }
            guard outcome >= 0 else { throw .system(CInt(-outcome), .read, path) }
            guard outcome > 0 else { break }
            count += outcome
        }
        return count
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends.
    func bytes(at offset: Int, count: Int) throws(BlobError) -> [UInt8] {
        var failure: BlobError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(BlobError) {
                initialized = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes all of `bytes` at `offset`, however many calls it takes.
    func write(_ bytes: RawSpan, at offset: Int) throws(BlobError) {
        let outcome = bytes.withUnsafeBytes { buffer in
            var count = 0
            while count < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[count...])
                let written = calls.retrying { calls.write(descriptor, rest, offset + count) }
                // A write of nothing without an error would go round for ever.
                guard written != 0 else { return Int(-EIO) }
                guard written > 0 else { return written }
                count += written
            }
            return count
        }
        guard outcome >= 0 else { throw .system(CInt(-outcome), .write, path) }
    }

    func truncate(to length: Int) throws(BlobError) {
        let outcome = calls.retrying { calls.truncate(descriptor, length) }
        guard outcome >= 0 else { throw .system(CInt(-outcome), .truncate, path) }
    }

    /// Makes content and length durable.
    func sync() throws(BlobError) {
        let outcome = calls.retrying { calls.syncContent(descriptor) }
        guard outcome >= 0 else { throw .system(CInt(-outcome), .sync, path) }
    }
}
