public import Base
public import Media
public import SystemPackage

/// How a store is opened.
public struct StoreOptions: Sendable {
    /// Memory for columns and postings; the least recently used go first.
    public var columnBudget: ByteCount
    /// Disk for derived pixels, in `cache/`.
    public var diskCacheBudget: ByteCount
    /// Memory for derived pixels.
    public var memoryCacheBudget: ByteCount
    /// Images of more pixels are refused, before memory is taken for them.
    public var maxPixels: Int
    /// Image files larger than this are refused: a picture is decoded from memory.
    public var maxFileBytes: ByteCount
    /// How far videos are trusted.
    public var video = VideoOptions()
    /// Threads that decode and compute.
    public var computeThreads: Int
    /// Threads that wait for disks and SQLite.
    public var readThreads: Int
    /// Documents a query may look at one by one before it is refused.
    public var maxVerifiedDocuments: Int
    /// How users log in.
    public var authentication: AuthenticationOptions
    /// The folder below which commands may read files of this machine by name; `nil` for none.
    public var serverFiles: FilePath?

    public init(
        columnBudget: ByteCount = .gibibytes(2), diskCacheBudget: ByteCount = .gibibytes(1),
        memoryCacheBudget: ByteCount = .mebibytes(32), maxPixels: Int = 1 << 28,
        maxFileBytes: ByteCount = .gibibytes(2), computeThreads: Int = ProcessorCount.available,
        readThreads: Int = 4, maxVerifiedDocuments: Int = 50_000_000,
        authentication: AuthenticationOptions = AuthenticationOptions(), serverFiles: FilePath? = nil
    ) {
        self.columnBudget = columnBudget
        self.diskCacheBudget = diskCacheBudget
        self.memoryCacheBudget = memoryCacheBudget
        self.maxPixels = maxPixels
        self.maxFileBytes = maxFileBytes
        self.computeThreads = computeThreads
        self.readThreads = readThreads
        self.maxVerifiedDocuments = maxVerifiedDocuments
        self.serverFiles = serverFiles
        self.authentication = authentication
    }

    /// Looks whether the folder that ``serverFiles`` names is there.
    /// - Throws: ``EngineError/Code/invalidRequest`` where it is not, or is no folder.
    public func checkServerFiles() throws(EngineError) {
        if let serverFiles { try ServerFiles(folder: serverFiles).check() }
    }
}
