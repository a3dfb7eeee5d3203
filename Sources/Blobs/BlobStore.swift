import Glibc
public import SystemPackage

/// Bytes by content hash on local disk.
///
/// Small blobs are appended to packs (``PackFormat``), large ones are files of their own, and a blob may be a
/// mere reference to a file elsewhere. The catalog keeps the table from digest to location; should it be
/// lost, ``scan`` finds all that is needed to build it anew.
///
/// One process at a time opens a directory for writing, any number for reading. Every method may be called
/// from any thread, and blocks.
public final class BlobStore: BlobStorage {
    /// What a store is opened for.
    public enum Access: Sendable {
        case readWrite
        /// Reading needs no permission to write, and works beside a writer.
        case readOnly
    }

    public let access: Access
    /// What the opening has cleared away; `nil` when opened for reading.
    public var recovery: BlobRecovery? { writer?.recovery }

    let layout: BlobLayout
    let options: BlobOptions
    let calls: FileCalls
    let cache: PackCache
    /// `nil` when opened for reading.
    private let writer: PackWriter?

    /// Opens the blobs in `directory`; for writing, makes it if needed (its parent must exist).
    ///
    /// - Throws: `busy` when another process, or another store in this one, writes there; `readOnly` when it
    ///   may not be written to; `missing` when opened for reading and not there; `invalid` for options that
    ///   contradict each other.
    public convenience init(
        directory: FilePath, access: Access = .readWrite, options: BlobOptions = BlobOptions()
    ) throws(BlobError) {
        try self.init(directory: directory, access: access, options: options, calls: FileCalls())
    }

    package init(
        directory: FilePath, access: Access = .readWrite, options: BlobOptions = BlobOptions(),
        calls: FileCalls
    ) throws(BlobError) {
        let layout = BlobLayout(root: directory)
        switch access {
        case .readWrite:
            self.writer = try PackWriter(layout: layout, options: options, calls: calls)
        case .readOnly:
            try options.validate()
            _ = try OpenFile(directory, O_RDONLY | O_DIRECTORY, calls: calls)
            self.writer = nil
        }
        self.access = access
        self.layout = layout
        self.options = options
        self.calls = calls
        self.cache = PackCache(layout: layout, limit: options.openPackLimit, calls: calls)
    }

    /// Makes durable whatever was put before this call, directory entries included. Concurrent callers share
    /// the cost.
    ///
    /// - Throws: `io` or `noSpace`. After such a failure nobody can tell which unsynced bytes reached the
    ///   disk: this and all later puts and syncs are refused, reading goes on, and opening the store anew
    ///   helps.
    public func sync() throws(BlobError) {
        try openWriter().sync()
    }

    func openWriter() throws(BlobError) -> PackWriter {
        guard let writer else { throw .closedToWriting }
        return writer
    }
}
