public import Base
import Blobs
import Catalog
import Logging
import Media
public import SystemPackage

/// A store that is open: its catalog, its blobs, its derived pixels, and the threads that work on them.
///
/// Every query and every change goes through here, whichever face it came by. One process opens a store at a
/// time; taking the ``StoreLock`` first is the caller's part.
public final class Store: Sendable {
    /// What a store is opened for.
    public enum Access: Sendable, Hashable {
        case readWrite
        case readOnly
    }

    /// The class that images are of.
    public static let imageClass = "Image"
    /// The class that videos are of.
    public static let videoClass = VideoPartClass.videoClass

    public let directory: FilePath
    public let access: Access
    public let options: StoreOptions
    /// Threads that decode, analyse and compute.
    public let computePool: BlockingPool
    /// Threads that wait for SQLite and for disks.
    public let readPool: BlockingPool
    /// Who may do what, and who is who.
    public let accessControl: AccessControl
    let catalog: Catalog
    let blobs: BlobStore
    let cache: DerivedPixelsCache
    let descriptorSets: DescriptorSets
    let frameIndexes: FrameIndexes
    let motionTraces: MotionTraces
    let restingReaders = RestingReaders()
    let intervalTables: IntervalTables
    let textIndex = TextIndex()
    let textVectors = TextVectors()
    let collectionGate = CollectionGate()
    let overruledRules = OverruledRules()
    let ruleGate = RuleGate()

    private init(
        directory: FilePath, access: Access, options: StoreOptions, catalog: Catalog, blobs: BlobStore,
        cache: DerivedPixelsCache
    ) {
        self.directory = directory
        self.access = access
        self.options = options
        self.catalog = catalog
        self.blobs = blobs
        self.cache = cache
        descriptorSets = DescriptorSets(
            directory: StoreLayout(directory).vectors, isReadOnly: access == .readOnly)
        frameIndexes = FrameIndexes(
            directory: access == .readWrite ? StoreLayout(directory).frames : nil)
        motionTraces = MotionTraces(
            directory: StoreLayout(directory).motion, isReadOnly: access == .readOnly)
        let derived = catalog.derivedFiles
        intervalTables = IntervalTables(
            .init(
                folder: derived.folder, store: derived.store, commit: catalog.newestCommit,
                isReadOnly: access == .readOnly))
        computePool = BlockingPool(label: "fovea-compute", threadCount: options.computeThreads)
        readPool = BlockingPool(label: "fovea-read", threadCount: options.readThreads)
        accessControl = AccessControl(catalog: catalog, readPool: readPool, options: options.authentication)
    }

    /// Makes an empty store at `directory`, which must not exist yet or be an empty folder. Only this user
    /// may enter it.
    /// - Throws: ``EngineError/Code/conflict`` where something is there already.
    public static func create(at directory: FilePath) throws {
        try StoreLayout(directory).make()
        try translating {
            try Catalog.create(directory).close()
            _ = try BlobStore(directory: StoreLayout(directory).blobs)
        }
    }

    /// Whether there is a store at `directory`.
    /// - Throws: ``EngineError/Code/notFound`` saying how to make one.
    public static func checkExists(at directory: FilePath) throws { try StoreLayout(directory).checkExists() }

    /// Opens the store at `directory`.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/newerFormat``,
    ///   ``EngineError/Code/corrupt``.
    public static func open(
        at directory: FilePath, access: Access = .readWrite, options: StoreOptions = StoreOptions()
    ) async throws -> Store {
        let layout = StoreLayout(directory)
        try layout.checkExists()
        return try translating {
            var catalogOptions = CatalogOptions()
            catalogOptions.columnBudget = options.columnBudget
            func openCatalog() throws -> Catalog {
                try Catalog.open(
                    directory, access: access == .readWrite ? .readWrite : .readOnly, options: catalogOptions)
            }
            let catalog: Catalog
            do {
                catalog = try openCatalog()
                if access == .readWrite { layout.reserve.keep() }
            } catch let error as CatalogError
                where error.code == .diskFull && access == .readWrite && layout.reserve.giveUp()
            {
                catalog = try openCatalog()
            } catch let error as CatalogError where error.code == .corrupt {
                // SQLite's reason is the message's first line; what was being run says nothing to anybody.
                let reason = error.message.prefix { $0 != "\n" }
                throw EngineError(
                    .corrupt,
                    "the catalog \(directory.appending("catalog.sqlite")) is damaged (\(reason)); bring back a backup with 'fovea restore BACKUP --store NEW-FOLDER'",
                    cause: error)
            }
            do {
                let blobs = try BlobStore(
                    directory: layout.blobs, access: access == .readWrite ? .readWrite : .readOnly)
                let cache = DerivedPixelsCache(
                    directory: access == .readWrite ? try layout.makeCache() : nil,
                    memoryBudget: options.memoryCacheBudget, diskBudget: options.diskCacheBudget)
                return Store(
                    directory: directory, access: access, options: options, catalog: catalog, blobs: blobs,
                    cache: cache)
            } catch {
                catalog.close()
                throw error
            }
        }
    }

    /// Ends all work after what waits was committed, and writes what makes the next opening fast.
    public func close() async throws {
        restingReaders.closeAll()
        let (catalog, sets, isWritable) = (catalog, descriptorSets, access == .readWrite)
        let tables = intervalTables
        try await readPool.run { _ in
            if isWritable {
                // Where that fails the table is read anew, by the next process.
                try? catalog.read { snapshot in
                    guard let videos = snapshot.schema.entityClass(Store.videoClass) else { return }
                    try tables.save(videos, in: snapshot)
                }
            }
            catalog.close()
            if isWritable { try translating { try sets.save() } }
        }
    }

    /// - Throws: ``EngineError/Code/readOnly`` where the store was opened for reading.
    public func checkWritable() throws {
        guard access == .readWrite else {
            throw EngineError(
                .readOnly, "the store \(directory) is open for reading only: its folder may not be written to"
            )
        }
    }

    /// Runs `body` on one commit of the store, on a reading thread.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (CatalogSnapshot) throws -> Result
    ) async throws -> Result {
        let catalog = catalog
        return try await readPool.run { cancellation in
            try translating { try catalog.read(cancellation, body) }
        }
    }
}
