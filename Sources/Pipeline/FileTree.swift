import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// Reads folders by the system's own calls, names as bytes: file names on Linux need not be UTF-8.
enum FileTree {
    enum Kind {
        case file
        case folder(FolderIdentity)
        case other
    }

    /// Which folder it is, whatever path led to it.
    struct FolderIdentity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// What stands at `path`, symbolic links followed.
    /// - Throws: `Errno`, such as `noSuchFileOrDirectory`.
    static func kind(of path: FilePath) throws(Errno) -> Kind {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { throw Errno(rawValue: errno) }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR:
            .folder(FolderIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
        default: .other
        }
    }

    /// Whether `path` itself is a symbolic link.
    static func isLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString({ lstat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// The names in the folder at `path`, in byte order, hidden ones left out.
    static func names(in path: FilePath) throws(Errno) -> [[UInt8]] {
        guard let stream = path.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
                    Array(
                        UnsafeBufferPointer(
                            start: start,
                            count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))))
                }
            }
            if name.first != UInt8(ascii: ".") { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw Errno(rawValue: errno) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// `path` made absolute against the working directory, `.` and `..` resolved by name.
    static func absolute(_ path: FilePath) -> FilePath {
        guard path.isRelative else { return path.lexicallyNormalized() }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil else { return path.lexicallyNormalized() }
        return FilePath(platformString: buffer).pushing(path).lexicallyNormalized()
    }

    /// `path` with one more component of bytes.
    static func appending(_ name: [UInt8], to path: FilePath) -> FilePath {
        var path = path
        (name + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                path.append(FilePath(platformString: $0.baseAddress!).components)
            }
        }
        return path
    }

    /// The bytes of `path`.
    static func bytes(of path: FilePath) -> [UInt8] {
        path.withPlatformString { start in
            UnsafeBufferPointer(start: start, count: strlen(start)).map { UInt8(bitPattern: $0) }
        }
    }
}

extension FileTree {
    /// Bytes as text that no other bytes share.
    ///
    /// UTF-8 is shown as it is, unless it holds `\\` or `\x`. Such text, and what is no UTF-8, is shown with
    /// `\\` for every backslash and `\xNN` for every byte that is part of no character: so the name of the
    /// one byte 0xFF is `\xff`, and the name of these four characters is `\\xff`.
    static func shown(_ bytes: [UInt8]) -> String {
        let backslash = UInt8(ascii: "\\")
        let isAmbiguous = zip(bytes, bytes.dropFirst()).contains {
            $0 == backslash && ($1 == backslash || $1 == UInt8(ascii: "x"))
        }
        if !isAmbiguous, let text = String(validating: bytes, as: UTF8.self) { return text }
        var shown = ""
        var rest = bytes[...]
        while let byte = rest.first {
            let length = (1...4).first {
                String(validating: rest.prefix($0), as: UTF8.self)?.unicodeScalars.count == 1
            }
            if let length, let scalar = String(validating: rest.prefix(length), as: UTF8.self) {
                shown += byte == backslash ? "\\\\" : scalar
                rest = rest.dropFirst(length)
            } else {
                shown += "\\x" + Hex.encode([byte])
                rest = rest.dropFirst()
            }
        }
        return shown
    }
}

extension FilePath {
    /// The path as text that no two paths share; see ``FileTree/shown(_:)``.
    var shown: String { FileTree.shown(FileTree.bytes(of: self)) }
}
