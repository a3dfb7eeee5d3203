#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// The file `catalog.sqlite` of a store, and how connections to it are made.
struct StoreFile: Sendable {
    let directory: FilePath
    var path: String { directory.appending("catalog.sqlite").string }
    /// Where the snapshots of the columns lie.
    var columnsDirectory: FilePath { directory.appending("columns") }

    var exists: Bool { access(path, F_OK) == 0 }

    /// Makes the file of a new store. It has its name only once everything is in it: a crash on the way
    /// leaves no store, not half of one.
    func create(options: CatalogOptions) throws(CatalogError) {
        let fresh = path + ".new"
        StoreFile.remove(fresh)
        try StoreFormat.create(on: try StoreFile.openWriter(fresh, creating: true, options: options))
        guard rename(fresh, path) == 0, StoreFile.sync(directory) else {
            throw CatalogError(.inputOutput, "cannot make \(path): \(Errno(rawValue: errno))")
        }
    }

    /// Removes a database that is not the store's, with what SQLite keeps beside it.
    static func remove(_ path: String) {
        for name in [path, path + "-wal", path + "-shm", path + "-journal"] { unlink(name) }
    }

    /// The connection of the writer: durable at every commit.
    func openWriter(options: CatalogOptions) throws(CatalogError) -> SQLiteConnection {
        try StoreFile.openWriter(path, creating: false, options: options)
    }

    static func openWriter(
        _ path: String, creating: Bool, options: CatalogOptions
    ) throws(CatalogError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: creating ? .create : .readWrite)
        if creating { try connection.reservePageChecksums() }
        // Checkpoints on the committing thread, each 1,000 pages: a background one never completes under
        // steady writes, and the log grows without bound.
        try connection.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 1000;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -65536;
            PRAGMA secure_delete = ON;
            """)
        if let limit = options.pageLimit { try connection.execute("PRAGMA max_page_count = \(limit)") }
        return connection
    }

    /// A connection that only reads.
    func openReader() throws(CatalogError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: try readerMode())
        try connection.execute(
            """
            PRAGMA query_only = 1;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -8192;
            """)
        return connection
    }

    /// Whether the file at the path can be read, and is SQLite's.
    func check() throws(CatalogError) {
        var beginning = [UInt8](repeating: 0, count: 16)
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            _ = try descriptor.closeAfter {
                try beginning.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            }
        } catch {
            throw CatalogError(.inputOutput, "cannot read \(path): \(error)")
        }
        // The first bytes of each of its files (https://www.sqlite.org/fileformat.html, section 1.3).
        guard beginning == Array("SQLite format 3\0".utf8) else {
            throw CatalogError(.corrupt, "\(path) is no catalog any more")
        }
    }

    /// Makes the names in a directory durable.
    static func sync(_ directory: FilePath) -> Bool {
        let descriptor = open(directory.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    // MARK: - Private

    /// A log index is memory shared through a file. Where none can be made, a store that was closed cleanly
    /// has no log either, and can be read as a file that never changes.
    private func readerMode() throws(CatalogError) -> SQLiteConnection.Mode {
        if access(directory.string, W_OK) == 0 { return .readOnly }
        var log = stat()
        let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
        if !hasLog { return .immutable }
        if access(path + "-shm", R_OK) == 0 { return .readOnly }
        throw CatalogError(
            .readOnly,
            "\(path) was not closed cleanly and lies where nothing may be written; open it once where it can be"
        )
    }
}
