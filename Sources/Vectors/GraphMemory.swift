import Base
import CVectors

/// The arrays of codes and graph, with room for so many rows. A larger one begins as a copy; readers of the
/// smaller keep it until they are done.
final class GraphMemory: Sendable {
    let dimensions: Int
    let metric: Metric
    /// How many rows there is room for.
    let capacity: Int
    /// How many runs of links of upper layers there is room for.
    let upperCapacity: Int
    /// Bytes between the codes of two rows.
    let stride: Int
    let codes, heads, residuals, links, places, upper: ReservedMemory

    init(dimensions: Int, metric: Metric, rowCount: Int) throws(VectorsError) {
        self.dimensions = dimensions
        self.metric = metric
        capacity = max(4_096, rowCount * 2)
        // A fifteenth of the rows, on average, and never all of them.
        upperCapacity = capacity / 8 + 1_024
        stride = (dimensions + 63) / 64 * 64
        codes = try ReservedMemory(byteCount: capacity * stride)
        heads = try ReservedMemory(byteCount: capacity * GraphMemory.headByteCount)
        residuals = try ReservedMemory(byteCount: capacity * 4)
        links = try ReservedMemory(byteCount: capacity * GraphMemory.linksByteCount)
        places = try ReservedMemory(byteCount: capacity * 4)
        upper = try ReservedMemory(byteCount: upperCapacity * GraphMemory.upperByteCount)
    }

    static let headByteCount = MemoryLayout<fovea_code_head>.stride
    static let linksByteCount = FOVEA_LINKS_0 * 4
    static let upperByteCount = FOVEA_LINKS * 4

    /// The arrays with room for `rowCount` rows, beginning with what the first `used` hold.
    func grown(to rowCount: Int, used: Int, upperUsed: Int) throws(VectorsError) -> GraphMemory {
        let larger = try GraphMemory(dimensions: dimensions, metric: metric, rowCount: rowCount)
        copyCodes(to: larger, rows: used)
        larger.links.base.copyMemory(from: links.base, byteCount: used * GraphMemory.linksByteCount)
        larger.places.base.copyMemory(from: places.base, byteCount: used * 4)
        larger.upper.base.copyMemory(from: upper.base, byteCount: upperUsed * GraphMemory.upperByteCount)
        return larger
    }

    /// Copies the codes of the first `rows` rows.
    func copyCodes(to other: GraphMemory, rows: Int) {
        other.codes.base.copyMemory(from: codes.base, byteCount: rows * stride)
        other.heads.base.copyMemory(from: heads.base, byteCount: rows * GraphMemory.headByteCount)
        other.residuals.base.copyMemory(from: residuals.base, byteCount: rows * 4)
    }

    /// Makes the code of a row one of zeros. No reader may know of these arrays yet.
    func eraseCode(of row: LocalID) {
        let codes = kernelCodes
        (codes.codes + Int(row) * stride).update(repeating: 128, count: stride)
        codes.heads[Int(row)] = fovea_code_head(scale: 0, length: 0)
        codes.residuals[Int(row)] = 0
    }

    /// The arrays as the kernels take them, with a walk's beginning.
    func kernelGraph(entry: LocalID, topLayer: Int32) -> fovea_graph {
        fovea_graph(
            codes: kernelCodes, links: links.base.assumingMemoryBound(to: UInt32.self),
            upper_places: places.base.assumingMemoryBound(to: UInt32.self),
            upper: upper.base.assumingMemoryBound(to: UInt32.self), entry: entry, top_layer: topLayer)
    }

    var kernelCodes: fovea_codes {
        fovea_codes(
            dimensions: UInt32(dimensions), stride: UInt32(stride), metric: metric.number,
            codes: codes.base.assumingMemoryBound(to: UInt8.self),
            heads: heads.base.assumingMemoryBound(to: fovea_code_head.self),
            residuals: residuals.base.assumingMemoryBound(to: Float.self))
    }
}
