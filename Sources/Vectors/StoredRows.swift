import Base
import CVectors
import Glibc

/// The rows of a set in memory, as far as one mapping of its files reaches. A row is compared with its
/// checksum when it is first read, once as long as the mapping lives.
///
/// `@unchecked Sendable`: the mappings are read-only, the bits of checked rows are set and read atomically.
final class StoredRows: @unchecked Sendable {
    let dimensions: Int
    /// How many rows the mappings have room for.
    let capacity: Int
    private let file: VectorFile
    private let vectors: FileMapping
    private let sums: FileMapping
    private let checked: UnsafeMutablePointer<UInt64>

    /// Maps the files with room for more rows than `rowCount`.
    init(_ file: VectorFile, rowCount: Int) throws(VectorsError) {
        self.file = file
        dimensions = file.header.dimensions
        let room = FileMapping.room(for: VectorFile.headerByteCount + rowCount * file.rowByteCount)
        capacity = (room - VectorFile.headerByteCount) / file.rowByteCount
        vectors = try FileMapping(file.vectors, byteCount: room)
        sums = try FileMapping(file.sums, byteCount: VectorFile.headerByteCount + capacity * 4)
        let words = capacity / 64 + 1
        guard let bits = calloc(words, 8) else {
            throw VectorsError(.noSpace, "no memory for \(capacity) rows of \(file.vectors.path)")
        }
        checked = bits.bindMemory(to: UInt64.self, capacity: words)
    }

    deinit { free(checked) }

    /// The first row.
    var floats: UnsafePointer<Float> {
        (vectors.base + VectorFile.headerByteCount).assumingMemoryBound(to: Float.self)
    }

    func floats(of row: LocalID) -> UnsafePointer<Float> { floats + Int(row) * dimensions }

    /// The recorded checksum of a row; 0 where it was never written.
    func sum(of row: LocalID) -> UInt32 {
        sums.base.load(fromByteOffset: VectorFile.headerByteCount + Int(row) * 4, as: UInt32.self)
    }

    /// The checksum of the checksums of the first `count` rows.
    func sumOfSums(_ count: Int) -> UInt32 {
        CRC32C.checksum(
            UnsafeRawBufferPointer(start: sums.base + VectorFile.headerByteCount, count: count * 4))
    }

    /// The rows of `range` that were never written.
    func absentRows(in range: Range<LocalID>) -> [LocalID] { range.filter { sum(of: $0) == 0 } }

    /// Whether a row is what was written.
    func isIntact(_ row: LocalID) -> Bool {
        VectorFile.sum(UnsafeRawBufferPointer(start: floats(of: row), count: file.rowByteCount))
            == sum(of: row)
    }

    /// Compares those of `rows` with their checksums that have not been compared yet.
    /// - Throws: `corrupt`, naming the row.
    func check(_ rows: UnsafeBufferPointer<LocalID>) throws(VectorsError) {
        try check(rows: rows.baseAddress, first: 0, count: rows.count)
    }

    /// The same for an array.
    func check(_ rows: [LocalID]) throws(VectorsError) {
        var failure: VectorsError?
        rows.withUnsafeBufferPointer { rows in
            do throws(VectorsError) { try check(rows) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The same for a run of rows.
    func check(_ rows: Range<LocalID>) throws(VectorsError) {
        try check(rows: nil, first: rows.lowerBound, count: rows.count)
    }

    func check(rows: UnsafePointer<LocalID>?, first: LocalID, count: Int) throws(VectorsError) {
        guard count > 0 else { return }
        let bits = UnsafePointer(checked)
        let unchecked = [LocalID](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = fovea_vectors_unmarked(bits, rows, first, count, buffer.baseAddress)
        }
        for row in unchecked {
            guard isIntact(row) else {
                throw VectorsError(
                    .corrupt,
                    "row \(row) of \(file.vectors.path) does not match its checksum; add this vector anew, or "
                        + "restore the file from a backup")
            }
            fovea_vectors_mark(checked, row)
        }
    }
}
