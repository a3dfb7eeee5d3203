import Base
import GRDBSQLite

extension SQLiteConnection {
    /// Copies the whole database, as the transaction open on this connection sees it, into a new file.
    ///
    /// Source: https://sqlite.org/backup.html. The open read transaction makes it one consistent commit,
    /// however much is written meanwhile. Every page is checked as it is read, and gets its checksum as it is
    /// written.
    /// - Parameter progress: told the pages copied and the pages in all.
    func backUp(
        to path: String, cancellation: Cancellation, progress: (Int, Int) -> Void
    ) throws(CatalogError) {
        let target = try SQLiteConnection(path: path, mode: .create)
        try target.reservePageChecksums()
        guard let backup = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw target.error(sqlite3_extended_errcode(target.handle), in: "backup")
        }
        var status = SQLITE_OK
        while status == SQLITE_OK, !cancellation.isCancelled {
            status = sqlite3_backup_step(backup, 2_048)
            let total = Int(sqlite3_backup_pagecount(backup))
            progress(total - Int(sqlite3_backup_remaining(backup)), total)
        }
        let finished = sqlite3_backup_finish(backup)
        if cancellation.isCancelled, status == SQLITE_OK { throw CatalogError(.cancelled, "cancelled") }
        guard status == SQLITE_DONE, finished == SQLITE_OK else {
            if let damage = takeDamage() { throw damage }
            let failure = status == SQLITE_DONE ? finished : status
            throw CatalogError(
                SQLiteConnection.code(of: failure),
                "backup to \(path): \(String(cString: sqlite3_errstr(failure)))")
        }
    }
}
