public import Base
import Blobs
import Catalog
#if canImport(Glibc)
    import Glibc
#endif
public import SystemPackage

extension Store {
    /// Frees the bytes that no entity stands for, and packs that are mostly dead.
    /// - Parameter minimumDeadFraction: From which dead part on a pack is written anew, in `0...1`.
    /// - Returns: `freed_bytes`, `forgotten_blobs`, `moved_blobs`, `dropped_packs`, and `damaged` with what
    ///   could not be moved as it cannot be read.
    public func collectGarbage(minimumDeadFraction: Double = 0.25) async throws -> Document {
        try checkWritable()
        let (catalog, blobs) = (catalog, blobs)
        return try await readPool.run { cancellation in
            try translating {
                var forgotten = 0
                let report = try blobs.collectGarbage(
                    minimumDeadFraction: minimumDeadFraction, cancellation: cancellation
                ) {
                    // Within the collection: what is put from now on lies in packs that it leaves alone.
                    let dead = try catalog.read(cancellation) { snapshot in
                        var dead: [SHA256Digest] = []
                        try snapshot.forEachBlob { entry, isReferenced in
                            if !isReferenced { dead.append(entry.digest) }
                        }
                        return dead
                    }
                    if !dead.isEmpty { forgotten = try catalog.write { try $0.forget(dead) }.count }
                    return try catalog.read(cancellation) { snapshot in
                        var live = LiveBlobs()
                        var failure: (any Error)?
                        try snapshot.forEachBlob { entry, _ in
                            do { try live.insert(try entry.stored()) } catch { failure = error }
                        }
                        if let failure { throw failure }
                        return live
                    }
                } commit: { moves in
                    let places = moves.map { move in
                        (
                            move.digest,
                            BlobEntry(StoredBlob(digest: move.digest, location: move.from)).place,
                            BlobEntry(StoredBlob(digest: move.digest, location: move.to)).place
                        )
                    }
                    try catalog.write {
                        _ = try $0.relocate(places.map { (digest: $0.0, from: $0.1, to: $0.2) })
                    }
                }
                return [
                    "freed_bytes": .integer(Int64(report.freedBytes)),
                    "forgotten_blobs": .integer(Int64(forgotten)),
                    "moved_blobs": .integer(Int64(report.movedCount)),
                    "dropped_packs": .integer(Int64(report.droppedPacks.count)),
                    "damaged": .array(report.damaged.map { .string($0.message) }),
                ]
            }
        }
    }

    /// Copies the store, as it is at one moment, to a new folder, while it is read and written.
    /// - Parameter folder: Absolute; must not exist, its parent must.
    /// - Throws: ``EngineError/Code/conflict`` where it exists. A copy that failed is removed.
    public func backup(to folder: FilePath) async throws -> Document {
        guard folder.isAbsolute else {
            throw EngineError(.invalidRequest, "'folder' must be absolute", path: "folder")
        }
        let (catalog, blobs) = (catalog, blobs)
        return try await readPool.run { cancellation in
            try translating {
                let layout = StoreLayout(folder)
                try layout.make()
                do {
                    let hold = try blobs.holdCollection()
                    defer { hold.end() }
                    let commit = try catalog.read(cancellation) { snapshot in
                        try snapshot.backUp(to: layout.catalog.string)
                        return snapshot.commit
                    }
                    var copied = 0
                    try blobs.copy(try blobs.extents(), to: layout.blobs, cancellation: cancellation) {
                        copied = $0.bytes
                    }
                    try FolderCopy.syncFolder(folder)
                    let bytes = copied + (try FolderCopy.byteCount(of: layout.catalog))
                    return [
                        "folder": .string(folder.string), "commit": .integer(Int64(commit)),
                        "bytes": .integer(Int64(bytes)),
                    ]
                } catch {
                    FolderCopy.removeAll(folder)
                    throw error
                }
            }
        }
    }

    /// Makes a store of a backup, which stays as it is.
    /// - Returns: The bytes copied.
    /// - Throws: ``EngineError/Code/notFound`` where `backup` is no store; ``EngineError/Code/conflict``
    ///   where `directory` exists; ``EngineError/Code/corrupt`` where the backup's catalog is damaged.
    public static func restore(from backup: FilePath, to directory: FilePath) async throws -> Int {
        let source = StoreLayout(backup)
        try source.checkExists()
        let store = try await Store.open(at: backup, access: .readOnly)
        let target = StoreLayout(directory)
        let (catalog, blobs) = (store.catalog, store.blobs)
        let bytes = try await store.readPool.run { cancellation in
            try translating {
                try target.make()
                do {
                    try catalog.read(cancellation) { snapshot in
                        if let finding = try snapshot.verify().first {
                            throw EngineError(.corrupt, "\(finding)")
                        }
                        try snapshot.backUp(to: target.catalog.string)
                    }
                    var copied = 0
                    try blobs.copy(try blobs.extents(), to: target.blobs, cancellation: cancellation) {
                        copied = $0.bytes
                    }
                    try FolderCopy.syncFolder(directory)
                    return copied + (try FolderCopy.byteCount(of: target.catalog))
                } catch {
                    FolderCopy.removeAll(directory)
                    throw error
                }
            }
        }
        try await store.close()
        return bytes
    }
}
