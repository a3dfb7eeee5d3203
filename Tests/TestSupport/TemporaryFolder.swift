public import Foundation
import Glibc
public import SystemPackage

/// A folder that is removed, with all that is in it, when the last reference goes.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    public var url: URL { URL(fileURLWithPath: path.string, isDirectory: true) }

    /// Makes an empty folder where the system keeps what is temporary.
    /// - Throws: `Errno` where that fails.
    public init() throws {
        // Short, as the address of a socket in it is at most 107 bytes long.
        var name = Array((FileManager.default.temporaryDirectory.path + "/fovea-XXXXXX").utf8CString)
        guard mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: name)
    }

    deinit { TemporaryFolder.remove(Array(path.string.utf8)) }

    /// Writes a file, its folders made as needed, and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// Removes what `path` names, whose bytes need not be text. What cannot be removed stays behind.
    private static func remove(_ path: [UInt8]) {
        let terminated = path.map(CChar.init(bitPattern:)) + [0]
        guard unlink(terminated) != 0, let stream = opendir(terminated) else { return }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) { names.append(Array($0.prefix { $0 != 0 })) }
        }
        closedir(stream)
        for name in names where name != Array(".".utf8) && name != Array("..".utf8) {
            remove(path + Array("/".utf8) + name)
        }
        rmdir(terminated)
    }
}

/// Runs `body` with a new folder, which is removed afterwards.
public func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) { try body(folder.path) }
}
