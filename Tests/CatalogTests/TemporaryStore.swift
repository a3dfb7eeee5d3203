import Base
import Catalog
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A directory for one test, removed when the test lets go of it.
final class TemporaryStore {
    let directory: FilePath

    init() throws {
        var template = Array("/tmp/fovea-catalog-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        directory = FilePath(
            String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit { TemporaryStore.remove(directory) }

    /// Removes a directory and what lies in it, two levels deep as a store is.
    private static func remove(_ directory: FilePath) {
        guard let stream = opendir(directory.string) else { return }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = directory.appending(name)
            if unlink(path.string) != 0 { remove(path) }
        }
        closedir(stream)
        rmdir(directory.string)
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension SHA256Digest {
    /// A digest for tests: `number` in its last bytes. Nothing is hashed.
    init(number: Int) {
        let bytes = (0..<32).map { $0 < 24 ? 0 : UInt8(truncatingIfNeeded: number >> (8 * (31 - $0))) }
        self.init(bytes: bytes)!  // 32 bytes are always a digest
    }
}

extension BlobEntry {
    /// A blob for tests, in a pack that does not exist.
    init(number: Int) {
        self.init(
            digest: SHA256Digest(number: number),
            place: BlobPlace(kind: 1, pack: 1, offset: Int64(number) * 100, length: 99))
    }
}

extension Catalog {
    /// What `verify` finds.
    func findings() throws -> [CatalogFinding] { try read { try $0.verify() } }

    /// The properties of an entity, as a reader sees them.
    func properties(_ id: EntityID) throws -> Document? { try read { try $0.entity(id)?.properties } }
}

extension TemporaryStore {
    /// All files in the store, as paths.
    func files() throws -> [FilePath] { try TemporaryStore.files(in: directory) }

    func bytes(of path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                bytes += buffer[..<count]
            }
            return bytes
        }
    }

    func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    func remove(_ path: FilePath) throws {
        guard unlink(path.string) == 0 else { throw Errno(rawValue: errno) }
    }

    private static func files(in directory: FilePath) throws -> [FilePath] {
        guard let stream = opendir(directory.string) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var found: [FilePath] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = directory.appending(name)
            if entry.pointee.d_type == UInt8(DT_DIR) {
                found += try files(in: path)
            } else {
                found.append(path)
            }
        }
        return found.sorted { $0.string < $1.string }
    }
}

extension [UInt8] {
    /// Whether `part` stands somewhere in these bytes.
    func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        return indices.contains { self[$0] == first && self[$0...].starts(with: part) }
    }
}
