public import Base

/// Whether a catalog is opened to be changed.
public enum CatalogAccess: Sendable, Hashable {
    case readWrite, readOnly
}

/// What a catalog may take of memory and threads, and where it draws its limits.
public struct CatalogOptions: Sendable {
    /// Readers at one time; more wait. Each has a connection and its page cache.
    public var readerLimit = 8
    /// Transactions that may wait for the writer; more are refused with ``CatalogError/Code/overloaded``.
    public var queueLimit = 10_000
    /// Transactions that share one commit at most.
    public var groupLimit = 512
    /// What memory columns and postings may take together; the least recently used go first.
    public var columnBudget = ByteCount.gibibytes(1)
    /// Classes of up to so many members get a column built while the query that asks for it waits; larger
    /// ones are answered by SQL meanwhile.
    public var immediateBuildLimit = 100_000
    /// Columns that the properties of one class may take in its table; further ones go to a side table.
    /// SQLite allows 2,000, but reads its definition of the table again for each that is added: 1,000 took 14
    /// times as long as 300. A row's header has a byte for each, too.
    public var inlineColumnLimit = 300
    /// The longest string, and the longest JSON text, of one property; less than 16 MiB, which is more than a
    /// memory column takes.
    public var valueLimit = ByteCount((16 << 20) - 1)
    /// Label classes that there may be.
    public var labelClassLimit = 100_000
    /// Writes snapshots of the columns when the catalog is closed.
    public var savesColumns = true

    public init() {}

    /// Pages that the file may grow to, for tests of a full disk.
    var pageLimit: Int?
}
