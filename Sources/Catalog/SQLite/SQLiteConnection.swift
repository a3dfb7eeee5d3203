#if canImport(Glibc)
    import Glibc
#endif
import CPageChecksum
import GRDBSQLite

/// One connection to a SQLite file, with its prepared statements. It serves one thread at a time.
///
/// It is opened without SQLite's own mutexes: whoever holds the connection (the writer's thread, or the
/// reader that took it from the pool) is alone with it. Only ``Interrupter`` touches it from another thread.
///
/// Its files are opened through `CPageChecksum`: every page that is written gets a checksum, and a page whose
/// checksum is wrong is an error (``CatalogError/Code/corrupt``) and never seen.
final class SQLiteConnection {
    enum Mode {
        case create, readWrite, readOnly
        /// The file cannot change and no log stands beside it: SQLite needs neither locks nor a log index.
        case immutable
    }

    let handle: OpaquePointer
    let path: String
    private var statements: [String: SQLiteStatement] = [:]
    private static let statementLimit = 512

    /// Opens the file at `path`.
    /// - Throws: ``CatalogError/Code/notFound`` where there is none; ``CatalogError/Code/readOnly`` and
    ///   ``CatalogError/Code/inputOutput`` where the system refuses.
    init(path: String, mode: Mode) throws(CatalogError) {
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI
        switch mode {
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .readOnly, .immutable: flags |= SQLITE_OPEN_READONLY
        }
        var handle: OpaquePointer?
        try SQLiteConnection.registration.get()
        let url = "file:" + SQLiteConnection.escape(path) + (mode == .immutable ? "?immutable=1" : "")
        let status = sqlite3_open_v2(url, &handle, flags, FOVEA_CHECKSUM_VFS)
        guard status == SQLITE_OK, let handle else {
            let reason = String(cString: sqlite3_errstr(status))
            let code = SQLiteConnection.code(of: status, system: sqlite3_system_errno(handle))
            sqlite3_close_v2(handle)
            throw CatalogError(code, "cannot open \(path): \(reason)")
        }
        self.handle = handle
        self.path = path
        // SQLite opens a file that it may not write for reading only, and would complain at the first write.
        if mode == .readWrite, sqlite3_db_readonly(handle, "main") == 1 {
            throw CatalogError(.readOnly, "\(path) may not be written")
        }
        sqlite3_busy_timeout(handle, SQLiteConnection.patience)
    }

    /// Milliseconds. A last resort: one process holds a store, and its writers queue before they come here.
    private static let patience: CInt = 5_000

    /// Does `work`, which waits so long for locks that others hold.
    func waiting<Result>(
        milliseconds: CInt, _ work: () throws(CatalogError) -> Result
    ) throws(CatalogError) -> Result {
        sqlite3_busy_timeout(handle, milliseconds)
        defer { sqlite3_busy_timeout(handle, SQLiteConnection.patience) }
        return try work()
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Bytes kept free at the end of every page: ``PageChecksum/byteCount``, or 0 in stores of format 1.
    var reservedBytes: Int {
        var count: CInt = -1
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &count)
        return Int(count)
    }

    /// Has room kept at the end of every page that is written from now on. Of use to an empty database, or
    /// before `VACUUM`.
    func reservePageChecksums() throws(CatalogError) {
        var count = CInt(PageChecksum.byteCount)
        let status = sqlite3_file_control(handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &count)
        if status != SQLITE_OK { throw error(status, in: "reserving room for checksums") }
    }

    /// Runs statements that return nothing of interest, such as pragmas and DDL.
    func execute(_ sql: String) throws(CatalogError) {
        let status = sqlite3_exec(handle, sql, nil, nil, nil)
        if status != SQLITE_OK { throw error(status, in: sql) }
    }

    /// The prepared statement of `sql`, kept for the next call. It must not be in use already.
    func statement(_ sql: String) throws(CatalogError) -> SQLiteStatement {
        if let known = statements[sql] {
            assert(!known.isBusy, "re-entered: \(sql)")
            return known
        }
        if statements.count >= SQLiteConnection.statementLimit {
            statements = statements.filter { $0.value.isBusy }
        }
        let fresh = try SQLiteStatement(sql, on: self)
        statements[sql] = fresh
        return fresh
    }

    /// The first column of the first row, where it is an integer.
    func integer(_ sql: String) throws(CatalogError) -> Int64? {
        let statement = try statement(sql)
        defer { statement.reset() }
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    /// Whether a transaction is open. SQLite rolls back on its own when a disk is full or fails.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Rows changed by the last statement.
    var changeCount: Int { Int(sqlite3_changes64(handle)) }

    // MARK: - Errors

    /// What `status` means, with SQLite's message for the last call.
    func error(_ status: CInt, in sql: String) -> CatalogError {
        if let damage = takeDamage() { return damage }
        let code = SQLiteConnection.code(of: status, system: sqlite3_system_errno(handle))
        let reason = String(cString: sqlite3_errmsg(handle))
        return switch code {
        case .diskFull: CatalogError(code, "the disk of the store is full (\(reason))")
        case .cancelled: CatalogError(code, "cancelled")
        case .uniqueViolation: CatalogError(code, reason)
        default: CatalogError(code, "SQLite: \(reason), in \(sql.prefix(200))")
        }
    }

    /// What a connection that has met a damaged page says of it, once.
    func takeDamage() -> CatalogError? {
        var damage = fovea_page_damage()
        guard fovea_take_page_damage(UnsafeMutableRawPointer(handle), &damage) != 0 else { return nil }
        let place = PageDamage(page: damage.page, frame: damage.frame)
        return CatalogError(
            .corrupt, "\(place.description(in: path)); 'fovea verify' lists all damage, a backup has the rest"
        )
    }

    /// - Parameter system: the number of the system call's error beneath, where there was one.
    static func code(of status: CInt, system: CInt = 0) -> CatalogError.Code {
        // The number of the system's error is then that of an earlier call.
        if status == damagedPage { return .corrupt }
        let isOfSystem = [SQLITE_CANTOPEN, SQLITE_IOERR].contains(status & 0xFF)
        switch system {
        case ENOSPC where isOfSystem, EDQUOT where isOfSystem: return .diskFull
        case EACCES where isOfSystem, EPERM where isOfSystem, EROFS where isOfSystem: return .readOnly
        case ENOENT where isOfSystem: return .notFound
        default: break
        }
        return switch status & 0xFF {
        case SQLITE_FULL: .diskFull
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: .corrupt
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_INTERRUPT: .cancelled
        case SQLITE_TOOBIG: .limitExceeded
        case SQLITE_CONSTRAINT: status == uniqueConstraint ? .uniqueViolation : .conflict
        // A full disk under the log's index shows itself as this and not as SQLITE_FULL.
        case SQLITE_IOERR: status == logIndexGrowth ? .diskFull : .inputOutput
        default: .inputOutput
        }
    }

    // MARK: - Private

    private static let registration: Result<Void, CatalogError> = {
        let status = fovea_checksum_vfs_register()
        if status == SQLITE_OK { return .success(()) }
        return .failure(
            CatalogError(
                .inputOutput,
                "SQLite refused the layer of checksums: \(String(cString: sqlite3_errstr(status)))"))
    }()

    /// `SQLITE_CONSTRAINT_UNIQUE`, `SQLITE_IOERR_SHMSIZE` and `SQLITE_IOERR_DATA`: macros that Swift does not
    /// import.
    private static let uniqueConstraint = SQLITE_CONSTRAINT | 8 << 8
    private static let logIndexGrowth = SQLITE_IOERR | 19 << 8
    private static let damagedPage = SQLITE_IOERR | 32 << 8

    /// Percent-encodes what has a meaning in a URI file name (https://sqlite.org/uri.html).
    private static func escape(_ path: String) -> String {
        var escaped = ""
        for character in path.unicodeScalars {
            switch character {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
