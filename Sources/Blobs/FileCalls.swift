import Glibc
package import SystemPackage

/// The system calls this room makes, as a value: tests replace one to make a disk fill up, a write fall short
/// or a process end between two of them.
///
/// Each returns what the call returned, or the negated error number, so that nothing can come between a
/// failure and its `errno`.
package struct FileCalls: Sendable {
    package var open: @Sendable (_ path: FilePath, _ flags: CInt, _ mode: UInt32) -> Int = {
        path, flags, mode in
        result(path.withPlatformString { Glibc.open($0, flags | O_CLOEXEC, mode) })
    }
    package var read: @Sendable (_ file: CInt, _ into: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int =
        {
            result(Glibc.pread($0, $1.baseAddress, $1.count, $2))
        }
    package var write: @Sendable (_ file: CInt, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int = {
        result(Glibc.pwrite($0, $1.baseAddress, $1.count, $2))
    }
    package var truncate: @Sendable (_ file: CInt, _ length: Int) -> Int = { result(Glibc.ftruncate($0, $1)) }
    /// Makes the content of a file durable, and its length, but not its times.
    package var syncContent: @Sendable (_ file: CInt) -> Int = { result(Glibc.fdatasync($0)) }
    /// Makes a directory's entries durable.
    package var syncDirectory: @Sendable (_ file: CInt) -> Int = { result(Glibc.fsync($0)) }
    package var rename: @Sendable (_ from: FilePath, _ to: FilePath) -> Int = { from, to in
        result(from.withPlatformString { from in to.withPlatformString { Glibc.rename(from, $0) } })
    }
    package var remove: @Sendable (_ path: FilePath) -> Int = { path in
        result(path.withPlatformString { Glibc.unlink($0) })
    }
    package var makeDirectory: @Sendable (_ path: FilePath) -> Int = { path in
        result(path.withPlatformString { Glibc.mkdir($0, 0o777) })
    }

    package init() {}

    /// Calls again while a signal interrupts.
    func retrying(_ body: () -> Int) -> Int {
        while true {
            let outcome = body()
            if outcome != Int(-EINTR) { return outcome }
        }
    }

    private static func result(_ returned: some BinaryInteger) -> Int {
        returned < 0 ? Int(-errno) : Int(returned)
    }
}

extension FileCalls {
    func renameFile(_ from: FilePath, to: FilePath) throws(BlobError) {
        let outcome = retrying { rename(from, to) }
        guard outcome >= 0 else { throw .system(CInt(-outcome), .rename, to) }
    }

    /// Removes a file; one that is gone already is as good.
    func removeFile(_ path: FilePath) throws(BlobError) {
        let outcome = retrying { remove(path) }
        guard outcome >= 0 || outcome == Int(-ENOENT) else { throw .system(CInt(-outcome), .remove, path) }
    }

    /// Makes a directory unless it is there.
    func makeDirectoryIfMissing(_ path: FilePath) throws(BlobError) {
        let outcome = retrying { makeDirectory(path) }
        guard outcome < 0, outcome != Int(-EEXIST) else { return }
        // A read-only file system may answer EROFS before it looks whether the directory is there.
        if (try? OpenFile(path, O_RDONLY | O_DIRECTORY, calls: self)) != nil { return }
        throw .system(CInt(-outcome), .create, path)
    }

    /// Makes the entries of a directory durable.
    func syncDirectory(at path: FilePath) throws(BlobError) {
        let directory = try OpenFile(path, O_RDONLY | O_DIRECTORY, calls: self)
        let outcome = retrying { syncDirectory(directory.descriptor) }
        guard outcome >= 0 else { throw .system(CInt(-outcome), .sync, path) }
    }

    /// The names in a directory, sorted, without `.` and `..`.
    func names(in path: FilePath) throws(BlobError) -> [String] {
        guard let stream = path.withPlatformString({ opendir($0) }) else {
            throw .system(errno, .list, path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(entry.pointee.d_reclen)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw .system(errno, .list, path) }
        return names.sorted()
    }
}
