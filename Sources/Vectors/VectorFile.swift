import Base
import Glibc

/// The vectors of a set as they were given: a file of rows of floats, and beside it a file with the CRC-32C
/// of each row. Both begin with a header that carries its own checksum.
///
/// A row whose sum is 0 was never written: the file has a hole there, or ends before it.
struct VectorFile: Sendable {
    /// What the header says.
    struct Header: Equatable {
        var dimensions: Int
        var metric: Metric
    }

    static let headerByteCount = 64
    static let vectorsName = "vectors.f32"
    static let sumsName = "vectors.crc"

    let vectors: DiskFile
    let sums: DiskFile
    let header: Header
    var rowByteCount: Int { header.dimensions * 4 }

    /// Makes the files of an empty set in a directory that is there, durably.
    init(creatingIn directory: String, _ header: Header, calls: DiskCalls) throws(VectorsError) {
        self.header = header
        vectors = try DiskFile(
            "\(directory)/\(VectorFile.vectorsName)", O_RDWR | O_CREAT | O_EXCL, calls: calls)
        sums = try DiskFile("\(directory)/\(VectorFile.sumsName)", O_RDWR | O_CREAT | O_TRUNC, calls: calls)
        try sums.write(VectorFile.encode(header, "FOVEASUM"), at: 0)
        try vectors.write(VectorFile.encode(header, "FOVEAVEC"), at: 0)
        try sums.sync()
        try vectors.sync()
        try DiskFile.syncDirectory(directory)
    }

    /// Opens the files of a set of which `rowCount` rows count, and forgets the sums of any that lie beyond.
    init(openingIn directory: String, rowCount: Int, calls: DiskCalls) throws(VectorsError) {
        try self.init(openingIn: directory, rowCount: rowCount, O_RDWR, calls: calls)
        // What a rolled-back transaction left must not come back as a row that was never written.
        let counted = VectorFile.headerByteCount + rowCount * 4
        if try sums.byteCount() > counted { try sums.truncate(to: counted) }
    }

    /// Opens the files of a set for reading alone.
    init(readingIn directory: String, rowCount: Int) throws(VectorsError) {
        try self.init(openingIn: directory, rowCount: rowCount, O_RDONLY, calls: DiskCalls())
    }

    private init(
        openingIn directory: String, rowCount: Int, _ flags: CInt, calls: DiskCalls
    ) throws(VectorsError) {
        vectors = try DiskFile("\(directory)/\(VectorFile.vectorsName)", flags, calls: calls)
        sums = try DiskFile("\(directory)/\(VectorFile.sumsName)", flags, calls: calls)
        header = try VectorFile.header(of: vectors, "FOVEAVEC")
        let other = try VectorFile.header(of: sums, "FOVEASUM")
        guard other == header else {
            throw VectorsError(.corrupt, "\(sums.path) does not belong to \(vectors.path)")
        }
        try requireRows(rowCount)
    }

    /// Looks whether both files reach as far as `rowCount` rows.
    func requireRows(_ rowCount: Int) throws(VectorsError) {
        try VectorFile.require(rowCount, in: vectors, rowByteCount)
        try VectorFile.require(rowCount, in: sums, 4)
    }

    /// Writes rows, whole, from `row` on. Nothing is durable before ``sync()``.
    func write(_ rows: UnsafeBufferPointer<Float>, at row: Int) throws(VectorsError) {
        let bytes = UnsafeRawBufferPointer(rows)
        let sums = (0..<rows.count / header.dimensions).map { index in
            VectorFile.sum(
                UnsafeRawBufferPointer(
                    rebasing: bytes[index * rowByteCount..<(index + 1) * rowByteCount]))
        }
        try vectors.write(bytes, at: VectorFile.headerByteCount + row * rowByteCount)
        var failure: VectorsError?
        sums.withUnsafeBytes { buffer in
            do throws(VectorsError) {
                try self.sums.write(buffer, at: VectorFile.headerByteCount + row * 4)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Overwrites a row with zeros, and makes it one that was never written.
    func erase(_ row: Int) throws(VectorsError) {
        try sums.write([0, 0, 0, 0], at: VectorFile.headerByteCount + row * 4)
        try vectors.write(
            [UInt8](repeating: 0, count: rowByteCount), at: VectorFile.headerByteCount + row * rowByteCount)
    }

    /// Makes all rows durable that were written.
    func sync() throws(VectorsError) {
        try vectors.sync()
        try sums.sync()
    }

    /// The checksum of a row as it stands in the file; never 0.
    static func sum(_ row: UnsafeRawBufferPointer) -> UInt32 {
        let sum = CRC32C.checksum(row)
        return sum == 0 ? 1 : sum
    }

    // MARK: - Private

    private static let version: UInt32 = 1

    /// Magic, version, dimensions, metric; zeros; the checksum of all that.
    private static func encode(_ header: Header, _ magic: String) -> [UInt8] {
        var bytes = Array(magic.utf8)
        for number in [version, UInt32(header.dimensions), UInt32(header.metric.number)] {
            bytes += withUnsafeBytes(of: number.littleEndian, Array.init)
        }
        bytes += [UInt8](repeating: 0, count: headerByteCount - 4 - bytes.count)
        return bytes + withUnsafeBytes(of: CRC32C.checksum(bytes).littleEndian, Array.init)
    }

    private static func header(of file: DiskFile, _ magic: String) throws(VectorsError) -> Header {
        let bytes = try file.bytes(at: 0, count: headerByteCount)
        guard bytes.count == headerByteCount, bytes.starts(with: magic.utf8) else {
            throw VectorsError(.corrupt, "\(file.path) does not begin as a file of vectors")
        }
        func number(at offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) }
        }
        guard number(at: 8) <= version else {
            throw VectorsError(
                .unsupported,
                "\(file.path) has version \(number(at: 8)), this program knows versions up to \(version)")
        }
        let dimensions = Int(number(at: 12))
        guard CRC32C.checksum(Array(bytes.dropLast(4))) == number(at: headerByteCount - 4),
            let metric = Metric(number: number(at: 16)), VectorSet.dimensionLimit.contains(dimensions)
        else { throw VectorsError(.corrupt, "the header of \(file.path) is damaged") }
        return Header(dimensions: dimensions, metric: metric)
    }

    private static func require(
        _ rowCount: Int, in file: DiskFile, _ rowByteCount: Int
    ) throws(VectorsError) {
        let rows = (try file.byteCount() - headerByteCount) / rowByteCount
        guard rows >= rowCount else {
            throw VectorsError(
                .corrupt, "\(file.path) holds \(rows) rows, \(rowCount) belong to it: its end is missing")
        }
    }
}
