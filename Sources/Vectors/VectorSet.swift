import Base
import Glibc
import Synchronization

/// A set of vectors of one length, in a directory of its own, searched exactly and approximately within a set
/// of rows.
///
/// The vectors, as they were given, are the truth. Row numbers are the caller's: an entity's ``LocalID`` is
/// the row of its vector. One thread writes at a time, within the caller's transaction: ``write(_:at:)``,
/// ``sync()`` before the commit, ``publish(rowCount:)`` after it. Rows of a transaction that was rolled back
/// are overwritten by the next. Any number of threads search meanwhile; a search sees the rows that were
/// published when it began. Deletion is the caller's: a deleted row is simply not among those a search is
/// given.
///
/// Calls compute and may wait for the disk: they belong on threads that may block.
public final class VectorSet: Sendable {
    /// The lengths a vector may have.
    public static let dimensionLimit = 1...65_536
    /// How many rows a set can hold.
    public static let rowLimit = Int(Int32.max)

    /// What readers take with them at their start.
    struct Snapshot: Sendable {
        var rows: StoredRows
        /// Rows below this number may be searched.
        var rowCount: Int
        /// Rows below it that were never written.
        var absent = IdSet()
        /// Codes and graph, as far as they are built.
        var graph: Graph?
    }

    /// Where the files lie.
    public let directory: String
    /// How many numbers a vector has.
    public let dimensions: Int
    /// The metric that the set was made for, and is searched in unless told otherwise.
    public let metric: Metric
    let file: VectorFile
    let options: VectorSetOptions
    let state: Mutex<Snapshot>
    /// Held by the one thread that builds, for as long as a slice of its work takes.
    let builder = Mutex<GraphBuilder?>(nil)
    let background = Mutex(BackgroundState())
    let scratches = Mutex<[WalkScratch]>([])

    // MARK: - Opening

    /// Makes an empty set; the directory is made if it is not there. What a crash left of a set that was
    /// being made goes by ``remove(at:)`` first.
    ///
    /// - Throws: ``VectorsError/Code/invalid`` for dimensions outside ``dimensionLimit``;
    ///   ``VectorsError/Code/exists`` where a set lies there already; what the disk refuses.
    public static func create(
        at directory: String, dimensions: Int, metric: Metric, options: VectorSetOptions = VectorSetOptions()
    ) throws(VectorsError) -> VectorSet {
        try create(
            at: directory, dimensions: dimensions, metric: metric, options: options, calls: DiskCalls())
    }

    /// The same with the system calls given.
    package static func create(
        at directory: String, dimensions: Int, metric: Metric, options: VectorSetOptions = VectorSetOptions(),
        calls: DiskCalls
    ) throws(VectorsError) -> VectorSet {
        guard dimensionLimit.contains(dimensions) else {
            throw VectorsError(
                .invalid,
                "vectors of \(dimensions) dimensions: a set takes 1 to \(dimensionLimit.upperBound)")
        }
        if mkdir(directory, 0o700) == 0 {
            try DiskFile.syncDirectory("\(directory)/..")
        } else if errno != EEXIST {
            throw .system(errno, "create", directory)
        }
        let header = VectorFile.Header(dimensions: dimensions, metric: metric)
        let file = try VectorFile(creatingIn: directory, header, calls: calls)
        return try VectorSet(directory, file, rowCount: 0, options)
    }

    /// Opens a set of which `rowCount` rows count, as the caller's catalog knows. What the files hold beyond
    /// them is ignored, and overwritten later.
    ///
    /// - Throws: ``VectorsError/Code/corrupt`` for a damaged header, or fewer rows than `rowCount`;
    ///   ``VectorsError/Code/unsupported`` for a newer version; ``VectorsError/Code/missing`` where there is
    ///   no set.
    public static func open(
        at directory: String, rowCount: Int, options: VectorSetOptions = VectorSetOptions()
    ) throws(VectorsError) -> VectorSet {
        try open(at: directory, rowCount: rowCount, options: options, calls: DiskCalls())
    }

    /// The same with the system calls given.
    package static func open(
        at directory: String, rowCount: Int, options: VectorSetOptions = VectorSetOptions(), calls: DiskCalls
    ) throws(VectorsError) -> VectorSet {
        try requireRoom(for: rowCount)
        let file =
            options.isReadOnly
            ? try VectorFile(readingIn: directory, rowCount: rowCount)
            : try VectorFile(openingIn: directory, rowCount: rowCount, calls: calls)
        let set = try VectorSet(directory, file, rowCount: rowCount, options)
        set.loadGraph()
        set.schedule()
        return set
    }

    /// Removes the files of a set that nobody has open, and their directory.
    ///
    /// - Throws: what the disk refuses; a directory that is not there is as good as removed.
    public static func remove(at directory: String) throws(VectorsError) {
        for name in [VectorFile.vectorsName, VectorFile.sumsName, GraphFile.name, GraphFile.temporaryName] {
            let path = "\(directory)/\(name)"
            if unlink(path) != 0, errno != ENOENT, errno != ENOTDIR { throw .system(errno, "remove", path) }
        }
        if rmdir(directory) != 0, errno != ENOENT { throw .system(errno, "remove", directory) }
    }

    private init(
        _ directory: String, _ file: VectorFile, rowCount: Int, _ options: VectorSetOptions
    ) throws(VectorsError) {
        self.directory = directory
        self.file = file
        self.options = options
        dimensions = file.header.dimensions
        metric = file.header.metric
        let rows = try StoredRows(file, rowCount: rowCount)
        state = Mutex(
            Snapshot(
                rows: rows, rowCount: rowCount,
                absent: IdSet(sorted: rows.absentRows(in: 0..<LocalID(rowCount)))))
    }

    // MARK: - Rows

    /// How many rows may be searched.
    public var rowCount: Int { snapshot.rowCount }

    var snapshot: Snapshot { state.withLock { $0 } }
}
