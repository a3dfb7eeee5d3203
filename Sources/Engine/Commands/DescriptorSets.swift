import Base
import Catalog
import Query
import Synchronization
import SystemPackage
import Vectors

/// The vectors of a store's descriptor sets: one folder for each, opened when it is first needed.
///
/// A descriptor's local id is the row of its vector. The class of a set's descriptors says how many rows
/// count.
final class DescriptorSets: Sendable {
    private let directory: FilePath
    private let open = Mutex<[UInt32: VectorSet]>([:])

    private let options: VectorSetOptions

    /// - Parameters:
    ///   - directory: The folder of the sets' folders; made when it is needed.
    ///   - isReadOnly: Whether nothing may be written there.
    init(directory: FilePath, isReadOnly: Bool) {
        self.directory = directory
        var options = VectorSetOptions()
        options.isReadOnly = isReadOnly
        self.options = options
    }

    // MARK: - Writing

    /// Writes vectors in rows from `first` on, and has them made durable before the transaction's commit.
    func write(
        _ vectors: [Float], at first: LocalID, in known: ClassSchema, _ shape: DescriptorSetShape,
        _ transaction: Transaction
    ) throws {
        let set = try openOrCreate(known, shape, rowCount: transaction.committedLocals(of: known))
        try set.write(vectors, at: first)
        transaction.beforeCommit(ObjectIdentifier(set)) { try set.sync() }
    }

    // MARK: - Reading

    /// The `count` rows within a set that are nearest to `query`, the nearest first.
    func search(
        _ query: [Float], count: Int, in known: ClassSchema, _ shape: DescriptorSetShape, _ metric: Metric,
        within rows: IdSet, isExact: Bool, _ snapshot: CatalogSnapshot, _ cancellation: Cancellation
    ) throws -> [Neighbour] {
        if rows.isEmpty || count == 0 { return [] }
        let set = try openOrCreate(known, shape, rowCount: snapshot.committedLocals(of: known))
        let published = LocalID(clamping: set.rowCount)
        let older = rows.intersection(IdSet(0..<published))
        var found = try set.search(
            query, k: count, within: older, metric: metric, effort: isExact ? .exact : .standard,
            cancellation: cancellation)
        guard older.count < rows.count else { return found }
        // What the transaction, or those before it in the same commit, have written is in no index yet.
        for row in rows.subtracting(older).ids {
            let vector = try set.writtenVector(row)
            found.append(Neighbour(row: row, distance: metric.distance(query, vector)))
        }
        found.sort { left, right in
            left.distance != right.distance
                ? (metric == .l2) == (left.distance < right.distance) : left.row < right.row
        }
        return Array(found.prefix(count))
    }

    /// The vector of a row, as the little-endian floats that were given.
    func bytes(of row: LocalID, in known: ClassSchema, _ snapshot: CatalogSnapshot) throws -> [UInt8] {
        let set = try set(of: known, rowCount: snapshot.committedLocals(of: known))
        let vector = Int(row) < set.rowCount ? try set.vector(row) : try set.writtenVector(row)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for number in vector { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }

    // MARK: - Private

    func folder(_ known: ClassSchema) -> FilePath { directory.appending("\(known.id)") }

    /// The sets that are open.
    var openSets: [VectorSet] { open.withLock { Array($0.values) } }

    /// Closes a set whose files go.
    func forget(_ known: ClassSchema) { open.withLock { $0[known.id] = nil } }

    /// The open set, up to date with what was committed.
    func set(of known: ClassSchema, rowCount: Int) throws -> VectorSet {
        try open.withLock { open in
            if let set = open[known.id] {
                try set.publish(rowCount: rowCount)
                return set
            }
            let set = try VectorSet.open(at: folder(known).string, rowCount: rowCount, options: options)
            open[known.id] = set
            return set
        }
    }

    private func openOrCreate(
        _ known: ClassSchema, _ shape: DescriptorSetShape, rowCount: Int
    ) throws -> VectorSet {
        try open.withLock { open in
            if let set = open[known.id] {
                try set.publish(rowCount: rowCount)
                return set
            }
            let path = folder(known)
            let set: VectorSet
            if rowCount == 0 {
                // Nothing counts of what a transaction that came to nothing has left.
                FolderCopy.removeAll(path)
                try FolderCopy.makeFolder(directory)
                set = try VectorSet.create(
                    at: path.string, dimensions: shape.dimensions,
                    metric: Metric(shape.metrics.first ?? .l2))
                try FolderCopy.syncFolder(directory)
            } else {
                set = try VectorSet.open(at: path.string, rowCount: rowCount, options: options)
            }
            open[known.id] = set
            return set
        }
    }
}

extension Metric {
    init(_ metric: DescriptorMetric) {
        self =
            switch metric {
            case .l2: .l2
            case .innerProduct: .innerProduct
            case .cosine: .cosine
            }
    }

    /// As searches tell it: squared for L2, the inner product, or the cosine.
    fileprivate func distance(_ left: [Float], _ right: [Float]) -> Float {
        var (sum, leftSquares, rightSquares) = (0.0, 0.0, 0.0)
        for (a, b) in zip(left, right) {
            let (a, b) = (Double(a), Double(b))
            sum += self == .l2 ? (a - b) * (a - b) : a * b
            leftSquares += a * a
            rightSquares += b * b
        }
        guard self == .cosine else { return Float(sum) }
        let lengths = (leftSquares * rightSquares).squareRoot()
        return lengths > 0 ? Float(sum / lengths) : 0
    }
}
