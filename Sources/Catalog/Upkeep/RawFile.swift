#if canImport(Glibc)
    import Glibc
#endif

/// A file that is read past SQLite. What cannot be read comes out as fewer bytes.
final class RawFile {
    private let descriptor: CInt

    /// `nil` where there is no such file, or it may not be read.
    init?(_ path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// The length of the file at this moment.
    var byteCount: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Up to `count` bytes from `offset` on; fewer where the file ends or the disk fails.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let read = pread(
                    descriptor, buffer.baseAddress! + initialized, count - initialized,
                    off_t(offset + initialized))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { break }
                initialized += read
            }
        }
    }
}

extension [UInt8] {
    /// The big-endian word at `offset`, which must lie inside.
    func bigEndianWord(_ offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
