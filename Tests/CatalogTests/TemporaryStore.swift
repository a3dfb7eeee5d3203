import Base
import Catalog
import SystemPackage
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A directory for one test, removed when the test lets go of it.
final class TemporaryStore {
    private let folder: TemporaryFolder
    var directory: FilePath { folder.path }

    init() throws { folder = try TemporaryFolder() }
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
    func files() throws -> [FilePath] {
        TestSupport.files(below: directory).map { directory.appending($0) }
    }

    func bytes(of path: FilePath) throws -> [UInt8] { try contents(of: path) }

    func write(_ bytes: [UInt8], to path: FilePath) throws { try TestSupport.write(bytes, to: path) }

    func remove(_ path: FilePath) throws {
        guard unlink(path.string) == 0 else { throw Errno(rawValue: errno) }
    }
}

extension [UInt8] {
    /// Whether `part` stands somewhere in these bytes.
    func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        return indices.contains { self[$0] == first && self[$0...].starts(with: part) }
    }
}
