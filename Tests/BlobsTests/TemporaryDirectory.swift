import Foundation
import Glibc
import SystemPackage

/// Runs `body` with a fresh directory, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let template = FileManager.default.temporaryDirectory.path + "/fovea-blobs-XXXXXX"
    var name = Array(template.utf8CString)
    guard mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
    let path = FilePath(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    return try body(path)
}

/// The bytes of a file, by other means than those under test.
func contents(of path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
        let length = try file.seek(offset: 0, from: .end)
        return try [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            count = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// Makes the file at `path` hold `bytes`.
func write(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead])
    try file.closeAfter { _ = try file.writeAll(bytes) }
}

/// The paths of all files below `path`, relative to it, sorted.
func files(below path: FilePath) -> [String] {
    let names = FileManager.default.enumerator(atPath: path.string)?.compactMap { $0 as? String } ?? []
    return names.sorted().filter { name in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path.string + "/" + name, isDirectory: &isDirectory)
            && !isDirectory.boolValue
    }
}
