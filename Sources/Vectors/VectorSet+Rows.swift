public import Base
import CVectors
import Synchronization

extension VectorSet {
    /// Writes vectors into `row` and the rows after it: `dimensions` floats each, one after the other. They
    /// are searched once ``publish(rowCount:)`` says so; rows that are published already must not be written.
    ///
    /// - Throws: ``VectorsError/Code/invalid``, before anything is written, where the floats are no whole
    ///   number of vectors, one of them is NaN or infinite, a vector is so long that distances overflow, or,
    ///   in a set for cosines, has no direction; the error names the vector by its place in `vectors`.
    public func write(_ vectors: UnsafeBufferPointer<Float>, at row: LocalID) throws(VectorsError) {
        guard !vectors.isEmpty, vectors.count % dimensions == 0 else {
            throw VectorsError(
                .invalid, "\(vectors.count) numbers are no whole vectors of \(dimensions) dimensions")
        }
        let count = vectors.count / dimensions
        try VectorSet.requireRoom(for: Int(row) + count)
        for place in 0..<count {
            let vector = UnsafeBufferPointer(rebasing: vectors[place * dimensions..<(place + 1) * dimensions])
            try check(vector, metric, name: "vector \(place)")
        }
        guard Int(row) >= rowCount else {
            throw VectorsError(
                .invalid, "row \(row) is published already, rows from \(rowCount) on may be written")
        }
        try file.write(vectors, at: Int(row))
    }

    /// The same from an array.
    public func write(_ vectors: [Float], at row: LocalID) throws(VectorsError) {
        var failure: VectorsError?
        vectors.withUnsafeBufferPointer { buffer in
            do throws(VectorsError) { try write(buffer, at: row) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Makes durable what was written; to be called before the commit that makes the rows exist.
    public func sync() throws(VectorsError) { try file.sync() }

    /// Lets the rows below `rowCount` be searched; those of them that were never written are passed over.
    /// Called after the commit. A number below the present one changes nothing.
    ///
    /// - Throws: ``VectorsError/Code/invalid`` where the files do not reach so far.
    public func publish(rowCount: Int) throws(VectorsError) {
        let known = snapshot
        guard rowCount > known.rowCount else { return }
        try VectorSet.requireRoom(for: rowCount)
        try file.requireRows(rowCount)
        var next = known
        if rowCount > known.rows.capacity { next.rows = try StoredRows(file, rowCount: rowCount) }
        let absent = next.rows.absentRows(in: LocalID(known.rowCount)..<LocalID(rowCount))
        if !absent.isEmpty { next.absent = next.absent.union(IdSet(sorted: absent)) }
        let published = (rows: next.rows, absent: next.absent)
        state.withLock {
            $0.rows = published.rows
            $0.absent = published.absent
            $0.rowCount = rowCount
        }
        schedule()
    }

    /// The vector of a row, as it was given.
    ///
    /// - Throws: ``VectorsError/Code/missing`` for a row that is not published or was never written;
    ///   ``VectorsError/Code/corrupt`` where it does not match its checksum.
    public func vector(_ row: LocalID) throws(VectorsError) -> [Float] {
        let snapshot = snapshot
        guard Int(row) < snapshot.rowCount, snapshot.rows.sum(of: row) != 0 else {
            throw VectorsError(.missing, "there is no vector in row \(row) of \(directory)")
        }
        try snapshot.rows.check(row..<row + 1)
        return Array(UnsafeBufferPointer(start: snapshot.rows.floats(of: row), count: dimensions))
    }

    /// The published rows whose vectors do not match their checksums. Reads all of them.
    ///
    /// - Throws: `CancelledError`.
    public func verify(cancellation: Cancellation? = nil) throws(CancelledError) -> [LocalID] {
        let snapshot = snapshot
        var damaged: [LocalID] = []
        for row in 0..<LocalID(snapshot.rowCount) {
            if row % 1_024 == 0 { try cancellation?.check() }
            if snapshot.rows.sum(of: row) != 0, !snapshot.rows.isIntact(row) { damaged.append(row) }
        }
        return damaged
    }

    // MARK: - Shared by the extensions

    /// Looks whether a vector can be compared with others in `metric`.
    func check(_ vector: UnsafeBufferPointer<Float>, _ metric: Metric, name: String) throws(VectorsError) {
        var largest: Float = 0
        let length2 = fovea_vectors_length2(vector.baseAddress, vector.count, &largest)
        guard length2.isFinite else {
            let place = vector.firstIndex { !$0.isFinite } ?? 0
            throw VectorsError(
                .invalid,
                "\(name) has \(vector[place]) at place \(place); only finite numbers can be compared")
        }
        // Twice the length is the furthest two such vectors can lie apart, and is squared.
        guard length2 <= Double(Float.greatestFiniteMagnitude) / 8 else {
            throw VectorsError(.invalid, "\(name) is \(length2.squareRoot()) long: distances would overflow")
        }
        guard metric != .cosine || length2 >= 1e-30 else {
            throw VectorsError(
                .invalid,
                length2 == 0
                    ? "\(name) is all zeros and has no direction: it has no cosine with anything"
                    : "\(name) is \(length2.squareRoot()) long, too short for a direction")
        }
    }

    static func requireRoom(for rowCount: Int) throws(VectorsError) {
        guard (0...rowLimit).contains(rowCount) else {
            throw VectorsError(.limitExceeded, "\(rowCount) rows, a set holds at most \(rowLimit)")
        }
    }
}
