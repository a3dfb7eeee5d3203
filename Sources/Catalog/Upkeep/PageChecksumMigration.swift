#if canImport(Glibc)
    import Glibc
#endif
import Base
import SystemPackage

/// The step from format 1 to format 2: every page gets a checksum, for which every page has to be laid out
/// anew.
///
/// A whole new file is written beside the old one, made durable, and renamed over it. Until then the old one
/// is not changed; a crash leaves the one or the other, whole.
struct PageChecksumMigration {
    let file: StoreFile

    /// Opens the store for writing, which is of format 2 or later then.
    /// - Throws: ``CatalogError/Code/diskFull`` where a second copy of the file has no room, before anything
    ///   is written; ``CatalogError/Code/corrupt``.
    func open(options: CatalogOptions) throws(CatalogError) -> SQLiteConnection {
        let fresh = file.path + ".new"
        if let current = try openCurrent(copyingTo: fresh, options: options) { return current }
        // The connection to the old file is closed by now.
        do throws(CatalogError) {
            try finish(fresh, options: options)
            try replace(by: fresh)
        } catch {
            StoreFile.remove(fresh)
            throw error
        }
        return try file.openWriter(options: options)
    }

    /// - Throws: ``CatalogError/Code/diskFull`` unless a copy of `needed` bytes has room.
    static func checkRoom(needed: Int, available: Int, path: String) throws(CatalogError) {
        guard available < needed else { return }
        throw CatalogError(
            .diskFull,
            "\(path) is of format 1; to give its pages checksums, \(ByteCount(needed)) are needed beside it and \(ByteCount(available)) are free; nothing was changed"
        )
    }

    // MARK: - Private

    /// The store, where it is of a later format than 1; else it is copied, and `nil`.
    private func openCurrent(
        copyingTo fresh: String, options: CatalogOptions
    ) throws(CatalogError) -> SQLiteConnection? {
        let connection = try file.openWriter(options: options)
        guard try StoreFormat.version(of: connection) == 1 else { return connection }
        StoreFile.remove(fresh)
        do throws(CatalogError) {
            try copy(connection, to: fresh)
        } catch {
            StoreFile.remove(fresh)
            throw error
        }
        return nil
    }

    private func copy(_ old: SQLiteConnection, to fresh: String) throws(CatalogError) {
        let pages = try old.integer("PRAGMA page_count") ?? 0
        let byteCount = Int(pages * (try old.integer("PRAGMA page_size") ?? 0))
        var disk = statvfs()
        if statvfs(file.directory.string, &disk) == 0 {
            // Pages that hold 8 bytes less are a few more pages.
            try PageChecksumMigration.checkRoom(
                needed: byteCount + byteCount / 50 + (1 << 20),
                available: Int(disk.f_bavail) * Int(disk.f_frsize), path: file.path)
        }
        try old.reservePageChecksums()
        let copying = try old.statement("VACUUM INTO ?")
        copying.bind(fresh, at: 1)
        try copying.run()
        // The log is emptied, and goes when this connection closes.
        try old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// Makes the new file say what it is, and durable.
    private func finish(_ fresh: String, options: CatalogOptions) throws(CatalogError) {
        do {
            let new = try StoreFile.openWriter(fresh, creating: false, options: options)
            try StoreFormat.setMeta("format", 2, on: new)
            guard new.reservedBytes == PageChecksum.byteCount else {
                throw CatalogError(.inputOutput, "SQLite left no room for checksums in \(fresh)")
            }
        } catch {
            throw error as? CatalogError ?? CatalogError(.inputOutput, "\(error)", cause: error)
        }
        let descriptor = Glibc.open(fresh, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CatalogError(.inputOutput, "cannot open \(fresh): \(Errno(rawValue: errno))")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw CatalogError(.inputOutput, "cannot make \(fresh) durable: \(Errno(rawValue: errno))")
        }
    }

    /// Gives the new file the old one's name.
    private func replace(by fresh: String) throws(CatalogError) {
        // The log of the old file must not be taken for one of the new.
        guard access(file.path + "-wal", F_OK) != 0 else {
            throw CatalogError(.busy, "\(file.path) is in use elsewhere, and cannot be brought to format 2")
        }
        guard rename(fresh, file.path) == 0, StoreFile.sync(file.directory) else {
            throw CatalogError(.inputOutput, "cannot replace \(file.path): \(Errno(rawValue: errno))")
        }
    }
}
