import Base
public import Engine
#if canImport(Glibc)
    import Glibc
#endif
public import SystemPackage

/// Files that clients send before they push them: each has a name that nobody guesses, by which it is sent
/// and pushed. One that is not pushed within a day is removed, and so is what was cut short.
public struct SieveUploads: Sendable {
    /// Bytes of a file, at most.
    public static let byteLimit = 1 << 30
    /// Where they are sent to.
    public static let path = "/sieve/v1/uploads/"
    private static let lifetime = 24 * 60 * 60

    private let folder: FilePath

    init(folder: FilePath) { self.folder = folder }

    /// A name to send a file to.
    /// - Throws: ``EngineError/Code/failed``, ``EngineError/Code/diskFull``.
    public func open() throws(EngineError) -> String {
        removeOld()
        let name = Sieve.freshID()
        guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else {
            throw SieveUploads.failure("make the folder \(folder)")
        }
        let descriptor = Glibc.open(
            place(name, ".open").string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SieveUploads.failure("make a file in \(folder)") }
        close(descriptor)
        return name
    }

    /// Looks whether a file may be sent to a name.
    /// - Throws: ``EngineError/Code/notFound`` for a name that is not open.
    public func checkIsOpen(_ name: String) throws(EngineError) {
        guard isName(name), access(place(name, ".open").string, F_OK) == 0 else {
            throw EngineError(
                .notFound, "nothing is to be sent here: ask for a URL first, which is good for a day",
                path: "upload")
        }
    }

    /// Takes a file that was sent, which is moved.
    /// - Throws: as ``checkIsOpen(_:)``.
    public func take(_ file: FilePath, as name: String) throws(EngineError) {
        try checkIsOpen(name)
        guard rename(file.string, place(name).string) == 0 else {
            throw SieveUploads.failure("keep what was sent")
        }
        unlink(place(name, ".open").string)
    }

    /// The file that was sent to a URL of ours; `nil` for other URLs.
    /// - Throws: ``EngineError/Code/notFound`` where nothing was sent there.
    func file(at url: String) throws(EngineError) -> FilePath? {
        guard let name = name(in: url) else { return nil }
        guard access(place(name).string, R_OK) == 0 else {
            throw EngineError(
                .notFound, "nothing was sent to \(url), or more than a day ago", path: "video_url")
        }
        return place(name)
    }

    /// The file of a name that something was sent to; `nil` where nothing was.
    public func file(named name: String) -> FilePath? {
        isName(name) && access(place(name).string, R_OK) == 0 ? place(name) : nil
    }

    /// Removes the file that was sent to a URL of ours, if that is one.
    func remove(_ url: String) {
        if let name = name(in: url) { unlink(place(name).string) }
    }

    /// Removes what was cut short by the end of a process.
    func removeUnfinished() {
        for (name, _) in entries() where name.hasSuffix(".part") || name.hasSuffix(".partial") {
            unlink(folder.appending(name).string)
        }
        removeOld()
    }

    /// A name in the store for a file that is of no use after a while, or when its process ends.
    static func temporaryFile(in store: Store) throws(EngineError) -> FilePath {
        let folder = store.directory.appending("uploads")
        guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else {
            throw failure("make the folder \(folder)")
        }
        return folder.appending(Sieve.freshID() + ".part")
    }

    /// The bytes of a file that was sent.
    static func bytes(of path: FilePath) throws -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try descriptor.closeAfter {
                var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 20))
                while case let count = try piece.withUnsafeMutableBytes({ try descriptor.read(into: $0) }),
                    count > 0
                {
                    bytes += piece[..<count]
                }
                return bytes
            }
        } catch let error as Errno {
            throw EngineError(.gone, "what was sent cannot be read: \(error)", cause: error)
        }
    }

    /// Removes a file that nobody needs any more.
    static func remove(_ file: FilePath) { unlink(file.string) }

    static func byteCount(of path: FilePath) throws -> Int {
        var status = stat()
        guard stat(path.string, &status) == 0 else { throw failure("read what was sent") }
        return Int(status.st_size)
    }

    // MARK: - Private

    private func removeOld() {
        let now = time(nil)
        for (name, modified) in entries() where now - modified > SieveUploads.lifetime {
            unlink(folder.appending(name).string)
        }
    }

    private func entries() -> [(name: String, modified: Int)] {
        guard let stream = opendir(folder.string) else { return [] }
        defer { closedir(stream) }
        var found: [(name: String, modified: Int)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            guard ![".", ".."].contains(name), stat(folder.appending(name).string, &status) == 0
            else { continue }
            found.append((name, status.st_mtim.tv_sec))
        }
        return found
    }

    private func place(_ name: String, _ ending: String = "") -> FilePath { folder.appending(name + ending) }

    private func isName(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 36
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2D }
    }

    private func name(in url: String) -> String? {
        guard let place = url.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let name = url[url.utf8.index(after: place)...]
        guard isName(name), url[...place].hasSuffix(SieveUploads.path) else { return nil }
        return String(name)
    }

    private static func failure(_ what: String) -> EngineError {
        let error = Errno(rawValue: errno)
        let isFull = error == .noSpace
        return EngineError(isFull ? .diskFull : .failed, "cannot \(what): \(error)", cause: error)
    }
}
