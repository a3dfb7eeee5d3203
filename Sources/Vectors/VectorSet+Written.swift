public import Base
import Glibc

extension VectorSet {
    /// Whether a set lies in a directory.
    public static func exists(at directory: String) -> Bool {
        access("\(directory)/\(VectorFile.vectorsName)", F_OK) == 0
    }

    /// The vector of a row that was written, whether it is published or not: for whoever writes.
    ///
    /// - Throws: ``VectorsError/Code/missing`` for a row that was never written;
    ///   ``VectorsError/Code/corrupt`` where it does not match its checksum.
    public func writtenVector(_ row: LocalID) throws(VectorsError) -> [Float] {
        let length = dimensions * 4
        let bytes = try file.vectors.bytes(at: VectorFile.headerByteCount + Int(row) * length, count: length)
        let sum = try file.sums.bytes(at: VectorFile.headerByteCount + Int(row) * 4, count: 4)
        guard bytes.count == length, sum.count == 4, sum != [0, 0, 0, 0] else {
            throw VectorsError(.missing, "there is no vector in row \(row) of \(directory)")
        }
        let expected = sum.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        guard bytes.withUnsafeBytes({ VectorFile.sum($0) }) == expected else {
            throw VectorsError(.corrupt, "the vector in row \(row) of \(directory) is damaged")
        }
        return bytes.withUnsafeBytes { buffer in
            (0..<dimensions).map { buffer.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
    }
}

extension VectorSet {
    /// Copies the vectors of a set that counts `rowCount` rows to a directory that is made, durably. Rows
    /// that count are never changed: it may be read and written meanwhile.
    ///
    /// - Returns: the bytes copied.
    /// - Throws: ``VectorsError/Code/corrupt`` where the set is shorter than `rowCount`; what the disk
    ///   refuses.
    public static func copy(
        from source: String, to target: String, rowCount: Int
    ) throws(VectorsError) -> Int {
        let file = try VectorFile(readingIn: source, rowCount: rowCount)
        if mkdir(target, 0o700) != 0, errno != EEXIST { throw .system(errno, "create", target) }
        let calls = DiskCalls()
        var copied = 0
        for (from, name, count) in [
            (file.vectors, VectorFile.vectorsName, rowCount * file.rowByteCount),
            (file.sums, VectorFile.sumsName, rowCount * 4),
        ] {
            let copy = try DiskFile("\(target)/\(name)", O_RDWR | O_CREAT | O_EXCL, calls: calls)
            let end = VectorFile.headerByteCount + count
            var place = 0
            while place < end {
                let piece = try from.bytes(at: place, count: min(4 << 20, end - place))
                guard !piece.isEmpty else { throw VectorsError(.corrupt, "\(from.path) ends at \(place)") }
                try copy.write(piece, at: place)
                place += piece.count
            }
            try copy.sync()
            copied += end
        }
        try DiskFile.syncDirectory(target)
        return copied
    }
}
