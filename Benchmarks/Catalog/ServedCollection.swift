import Base
import Blobs
import Catalog
import Engine
import Glibc
import SystemPackage

/// The collection made ready for programs that ask from outside: a store with pictures, its columns and
/// postings saved, and for PostgreSQL the files of COPY and the statements that make tables of them.
struct ServedCollection {
    let options: BenchmarkOptions
    private static let seed: UInt64 = 0xF0_7EA

    func make() throws {
        let collection = Collection(count: options.images, seed: ServedCollection.seed)
        let directory = FilePath(options.folder + "/store")
        try Store.create(at: directory)
        let pictures = try storePictures(in: directory)
        let catalog = try Catalog.open(directory)
        try LoadedStore.insertImages(collection, pictures: pictures, into: catalog)
        try LoadedStore.connectTags(collection, in: catalog)
        try LoadedStore.buildIndexes(catalog)
        catalog.close()

        try CopyFiles(directory: options.folder).write(collection)
        try LoadedTables.create.write(to: options.folder + "/tables.sql")
        try LoadedTables.indexes.map { $0 + ";\n" }.joined().write(to: options.folder + "/indexes.sql")
    }

    // MARK: - Private

    /// Stores the files of the pictures' folder, in the order of their names.
    private func storePictures(in directory: FilePath) throws -> [BlobEntry] {
        guard let folder = options.pictures else { return [] }
        let blobs = try BlobStore(directory: directory.appending("blobs"))
        let pictures = try names(in: folder).map { name in
            let bytes = try contents(of: folder + "/" + name)
            let stored = try blobs.put(bytes, digest: SHA256Digest(hashing: bytes))
            let columns = stored.location.columns
            return BlobEntry(
                digest: stored.digest,
                place: BlobPlace(
                    kind: columns.kind, pack: columns.pack, offset: columns.offset, length: columns.length))
        }
        try blobs.sync()
        return pictures
    }

    private func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw BenchmarkFailure("cannot read \(folder)") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private func contents(of path: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        return try file.closeAfter {
            let count = Int(try file.seek(offset: 0, from: .end))
            return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = try file.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
    }
}
