import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// What making and undoing a copied store needs of the file system.
enum FolderCopy {
    /// Makes the entries of `folder` durable.
    static func syncFolder(_ folder: FilePath) throws {
        let descriptor = open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Errno(rawValue: errno) }
    }

    static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// Makes a folder that only this user may enter, unless it is there.
    static func makeFolder(_ path: FilePath) throws {
        if mkdir(path.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
    }

    static func rename(_ file: FilePath, to name: FilePath) throws {
        guard Glibc.rename(file.string, name.string) == 0 else { throw Errno(rawValue: errno) }
    }

    static func byteCount(of file: FilePath) throws -> Int {
        var status = stat()
        guard stat(file.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return Int(status.st_size)
    }

    /// Bytes of all files below a folder.
    static func byteCount(below folder: FilePath) throws -> Int {
        try names(in: folder).reduce(0) { sum, name in
            let path = folder.appending(name)
            var status = stat()
            guard lstat(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
            return try sum
                + (status.st_mode & S_IFMT == S_IFDIR ? byteCount(below: path) : Int(status.st_size))
        }
    }

    /// Copies all files below a folder, durably; links and other things that are no files are left out.
    /// - Parameter unreadable: told which file the disk refuses to read, and why; that one is left out.
    ///   `nil` to fail there.
    /// - Returns: the bytes copied; 0 where there is no such folder.
    static func copyFiles(
        below source: FilePath, to target: FilePath, _ cancellation: Cancellation,
        unreadable: ((FilePath, Errno) -> Void)?
    ) throws -> Int {
        guard exists(source) else { return 0 }
        try makeFolder(target)
        var copied = 0
        for name in names(in: source).sorted() {
            let (from, to) = (source.appending(name), target.appending(name))
            var status = stat()
            guard lstat(from.string, &status) == 0 else { throw Errno(rawValue: errno) }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                copied += try copyFiles(below: from, to: to, cancellation, unreadable: unreadable)
            case S_IFREG:
                copied += try copyFile(from, to: to, cancellation, unreadable: unreadable)
            default: continue
            }
        }
        try syncFolder(target)
        return copied
    }

    private static func copyFile(
        _ source: FilePath, to target: FilePath, _ cancellation: Cancellation,
        unreadable: ((FilePath, Errno) -> Void)?
    ) throws -> Int {
        let output = try FileDescriptor.open(
            target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite)
        return try output.closeAfter {
            var copied = 0
            do {
                let input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec])
                defer { close(input.rawValue) }
                var piece = [UInt8](repeating: 0, count: 1 << 20)
                while true {
                    try cancellation.check()
                    let count = try piece.withUnsafeMutableBytes { try input.read(into: $0) }
                    if count == 0 { break }
                    try output.writeAll(piece[..<count])
                    copied += count
                }
            } catch let error as Errno where error == .ioError || error == .permissionDenied {
                guard let unreadable else { throw error }
                unlink(target.string)
                unreadable(source, error)
                return 0
            }
            guard fsync(output.rawValue) == 0 else { throw Errno(rawValue: errno) }
            return copied
        }
    }

    private static func names(in folder: FilePath) -> [String] {
        guard let stream = opendir(folder.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a copy that failed, as far as that goes; what stays behind is no store.
    static func removeAll(_ path: FilePath) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path.string)
            return
        }
        for name in names(in: path) { removeAll(path.appending(name)) }
        rmdir(path.string)
    }
}
