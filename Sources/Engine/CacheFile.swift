import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// One file of the derived-pixel cache: a CRC-32C, the length of a JSON header, the header, the payload.
///
/// Every failure to read or write is a miss: the cache holds nothing that cannot be made again.
enum CacheFile {
    /// The cache files in `directory`, least recently modified first; leftovers of interrupted writes are
    /// removed.
    static func list(in directory: FilePath) -> [(name: String, byteCount: Int)] {
        guard let stream = opendir(directory.string) else { return [] }
        defer { closedir(stream) }
        var files: [(name: String, byteCount: Int, modified: Int)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let path = directory.appending(name)
            if name.hasSuffix(".part") {
                remove(path)
                continue
            }
            var status = stat()
            guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            files.append((name, Int(status.st_size), Int(status.st_mtim.tv_sec)))
        }
        return files.sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }.map {
            ($0.name, $0.byteCount)
        }
    }

    static func remove(_ path: FilePath) { _ = unlink(path.string) }

    static func read(_ path: FilePath, key: DerivedPixelsKey) -> DerivedPixels? {
        guard let bytes = contents(of: path), bytes.count >= 8 else { return nil }
        let stored = bytes[0..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let headerCount = Int(bytes[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        // A header that is no JSON is a damaged file like any other: the pixels are made again.
        guard headerCount <= bytes.count - 8, CRC32C.checksum(Array(bytes[4...])) == stored,
            let header = (try? JSON.parse(Array(bytes[8..<8 + headerCount])))?.objectValue,
            header["digest"]?.stringValue == key.digest, header["operations"]?.stringValue == key.operations,
            let contentType = header["content_type"]?.stringValue
        else { return nil }
        return DerivedPixels(
            bytes: Array(bytes[(8 + headerCount)...]), contentType: contentType,
            shape: header["shape"]?.arrayValue?.compactMap { $0.integerValue.map(Int.init) } ?? [],
            elementType: header["element_type"]?.stringValue ?? "")
    }

    /// The file's size, or `nil` where it could not be written.
    static func write(
        _ pixels: DerivedPixels, key: DerivedPixelsKey, to path: FilePath, through temporary: FilePath
    ) -> Int? {
        let header: Document = [
            "digest": .string(key.digest), "operations": .string(key.operations),
            "content_type": .string(pixels.contentType),
            "shape": .array(pixels.shape.map { .integer(Int64($0)) }),
            "element_type": .string(pixels.elementType),
        ]
        let text = Array(header.json.utf8)
        var bytes = bigEndian(UInt32(text.count)) + text
        bytes.append(contentsOf: pixels.bytes)
        bytes.insert(contentsOf: bigEndian(CRC32C.checksum(bytes)), at: 0)
        return write(bytes, to: path, through: temporary) ? bytes.count : nil
    }

    /// Whether the bytes could be written.
    static func write(_ bytes: [UInt8], to path: FilePath, through temporary: FilePath) -> Bool {
        do {
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
        } catch {
            remove(temporary)
            return false
        }
        guard rename(temporary.string, path.string) == 0 else {
            remove(temporary)
            return false
        }
        return true
    }

    /// A whole file; `nil` where it cannot be read.
    static func contents(of path: FilePath) -> [UInt8]? {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else {
            return nil
        }
        defer { _ = close(descriptor.rawValue) }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while filled < size {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                // What cannot be read to its end counts as missing, below.
                guard let read = try? descriptor.read(into: rest), read > 0 else { break }
                filled += read
            }
            count = filled
        }
        return filled == size ? bytes : nil
    }

    // MARK: - Private

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) }
    }
}
