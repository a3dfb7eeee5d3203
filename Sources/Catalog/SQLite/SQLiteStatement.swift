import GRDBSQLite

/// A prepared statement. Parameters count from 1, columns from 0, as SQLite counts them.
///
/// A failed `bind` is reported by the `step` that follows it.
final class SQLiteStatement {
    /// What stands in a cell.
    enum Storage { case null, integer, float, text, blob }

    let sql: String
    let handle: OpaquePointer
    private unowned let connection: SQLiteConnection
    private var failure = SQLITE_OK

    init(_ sql: String, on connection: SQLiteConnection) throws(CatalogError) {
        var handle: OpaquePointer?
        let status = sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard status == SQLITE_OK, let handle else { throw connection.error(status, in: sql) }
        self.sql = sql
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    /// Whether it stands between a row and its ``reset()``.
    var isBusy: Bool { sqlite3_stmt_busy(handle) != 0 }

    // MARK: - Parameters

    func bind(_ number: Int64, at index: Int) { note(sqlite3_bind_int64(handle, CInt(index), number)) }
    func bind(_ number: Double, at index: Int) { note(sqlite3_bind_double(handle, CInt(index), number)) }
    func bindNull(at index: Int) { note(sqlite3_bind_null(handle, CInt(index))) }

    func bind(_ text: String, at index: Int) {
        var text = text
        text.withUTF8 { utf8 in
            // An empty buffer may have no address, and a null address would bind NULL.
            utf8.withMemoryRebound(to: CChar.self) { characters in
                note(
                    sqlite3_bind_text64(
                        handle, CInt(index), characters.baseAddress ?? SQLiteStatement.empty,
                        UInt64(characters.count),
                        SQLiteStatement.transient, UInt8(SQLITE_UTF8)))
            }
        }
    }

    func bind(text bytes: [UInt8], at index: Int) {
        bytes.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? SQLiteStatement.empty
            note(
                sqlite3_bind_text64(
                    handle, CInt(index), start, UInt64(bytes.count), SQLiteStatement.transient,
                    UInt8(SQLITE_UTF8)))
        }
    }

    func bind(_ bytes: [UInt8], at index: Int) {
        bytes.withUnsafeBytes { bytes in
            note(
                sqlite3_bind_blob64(
                    handle, CInt(index), bytes.baseAddress ?? UnsafeRawPointer(SQLiteStatement.empty),
                    UInt64(bytes.count), SQLiteStatement.transient))
        }
    }

    func bind(_ bytes: [UInt8]?, at index: Int) {
        if let bytes { bind(bytes, at: index) } else { bindNull(at: index) }
    }

    func bind(_ number: Int64?, at index: Int) {
        if let number { bind(number, at: index) } else { bindNull(at: index) }
    }

    func bind(_ text: String?, at index: Int) {
        if let text { bind(text, at: index) } else { bindNull(at: index) }
    }

    /// Binds text that lies at `bytes` until the statement is reset: nothing is copied.
    func bindBorrowed(text bytes: UnsafeRawBufferPointer, at index: Int) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? SQLiteStatement.empty
        note(sqlite3_bind_text64(handle, CInt(index), start, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8)))
    }

    // MARK: - Running

    /// Moves to the next row; `false` after the last one.
    func step() throws(CatalogError) -> Bool {
        if failure != SQLITE_OK {
            defer { failure = SQLITE_OK }
            throw connection.error(failure, in: sql)
        }
        let status = sqlite3_step(handle)
        if status == SQLITE_ROW { return true }
        if status == SQLITE_DONE { return false }
        // The message belongs to the connection and is lost with the reset.
        let error = connection.error(status, in: sql)
        sqlite3_reset(handle)
        throw error
    }

    /// Runs a statement that returns no rows, and makes it ready for the next parameters.
    func run() throws(CatalogError) {
        defer { reset() }
        while try step() {}
    }

    /// Calls `body` at each row.
    func forEachRow(_ body: () throws -> Void) throws {
        defer { reset() }
        while try step() { try body() }
    }

    func reset() { sqlite3_reset(handle) }

    // MARK: - The current row

    func storage(_ column: Int) -> Storage {
        switch sqlite3_column_type(handle, CInt(column)) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .float
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        default: .null
        }
    }

    func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, CInt(column)) == SQLITE_NULL }
    func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, CInt(column)) }
    func float(_ column: Int) -> Double { sqlite3_column_double(handle, CInt(column)) }
    func text(_ column: Int) -> String { String(decoding: utf8(column), as: UTF8.self) }
    func bytes(_ column: Int) -> [UInt8] { Array(blob(column)) }

    /// The text's bytes, valid until the next step.
    func utf8(_ column: Int) -> UnsafeRawBufferPointer {
        let start = UnsafeRawPointer(sqlite3_column_text(handle, CInt(column)))
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, CInt(column))))
    }

    /// The blob's bytes, valid until the next step.
    func blob(_ column: Int) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, CInt(column))
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, CInt(column))))
    }

    func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
    func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
    func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    // MARK: - Private

    /// SQLite copies what it is given (the macro `SQLITE_TRANSIENT` is a cast that Swift does not import).
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    /// One NUL byte that lives as long as the process.
    nonisolated(unsafe) private static let empty = UnsafePointer<CChar>(
        UnsafeMutablePointer<CChar>.allocate(capacity: 1).initialized(to: 0))

    private func note(_ status: CInt) { if status != SQLITE_OK { failure = status } }
}

extension UnsafeMutablePointer {
    fileprivate func initialized(to value: Pointee) -> Self {
        initialize(to: value)
        return self
    }
}
