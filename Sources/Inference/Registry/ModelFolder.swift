import Base
import struct Crypto.SHA256
import Glibc
import SystemPackage

/// A folder that holds files of models.
struct ModelFolder: Sendable, Hashable {
    let path: FilePath

    init(_ path: FilePath) { self.path = path }

    /// Whether something of this name is there.
    func has(_ name: String) -> Bool { access(path.appending(name).string, F_OK) == 0 }

    /// The folder of this name in it.
    func folder(_ name: String) -> ModelFolder { ModelFolder(path.appending(name)) }

    /// The names of what is in it, sorted; none where there is no such folder.
    func names() -> [String] {
        guard let stream = opendir(path.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file; `nil` where there is none.
    /// - Throws: ``InferenceError/Code/limitExceeded`` for more than `limit` bytes, before any is read;
    ///   ``InferenceError/Code/fileFailed`` for what cannot be read, or is no file.
    func read(_ name: String, atMost limit: Int) throws(InferenceError) -> [UInt8]? {
        try ModelFolder.read(path.appending(name), atMost: limit)
    }

    static func read(_ file: FilePath, atMost limit: Int) throws(InferenceError) -> [UInt8]? {
        guard let (descriptor, count) = try opened(file, atMost: limit) else { return nil }
        defer { close(descriptor) }
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let read = Glibc.read(descriptor, buffer.baseAddress! + done, count - done)
                if read < 0 && errno == EINTR { continue }
                if read < 0 { failure = errno }
                if read <= 0 { break }
                done += read
            }
        }
        guard bytes.count == count else {
            throw InferenceError(
                .fileFailed,
                failure == 0
                    ? "\(file) grew shorter while it was read"
                    : "cannot read \(file): \(Errno(rawValue: failure))")
        }
        return bytes
    }

    /// The digest of a file, which is read piece by piece; `nil` where there is none.
    /// - Throws: as ``read(_:atMost:)``.
    func digest(_ name: String, atMost limit: Int) throws(InferenceError) -> SHA256Digest? {
        let file = path.appending(name)
        guard let (descriptor, _) = try ModelFolder.opened(file, atMost: limit) else { return nil }
        defer { close(descriptor) }
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw InferenceError(.fileFailed, "cannot read \(file): \(Errno(rawValue: errno))")
            }
            if count == 0 { return SHA256Digest(hash.finalize()) }
            piece.withUnsafeBytes {
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
        }
    }

    /// A file, to be closed, and how many bytes it has; `nil` where there is none.
    private static func opened(
        _ file: FilePath, atMost limit: Int
    ) throws(InferenceError) -> (descriptor: CInt, byteCount: Int)? {
        // Without O_NONBLOCK a pipe of that name would be waited for.
        let descriptor = open(file.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw InferenceError(.fileFailed, "cannot read \(file): \(Errno(rawValue: errno))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw InferenceError(.fileFailed, "\(file) is no file")
        }
        let count = Int(status.st_size)
        guard count <= limit else {
            close(descriptor)
            throw InferenceError(.limitExceeded, "\(file) has \(count) bytes, the limit is \(limit)")
        }
        return (descriptor, count)
    }

    /// Makes the folder, and those above it.
    func make() throws(InferenceError) {
        if mkdir(path.string, 0o777) == 0 || errno == EEXIST { return }
        let parent = ModelFolder(path.removingLastComponent())
        if errno == ENOENT, !parent.path.isEmpty, parent.path != path {
            try parent.make()
            if mkdir(path.string, 0o777) == 0 || errno == EEXIST { return }
        }
        throw InferenceError(.fileFailed, "cannot make the folder \(path): \(Errno(rawValue: errno))")
    }

    /// Makes a folder of a new name in it.
    func makeUnfinished() throws(InferenceError) -> ModelFolder {
        var template = path.appending(".unfinished-XXXXXX").string.utf8CString.map(UInt8.init(bitPattern:))
        let isMade = template.withUnsafeMutableBytes {
            $0.baseAddress.map { mkdtemp($0.assumingMemoryBound(to: CChar.self)) != nil } ?? false
        }
        guard isMade else {
            throw InferenceError(.fileFailed, "cannot make a folder in \(path): \(Errno(rawValue: errno))")
        }
        let made = ModelFolder(FilePath(String(decoding: template.dropLast(), as: UTF8.self)))
        chmod(made.path.string, 0o755)
        return made
    }

    /// Writes a file, which has its name only once all its bytes are durable.
    func write(_ bytes: [UInt8], to name: String) throws(InferenceError) {
        let unfinished = path.appending(".\(name).new").string
        unlink(unfinished)
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        var written = 0, isDurable = false
        if descriptor >= 0 {
            while written < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
                }
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { break }
                written += count
            }
            isDurable = written == bytes.count && fsync(descriptor) == 0
            close(descriptor)
        }
        guard isDurable, rename(unfinished, path.appending(name).string) == 0 else {
            let reason = Errno(rawValue: errno)
            unlink(unfinished)
            throw InferenceError(.fileFailed, "cannot write \(path.appending(name)): \(reason)")
        }
    }

    /// Makes its entries durable.
    func sync() {
        // What has been renamed is there already; this is for a power cut alone, so failing is no loss now.
        let descriptor = open(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Removes the folder with the files in it; folders in it stay, and so does it then.
    func remove() throws(InferenceError) {
        for name in names() { unlink(path.appending(name).string) }
        guard rmdir(path.string) == 0 || errno == ENOENT else {
            throw InferenceError(.fileFailed, "cannot remove \(path): \(Errno(rawValue: errno))")
        }
    }
}

extension SHA256Digest {
    /// The digest of `bytes`.
    init(ofModel bytes: [UInt8]) { self.init(SHA256.hash(data: bytes)) }

    fileprivate init(_ digest: SHA256.Digest) {
        // SHA-256 has 32 bytes, which is all that the initializer asks.
        self = digest.withUnsafeBytes { SHA256Digest(bytes: $0)! }
    }
}
