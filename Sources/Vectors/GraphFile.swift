import Base
import CVectors
import Glibc

/// The graph as it is saved: derived, so anything that is wrong with it makes it be built anew.
///
/// A header that carries its own checksum, then codes, heads, bounds, links, places, upper links and damaged
/// rows, each followed by its CRC-32C. The header also has the checksum of the rows' checksums: a graph of
/// other vectors is recognised.
enum GraphFile {
    static let name = "graph.hnsw"
    static let temporaryName = "graph.hnsw.new"
    private static let version: UInt32 = 1
    private static let headerByteCount = 64

    /// Writes the graph, which has as many codes as rows, and puts it in place of the one before.
    static func save(_ graph: Graph, _ rows: StoredRows, in directory: String) throws(VectorsError) {
        let temporary = "\(directory)/\(temporaryName)"
        let file = try DiskFile(temporary, O_RDWR | O_CREAT | O_TRUNC, calls: DiskCalls())
        var header = Array("FOVEAHNS".utf8)
        let memory = graph.memory
        for number in [
            version, UInt32(memory.dimensions), UInt32(memory.metric.number), UInt32(graph.builtCount),
            UInt32(graph.linkedCount), UInt32(graph.upperCount), graph.entry,
            UInt32(bitPattern: graph.topLayer), UInt32(graph.unlinked.count),
            rows.sumOfSums(graph.builtCount),
        ] {
            header += withUnsafeBytes(of: number.littleEndian, Array.init)
        }
        header += [UInt8](repeating: 0, count: headerByteCount - 4 - header.count)
        header += withUnsafeBytes(of: CRC32C.checksum(header).littleEndian, Array.init)
        try file.write(header, at: 0)
        var offset = headerByteCount
        for (section, byteCount) in sections(of: graph) {
            let bytes = UnsafeRawBufferPointer(start: section.base, count: byteCount)
            try file.write(bytes, at: offset)
            try file.write(
                withUnsafeBytes(of: CRC32C.checksum(bytes).littleEndian, Array.init), at: offset + byteCount)
            offset += byteCount + 4
        }
        let unlinked = graph.unlinked.ids.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
        try file.write(unlinked, at: offset)
        try file.write(
            withUnsafeBytes(of: CRC32C.checksum(unlinked).littleEndian, Array.init),
            at: offset + unlinked.count)
        try file.sync()
        guard rename(temporary, "\(directory)/\(name)") == 0 else {
            throw .system(errno, "rename", temporary)
        }
        try DiskFile.syncDirectory(directory)
    }

    /// The graph of a set of `rowCount` rows, or `nil` where none was saved.
    ///
    /// - Throws: `corrupt` where it is damaged, `unsupported` where it is newer, or belongs to other vectors.
    static func load(
        in directory: String, _ header: VectorFile.Header, _ rows: StoredRows, rowCount: Int
    ) throws(VectorsError) -> Graph? {
        let path = "\(directory)/\(name)"
        guard access(path, F_OK) == 0 else { return nil }
        let file = try DiskFile(path, O_RDONLY, calls: DiskCalls())
        let bytes = try file.bytes(at: 0, count: headerByteCount)
        guard bytes.count == headerByteCount, bytes.starts(with: "FOVEAHNS".utf8),
            CRC32C.checksum(Array(bytes.dropLast(4))) == number(bytes, 15)
        else { throw damaged(path, "its header") }
        guard number(bytes, 2) == version else {
            throw VectorsError(.unsupported, "\(path) has version \(number(bytes, 2))")
        }
        let built = Int(number(bytes, 5)), upper = Int(number(bytes, 7)), unlinked = Int(number(bytes, 10))
        guard Int(number(bytes, 3)) == header.dimensions, number(bytes, 4) == UInt32(header.metric.number),
            built <= rowCount, number(bytes, 11) == rows.sumOfSums(built)
        else { throw VectorsError(.unsupported, "\(path) is of other vectors") }
        let memory = try GraphMemory(
            dimensions: header.dimensions, metric: header.metric, rowCount: rowCount)
        guard upper <= memory.upperCapacity, unlinked <= built else { throw damaged(path, "its header") }
        var graph = Graph(memory: memory)
        graph.builtCount = built
        graph.codedCount = built
        graph.linkedCount = Int(number(bytes, 6))
        graph.upperCount = upper
        graph.entry = number(bytes, 8)
        graph.topLayer = Int32(bitPattern: number(bytes, 9))
        var offset = headerByteCount
        for (section, byteCount) in sections(of: graph) {
            let target = UnsafeMutableRawBufferPointer(start: section.base, count: byteCount)
            guard try file.read(into: target, at: offset) == byteCount,
                number(try file.bytes(at: offset + byteCount, count: 4), 0)
                    == CRC32C.checksum(UnsafeRawBufferPointer(target))
            else { throw damaged(path, "what begins at byte \(offset)") }
            offset += byteCount + 4
        }
        let ids = try file.bytes(at: offset, count: unlinked * 4)
        guard ids.count == unlinked * 4,
            number(try file.bytes(at: offset + ids.count, count: 4), 0) == CRC32C.checksum(ids)
        else { throw damaged(path, "its end") }
        graph.unlinked = IdSet((0..<unlinked).map { number(ids, $0) })
        var kernelGraph = graph.kernelGraph
        guard fovea_vectors_is_sound(&kernelGraph, UInt32(built), UInt32(upper)) != 0 else {
            throw damaged(path, "a link")
        }
        return graph
    }

    // MARK: - Private

    private static func sections(of graph: Graph) -> [(ReservedMemory, byteCount: Int)] {
        let memory = graph.memory, count = graph.builtCount
        return [
            (memory.codes, count * memory.stride), (memory.heads, count * GraphMemory.headByteCount),
            (memory.residuals, count * 4), (memory.links, count * GraphMemory.linksByteCount),
            (memory.places, count * 4), (memory.upper, graph.upperCount * GraphMemory.upperByteCount),
        ]
    }

    /// Number `place` of 32 bits.
    private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        guard bytes.count >= place * 4 + 4 else { return 0 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[place * 4 + $1]) << UInt32($1 * 8) }
    }

    private static func damaged(_ path: String, _ part: String) -> VectorsError {
        VectorsError(.corrupt, "\(path): \(part) is damaged")
    }
}
