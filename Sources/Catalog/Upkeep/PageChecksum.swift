import CPageChecksum

/// The checksum at the end of every page of `catalog.sqlite`, in the form of SQLite's own checksum layer
/// (https://sqlite.org/cksumvfs.html), so that other tools can check it: 8 bytes that hold two sums of all
/// bytes before them.
enum PageChecksum {
    static let byteCount = Int(FOVEA_PAGE_CHECKSUM_BYTES)

    /// Whether a page ends in the checksum of what comes before.
    static func isIntact(_ page: UnsafeRawBufferPointer) -> Bool {
        fovea_page_is_intact(page.baseAddress, page.count) != 0
    }
}

/// A page that does not match its checksum.
struct PageDamage: Sendable, Hashable {
    /// The number of the page, from 1; in a log, what its frame says it is, or 0 where that cannot be read.
    var page: UInt32
    /// The frame of the write-ahead log that holds it, from 1; 0 for a page of the database itself.
    var frame: UInt32

    /// - Parameter path: of the database.
    func description(in path: String) -> String {
        if page == 0 { return "\(path)-wal is damaged at its beginning, or ends too early" }
        return frame == 0
            ? "\(path) is damaged: page \(page) does not match its checksum"
            : "\(path)-wal is damaged: frame \(frame), page \(page), does not match its checksum"
    }
}
