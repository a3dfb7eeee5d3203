import Glibc

/// The system calls that make files longer and durable, as a value: tests replace one to make a disk fill up.
/// Each returns what the call returned, or the negated error number.
package struct DiskCalls: Sendable {
    package var write: @Sendable (_ file: CInt, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int = {
        let written = pwrite($0, $1.baseAddress, $1.count, off_t($2))
        return written < 0 ? Int(-errno) : written
    }
    package var sync: @Sendable (_ file: CInt) -> Int = { fdatasync($0) < 0 ? Int(-errno) : 0 }

    package init() {}
}

/// An open file that only its owner may read, closed when its last user lets go of it.
final class DiskFile: Sendable {
    let path: String
    let descriptor: CInt
    private let calls: DiskCalls

    /// Opens `path`; `flags` are those of `open(2)`, closing on exec is always among them.
    init(_ path: String, _ flags: CInt, calls: DiskCalls) throws(VectorsError) {
        descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .system(errno, flags & O_CREAT != 0 ? "create" : "open", path)
        }
        self.path = path
        self.calls = calls
    }

    deinit { close(descriptor) }

    func byteCount() throws(VectorsError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno, "inspect", path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw VectorsError(.io, "\(path) is no file") }
        return Int(status.st_size)
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends.
    func bytes(at offset: Int, count: Int) throws(VectorsError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: VectorsError?
        var read = 0
        bytes.withUnsafeMutableBytes { buffer in
            do throws(VectorsError) { read = try self.read(into: buffer, at: offset) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        bytes.removeLast(count - read)
        return bytes
    }

    /// Fills `buffer` from `offset` on, as far as the file reaches; returns the number of bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(VectorsError) -> Int {
        var count = 0
        while count < buffer.count, let base = buffer.baseAddress {
            let outcome = pread(descriptor, base + count, buffer.count - count, off_t(offset + count))
            if outcome < 0, errno == EINTR { continue }
            guard outcome >= 0 else { throw .system(errno, "read", path) }
            guard outcome > 0 else { break }
            count += outcome
        }
        return count
    }

    /// Writes all of `bytes` at `offset`, however many calls it takes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(VectorsError) {
        var count = 0
        while count < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            let outcome = calls.write(descriptor, rest, offset + count)
            if outcome == Int(-EINTR) { continue }
            // A write of nothing without an error would go round for ever.
            guard outcome > 0 else { throw .system(outcome == 0 ? EIO : CInt(-outcome), "write", path) }
            count += outcome
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(VectorsError) {
        var failure: VectorsError?
        bytes.withUnsafeBytes { buffer in
            do throws(VectorsError) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func truncate(to byteCount: Int) throws(VectorsError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw .system(errno, "truncate", path) }
    }

    /// Makes content and length durable.
    func sync() throws(VectorsError) {
        while true {
            let outcome = calls.sync(descriptor)
            if outcome == Int(-EINTR) { continue }
            guard outcome >= 0 else { throw .system(CInt(-outcome), "sync", path) }
            return
        }
    }

    /// Makes the entries of a directory durable.
    static func syncDirectory(_ path: String) throws(VectorsError) {
        let directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .system(errno, "open", path) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .system(errno, "sync", path) }
    }
}
