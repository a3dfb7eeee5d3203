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

    static func rename(_ file: FilePath, to name: FilePath) throws {
        guard Glibc.rename(file.string, name.string) == 0 else { throw Errno(rawValue: errno) }
    }

    static func byteCount(of file: FilePath) throws -> Int {
        var status = stat()
        guard stat(file.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return Int(status.st_size)
    }

    /// Removes a copy that failed, as far as that goes; what stays behind is no store.
    static func removeAll(_ path: FilePath) {
        if let stream = opendir(path.string) {
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            closedir(stream)
            for name in names { removeAll(path.appending(name)) }
            rmdir(path.string)
        } else {
            unlink(path.string)
        }
    }
}
