public import Foundation
public import SystemPackage

/// The bytes of a file, by other means than those under test.
public func contents(of file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }

/// The bytes of a file, by other means than those under test.
public func contents(of file: FilePath) throws -> [UInt8] {
    try contents(of: URL(fileURLWithPath: file.string))
}

/// Makes the file at `path` hold `bytes`; it keeps its place and mode if it is there already.
public func write(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead])
    try file.closeAfter { _ = try file.writeAll(bytes) }
}

/// The paths of all files below `folder`, relative to it, sorted; none where there is no such folder.
public func files(below folder: FilePath) -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.string)?.compactMap { $0 as? String } ?? []
    return names.sorted().filter { name in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder.string + "/" + name, isDirectory: &isDirectory)
            && !isDirectory.boolValue
    }
}
