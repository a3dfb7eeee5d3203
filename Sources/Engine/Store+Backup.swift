public import Base
import Blobs
import Catalog
public import SystemPackage

extension Store {
    /// Copies the store, as it is at one moment, to a new folder, while it is read and written. Waits for a
    /// collection or a purge that runs, and keeps others waiting.
    ///
    /// Every blob of the copy is compared with its checksums. What is damaged, or cannot be read, does not
    /// end the backup: whoever has a dying disk wants the rest, and the list of what is lost. A damaged
    /// catalog does: what it knew could not be told from what it did not.
    /// - Parameter folder: Absolute; must not exist, its parent must. Not within the store.
    /// - Returns: `folder`, `commit`, `bytes`, and `damaged`, a message for each blob that is.
    /// - Throws: ``EngineError/Code/conflict`` where it exists; ``EngineError/Code/corrupt`` naming the
    ///   damaged page of the catalog. A copy that failed is removed.
    public func backup(to folder: FilePath) async throws -> Document {
        guard folder.isAbsolute else {
            throw EngineError(.invalidRequest, "'folder' must be absolute", path: "folder")
        }
        guard !StoreLayout(directory).contains(folder) else {
            throw EngineError(
                .invalidRequest, "\(folder) lies in the store itself; name a folder elsewhere", path: "folder"
            )
        }
        return try await collectionGate.together {
            try await readPool.run { [directory, catalog, blobs, descriptorSets] cancellation in
                try translating {
                    try StoreCopy(layout: StoreLayout(folder), cancellation: cancellation)
                        .backUp(StoreLayout(directory), catalog, blobs, descriptorSets)
                }
            }
        }
    }

    /// Makes a store of a backup, which stays as it is.
    ///
    /// The backup's catalog is checked before anything is copied, and every blob once it is copied; only then
    /// is the copy a store.
    /// - Returns: The bytes copied.
    /// - Throws: ``EngineError/Code/notFound`` where `backup` is no store; ``EngineError/Code/conflict``
    ///   where `directory` exists; ``EngineError/Code/corrupt`` naming what is damaged of the backup. Then
    ///   nothing is left of the copy.
    public static func restore(from backup: FilePath, to directory: FilePath) async throws -> Int {
        try StoreLayout(backup).checkExists()
        let store = try await Store.open(at: backup, access: .readOnly)
        let (catalog, blobs, sets) = (store.catalog, store.blobs, store.descriptorSets)
        let bytes = try await store.readPool.run { cancellation in
            try translating {
                let copy = StoreCopy(layout: StoreLayout(directory), cancellation: cancellation)
                return try copy.making(takesEmpty: true) {
                    if let page = try catalog.damagedPages(cancellation).first {
                        throw StoreCopy.refusal(page.description, of: backup)
                    }
                    let (stored, vectorBytes) = try catalog.read(cancellation) { snapshot in
                        if let finding = try snapshot.verify().first {
                            throw StoreCopy.refusal(finding.description, of: backup)
                        }
                        if let finding = try sets.damage(in: snapshot, cancellation).first {
                            throw StoreCopy.refusal(finding, of: backup)
                        }
                        try copy.copyCatalog(of: snapshot)
                        let bytes = try sets.copy(of: snapshot, to: copy.layout.vectors, cancellation)
                        return (try snapshot.storedBlobs(), bytes)
                    }
                    let bytes = try copy.copyBlobs(of: blobs, unreadable: nil) + vectorBytes
                    if let finding = try copy.damage(in: stored).first {
                        throw StoreCopy.refusal(finding.description, of: backup)
                    }
                    return try bytes + copy.copyModels(of: StoreLayout(backup), unreadable: nil)
                        + copy.publish()
                }
            }
        }
        try await store.close()
        return bytes
    }
}

/// A copy of a store in the making. It has a catalog, and so is a store, only once it is whole.
private struct StoreCopy {
    let layout: StoreLayout
    let cancellation: Cancellation
    private var unpublished: FilePath { layout.directory.appending("catalog.sqlite.new") }

    init(layout: StoreLayout, cancellation: Cancellation) {
        self.layout = layout
        self.cancellation = cancellation
    }

    /// Makes the folder and runs `body`; where that fails, removes it again.
    func making<Result>(takesEmpty: Bool, _ body: () throws -> Result) throws -> Result {
        try layout.make(takesEmpty: takesEmpty)
        do {
            return try body()
        } catch {
            FolderCopy.removeAll(layout.directory)
            throw error
        }
    }

    /// Copies a store that is in use.
    func backUp(
        _ store: StoreLayout, _ catalog: Catalog, _ blobs: BlobStore, _ sets: DescriptorSets
    ) throws -> Document {
        try making(takesEmpty: false) {
            let hold = try blobs.holdCollection()
            defer { hold.end() }
            var damaged: [String] = []
            let (commit, stored, vectorBytes) = try catalog.read(cancellation) { snapshot in
                try copyCatalog(of: snapshot)
                damaged += try sets.damage(in: snapshot, cancellation)
                let bytes = try sets.copy(of: snapshot, to: layout.vectors, cancellation) {
                    damaged.append($0)
                }
                return (snapshot.commit, try snapshot.storedBlobs(), bytes)
            }
            let bytes = try copyBlobs(of: blobs) { file, range in
                damaged.append("\(file.string): bytes \(range) cannot be read")
            }
            damaged += try damage(in: stored).map(\.description)
            let modelBytes = try copyModels(of: store) { file, error in
                damaged.append("\(file.string): \(error)")
            }
            return [
                "folder": .string(layout.directory.string), "commit": .integer(Int64(commit)),
                "bytes": .integer(Int64(bytes + vectorBytes + modelBytes + (try publish()))),
                "damaged": .array(damaged.map { .string($0) }),
            ]
        }
    }

    func copyCatalog(of snapshot: CatalogSnapshot) throws { try snapshot.backUp(to: unpublished.string) }

    /// - Parameter unreadable: told what a disk refuses to read, which is then left out; `nil` to fail there.
    /// - Returns: the bytes copied.
    func copyBlobs(of blobs: BlobStore, unreadable: ((FilePath, Range<Int>) -> Void)?) throws -> Int {
        var copied = 0
        try blobs.copy(
            try blobs.extents(), to: layout.blobs, cancellation: cancellation, unreadable: unreadable
        ) { copied = $0.bytes }
        return copied
    }

    /// Copies the models that were added to the store. Each has its checksum, compared when it is used.
    func copyModels(of store: StoreLayout, unreadable: ((FilePath, Errno) -> Void)?) throws -> Int {
        try FolderCopy.copyFiles(below: store.models, to: layout.models, cancellation, unreadable: unreadable)
    }

    /// What is damaged of the copied blobs.
    func damage(in stored: [StoredBlob]) throws -> [BlobFinding] {
        try BlobStore(directory: layout.blobs, access: .readOnly).verify(stored, cancellation: cancellation)
    }

    /// Gives the catalog its name, durably, and returns its bytes.
    func publish() throws -> Int {
        try FolderCopy.rename(unpublished, to: layout.catalog)
        try FolderCopy.syncFolder(layout.directory)
        return try FolderCopy.byteCount(of: layout.catalog)
    }

    static func refusal(_ finding: String, of backup: FilePath) -> EngineError {
        EngineError(
            .corrupt,
            "\(finding); the backup was not restored. 'fovea verify --store \(backup)' lists all damage; what is not damaged can be read from the backup, which is a store itself"
        )
    }
}

extension CatalogSnapshot {
    /// The blobs that entities stand for and that lie in the store, in the order in which they lie on disk.
    fileprivate func storedBlobs() throws -> [StoredBlob] {
        var stored: [StoredBlob] = []
        var failure: (any Error)?
        try forEachBlob { entry, isReferenced in
            guard isReferenced else { return }
            do {
                let blob = try entry.stored()
                if case .reference = blob.location { return }
                stored.append(blob)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return stored.sorted { $0.location.order < $1.location.order }
    }
}

extension BlobLocation {
    /// What to sort by to read in the order of the disk.
    var order: (Int, Int) {
        if case .pack(let number, let offset, _) = self { (Int(number), offset) } else { (.max, 0) }
    }
}
