public import Base
import CPageChecksum
#if canImport(Glibc)
    import Glibc
#endif
public import SystemPackage

/// Reads every page of `catalog.sqlite`, free ones too, and every frame of its log past SQLite's cache, and
/// compares each with its checksum. Works beside readers and writers.
struct PageAudit {
    let connection: SQLiteConnection
    /// How many damaged pages are named one by one.
    private static let limit = 1_000
    private static let pieceLength = 1 << 20

    /// - Returns: a finding for each damaged page; nothing for a store of format 1, whose pages carry no
    ///   checksums.
    func findings(_ cancellation: Cancellation) throws -> [CatalogFinding] {
        var damaged = logReport().damaged
        let header = bytes(at: 0, count: 100)
        guard header.count == 100 else {
            return damaged.isEmpty
                ? [CatalogFinding(.page, "\(connection.path) is cut short")] : describe(damaged)
        }
        if header[20] == 0, damaged.isEmpty, isFirstFormat() { return [] }
        let stated = Int(header[16]) << 8 | Int(header[17])
        let size = stated == 1 ? 65536 : stated
        // Where the header is damaged, the size that stores have.
        let pageSize = size >= 512 && size.nonzeroBitCount == 1 ? size : 4096
        var offset = 0
        while true {
            try cancellation.check()
            let piece = bytes(at: offset, count: PageAudit.pieceLength)
            for start in stride(from: 0, to: piece.count, by: pageSize) {
                let end = min(piece.count, start + pageSize)
                let isIntact = piece.withUnsafeBytes {
                    end - start == pageSize
                        && PageChecksum.isIntact(UnsafeRawBufferPointer(rebasing: $0[start..<end]))
                }
                let number = UInt32((offset + start) / pageSize + 1)
                if !isIntact, isDamaged(number, pageSize: pageSize) {
                    damaged.append(PageDamage(page: number, frame: 0))
                }
            }
            offset += piece.count
            if piece.count < PageAudit.pieceLength { break }
        }
        return describe(damaged)
    }

    // MARK: - Private

    private var log: LogAudit { LogAudit(path: connection.path) }

    private func logReport() -> LogAudit.Report {
        guard logState() != nil else { return log.reportBeforeRecovery() }
        return log.report(logState)
    }

    private func logState() -> fovea_log_state? {
        var state = fovea_log_state()
        return fovea_get_log_state(UnsafeMutableRawPointer(connection.handle), &state) != 0 ? state : nil
    }

    /// Whether a page that did not match stays so: a checkpoint may have been writing it. What the log holds
    /// a newer content of, a checkpoint that a crash cut short may have left half written; it will be written
    /// again, and nobody reads it until then.
    private func isDamaged(_ number: UInt32, pageSize: Int) -> Bool {
        for _ in 0..<5 {
            let page = bytes(at: (Int(number) - 1) * pageSize, count: pageSize)
            if page.count == pageSize, page.withUnsafeBytes(PageChecksum.isIntact) { return false }
            usleep(2_000)
        }
        return !logReport().pages.contains(number)
    }

    private func isFirstFormat() -> Bool {
        // A catalog too damaged to tell its format is looked at as one of ours.
        guard let version = try? StoreFormat.version(of: connection) else { return false }
        return version == 1
    }

    private func describe(_ damaged: [PageDamage]) -> [CatalogFinding] {
        var findings = damaged.prefix(PageAudit.limit).map {
            CatalogFinding(.page, $0.description(in: connection.path))
        }
        if damaged.count > PageAudit.limit {
            findings.append(
                CatalogFinding(
                    .page, "\(damaged.count - PageAudit.limit) more pages do not match their checksums"))
        }
        return findings
    }

    private func bytes(at offset: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let read = fovea_read_unchecked(
                UnsafeMutableRawPointer(connection.handle), buffer.baseAddress, CInt(count), Int64(offset))
            initialized = max(0, Int(read))
        }
    }
}

extension Catalog {
    /// Reads every page of the catalog's file and of its log, free pages too, and compares it with its
    /// checksum. It works beside readers and writers, and where so much is damaged that nothing else can be
    /// read.
    /// - Returns: a finding for each page that does not match.
    public func damagedPages(_ cancellation: Cancellation = Cancellation()) throws -> [CatalogFinding] {
        try readers.withConnection(cancellation) { try PageAudit(connection: $0).findings(cancellation) }
    }

    /// The same for a catalog that cannot be opened, such as one whose first page is damaged.
    public static func damagedPages(
        in directory: FilePath, _ cancellation: Cancellation = Cancellation()
    ) throws -> [CatalogFinding] {
        let connection = try SQLiteConnection(path: StoreFile(directory: directory).path, mode: .readOnly)
        return try PageAudit(connection: connection).findings(cancellation)
    }
}
