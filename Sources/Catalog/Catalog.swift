public import Base
@preconcurrency import Dispatch
import Synchronization
public import SystemPackage

/// The truth about a store: entities, connections, properties, labels and their log, and where the blobs are.
///
/// SQLite keeps it, in `catalog.sqlite`; memory columns derived from it answer filters. Calls block: a caller
/// on Swift's cooperative pool makes them from a `BlockingPool`. One process at a time may hold a store; who
/// does is for the layer above.
public final class Catalog: Sendable {
    /// The number of the format that this program writes.
    public static var formatVersion: Int { StoreFormat.current }

    /// The directory of the store.
    public let directory: FilePath
    public let access: CatalogAccess
    public let options: CatalogOptions
    let file: StoreFile
    let files: IndexFiles
    let ring: VersionRing
    let readers: ReaderPool
    let journal = ChangeJournal()
    private let observer: CommitObserver
    let registry: IndexRegistry
    let writer: Writer?
    /// Builds indexes one after another, so that they leave a core to the queries.
    let builder = DispatchQueue(label: "catalog-builder")
    let buildCancellation = Cancellation()
    /// Held while an index is put in place where there is no writer to do it.
    let installing = Mutex(())
    private let isClosed = Mutex(false)

    private init(file: StoreFile, access: CatalogAccess, options: CatalogOptions) throws {
        directory = file.directory
        self.file = file
        self.access = access
        self.options = options
        readers = ReaderPool(file: file, limit: options.readerLimit)
        registry = IndexRegistry(budget: options.columnBudget)
        try LogAudit(path: file.path).checkBeforeRecovery()
        let connection =
            access == .readWrite
            ? try PageChecksumMigration(file: file).open(options: options) : try file.openReader()
        try StoreFormat.migrate(connection, access: access)
        let state = try WriterState(connection)
        let version = try CatalogVersion.load(state, on: connection)
        let files = IndexFiles(
            directory: file.columnsDirectory, store: try StoreFormat.metaBytes("store", on: connection) ?? [])
        self.files = files
        let indexes = files.load(version, removingOthers: access == .readWrite)
        ring = VersionRing(version.with(registry.fit(indexes)))
        observer = CommitObserver()
        writer =
            access == .readOnly
            ? nil
            : Writer(
                WriterLoop(
                    connection: connection, state: state, ring: ring, journal: journal, registry: registry,
                    files: files, observer: observer, options: options),
                queueLimit: options.queueLimit)
    }

    deinit { close() }

    /// Makes the catalog of a new store in `directory`, which must exist.
    /// - Throws: ``CatalogError/Code/alreadyExists`` where there is one; ``CatalogError/Code/notFound`` where
    ///   the directory is not there; ``CatalogError/Code/readOnly`` where it may not be written.
    public static func create(
        _ directory: FilePath, options: CatalogOptions = CatalogOptions()
    ) throws -> Catalog {
        let file = StoreFile(directory: directory)
        guard !file.exists else {
            throw CatalogError(.alreadyExists, "there is a catalog in \(directory) already")
        }
        try file.create(options: options)
        return try Catalog(file: file, access: .readWrite, options: options)
    }

    /// Opens the catalog of the store in `directory`, bringing it to the current format where it is older.
    /// - Throws: ``CatalogError/Code/notFound``, ``CatalogError/Code/corrupt``,
    ///   ``CatalogError/Code/newerFormat``, ``CatalogError/Code/needsMigration``,
    ///   ``CatalogError/Code/readOnly``.
    public static func open(
        _ directory: FilePath, access: CatalogAccess = .readWrite, options: CatalogOptions = CatalogOptions()
    ) throws -> Catalog {
        let file = StoreFile(directory: directory)
        guard file.exists else { throw CatalogError(.notFound, "there is no catalog in \(directory)") }
        return try Catalog(file: file, access: access, options: options)
    }

    /// Ends all work: commits what waits, waits for readers, and writes the memory indexes to files. Further
    /// calls fail; closing twice does nothing. Not to be called from within a read or a transaction.
    public func close() {
        let wasOpen = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard wasOpen else { return }
        buildCancellation.cancel()
        writer?.drain()
        if options.savesColumns { saveIndexes() }
        readers.close()
        writer?.release()
    }

    /// What tells the store from all others, and the folder of what is derived from the catalog.
    public var derivedFiles: (store: [UInt8], folder: FilePath) { (files.store, files.directory) }

    // MARK: - Writing

    /// Queues a transaction and returns; `completion` is called on the writer's thread once it is durable, or
    /// has failed, and must be quick.
    ///
    /// Transactions run one after another in the order in which they come; those that wait together share a
    /// commit. When `body` throws, nothing of it is kept. A `cancellation` counts
    /// until the body starts, and within it while many properties are made.
    /// - Throws: ``CatalogError/Code/overloaded``, ``CatalogError/Code/closed``,
    ///   ``CatalogError/Code/readOnly``; then `completion` is not called.
    public func submit<Result: Sendable>(
        cancellation: Cancellation? = nil, _ body: @escaping @Sendable (Transaction) throws -> Result,
        completion: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
    ) throws(CatalogError) {
        guard let writer else {
            throw CatalogError(.readOnly, "the store was opened for reading only")
        }
        let write = PendingWrite(
            run: { [self] transaction in
                transaction.catalog = self
                defer { transaction.catalog = nil }
                let result = try body(transaction)
                return { completion(.success(result)) }
            },
            fail: { completion(.failure($0)) }, isCancelled: { cancellation?.isCancelled ?? false })
        try writer.submit(.transaction(write))
    }

    /// Runs a transaction and returns its result once it is durable. Not to be called from within another.
    /// - Throws: whatever `body` throws; ``CatalogError/Code/diskFull`` and whatever else keeps a commit from
    ///   being durable; as ``submit(cancellation:_:completion:)``.
    @discardableResult
    public func write<Result: Sendable>(
        cancellation: Cancellation? = nil, _ body: @escaping @Sendable (Transaction) throws -> Result
    ) throws -> Result {
        precondition(writer?.isOnThread != true, "a transaction waits for another")
        let outcome = AwaitedOutcome<Result>()
        try submit(cancellation: cancellation, body) { outcome.arrive($0) }
        return try outcome.wait()
    }

    /// Has `body` called after each commit, in the place of whoever was called before: on the writer's
    /// thread, where it must be quick.
    public func onCommit(_ body: (@Sendable () -> Void)?) { observer.set(body) }

    // MARK: - Reading

    /// Runs `body` on one commit of the store: rows, columns and schema agree with each other however much is
    /// written meanwhile, and no writer is waited for.
    ///
    /// Keep it short: while it runs, SQLite's log cannot be emptied.
    /// - Parameter cancellation: stops what SQLite is doing, too.
    /// - Throws: whatever `body` throws; `CancelledError`; ``CatalogError/Code/closed``.
    public func read<Result>(
        _ cancellation: Cancellation = Cancellation(), _ body: (CatalogSnapshot) throws -> Result
    ) throws -> Result {
        try readers.withConnection(cancellation) { connection in
            let interrupter = Interrupter(connection)
            defer { interrupter.disarm() }
            do {
                return try cancellation.onCancel({ interrupter.interrupt() }) {
                    let version = try begin(connection)
                    defer { end(connection) }
                    let snapshot = CatalogSnapshot(
                        indexes: self, version: version, connection: connection, cancellation: cancellation)
                    defer { snapshot.isOver = true }
                    return try body(snapshot)
                }
            } catch let error as CatalogError where error.code == .cancelled {
                throw CancelledError()
            }
        }
    }

    /// The number of the newest commit, which may not be durable yet. Costs nothing, and blocks nobody.
    public var newestCommit: UInt64 { ring.newest.commit }

    /// Reads the beginning of the catalog's file from its place on the disk, past SQLite's memory of it.
    /// - Throws: ``CatalogError/Code/corrupt`` where what is there now is no catalog;
    ///   ``CatalogError/Code/inputOutput`` where it cannot be read.
    public func checkFile() throws(CatalogError) { try file.check() }

    // MARK: - Private

    /// Opens a read transaction and finds the version of the commit that it sees.
    private func begin(_ connection: SQLiteConnection) throws -> CatalogVersion {
        while true {
            try connection.statement("BEGIN").run()
            do {
                // The first read takes the snapshot.
                let commit = UInt64(try StoreFormat.meta("commit_seq", on: connection) ?? 0)
                if let version = ring.version(commit) { return version }
                if writer == nil {
                    // Someone else has written to a store that was opened for reading only.
                    let version = try CatalogVersion.load(try WriterState(connection), on: connection)
                    ring.enter(version)
                    return version
                }
            } catch {
                end(connection)
                throw error
            }
            // So many commits between two lines that the version has left the ring: take a newer snapshot.
            end(connection)
        }
    }

    private func end(_ connection: SQLiteConnection) {
        guard connection.isInTransaction else { return }
        // Ending a transaction that only read cannot fail; an interrupted one has ended already.
        _ = try? connection.statement("ROLLBACK").run()
    }
}
