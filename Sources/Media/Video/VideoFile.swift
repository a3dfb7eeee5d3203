import Glibc
import Synchronization

/// A video that is written to a file, whole or not at all.
///
/// It has a temporary name beside its own until ``commit()``. What is not committed is removed, at the latest
/// when the value goes; only a crash leaves a file named `.NAME.PROCESS-NUMBER.partial`.
public final class VideoFile: VideoSink {
    private static let serial = Atomic<Int>(0)

    public let path: String
    public private(set) var byteCount = 0
    private let temporary: String
    private let folder: String
    private let maxBytes: Int
    private var file: CInt

    /// Makes the temporary file.
    ///
    /// - Parameter maxBytes: The most that it may come to.
    /// - Throws: ``MediaError/Code/notWritten`` where that cannot be done.
    public init(_ path: String, maxBytes: Int = .max) throws(MediaError) {
        self.path = path
        self.maxBytes = maxBytes
        let slash = path.lastIndex(of: "/")
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let number = VideoFile.serial.wrappingAdd(1, ordering: .relaxed).newValue
        temporary = "\(folder)/.\(name).\(getpid())-\(number).partial"
        file = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if file < 0 { throw VideoFile.failure("\(path) cannot be made", errno) }
    }

    deinit { discard() }

    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(MediaError) {
        let (end, overflow) = offset.addingReportingOverflow(bytes.count)
        guard offset >= 0, !overflow, end <= maxBytes else {
            throw MediaError(.limitExceeded, "\(path) has more than \(maxBytes) bytes, which is the limit")
        }
        var done = 0
        while done < bytes.count {
            let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw VideoFile.failure("\(path) cannot be written", count < 0 ? errno : ENOSPC)
            }
            done += count
        }
        byteCount = max(byteCount, end)
    }

    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, offset)
            if count >= 0 { return count }
            if errno != EINTR { throw VideoFile.failure("\(path) cannot be read again", errno) }
        }
    }

    /// Makes the content durable and gives it its name, in place of what had that name before.
    ///
    /// - Throws: ``MediaError/Code/noSpace``, ``MediaError/Code/notWritten``: what had the name before has it
    ///   still.
    public func commit() throws(MediaError) {
        guard file >= 0 else {
            throw MediaError(.notWritten, "\(path) is committed, or given up, already")
        }
        let problem = "\(path) cannot be written"
        guard fsync(file) == 0 else { throw VideoFile.failure(problem, errno) }
        let closed = close(file)
        file = -1
        guard closed == 0 else {
            let error = errno
            unlink(temporary)
            throw VideoFile.failure(problem, error)
        }
        guard rename(temporary, path) == 0 else {
            let error = errno
            unlink(temporary)
            throw VideoFile.failure(problem, error)
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw VideoFile.failure(problem, errno) }
        defer { close(directory) }
        // Some file systems have no way to make a folder durable by itself.
        guard fsync(directory) == 0 || errno == EINVAL else { throw VideoFile.failure(problem, errno) }
    }

    /// Removes what was written; nothing where it is committed.
    public func discard() {
        guard file >= 0 else { return }
        close(file)
        unlink(temporary)
        file = -1
    }

    // MARK: - Private

    private static func failure(_ what: String, _ error: CInt) -> MediaError {
        let isFull = error == ENOSPC || error == EDQUOT
        return MediaError(isFull ? .noSpace : .notWritten, "\(what): \(String(cString: strerror(error)))")
    }
}
