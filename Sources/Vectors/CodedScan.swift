import Base
import CVectors

/// An exact scan by way of codes, of some queries together: bounds from the codes leave few rows over, and
/// those are compared as floats.
final class CodedScan {
    /// How many rows are looked at in one go.
    static let blockLength = 4_096
    /// How many queries pass over the rows together: each has room for candidates.
    static let queriesAtOnce = 64

    private let codes: fovea_codes
    /// What the arrays of `codes` lie in.
    private let memory: GraphMemory
    private let rows: StoredRows
    private let vectors: UnsafePointer<Float>
    private let count: Int
    private let nearest: UnsafeMutablePointer<fovea_nearest>
    private let bytes: UnsafeMutablePointer<Int8>
    private let queries: UnsafeMutablePointer<fovea_code_query>
    private let scans: UnsafeMutablePointer<fovea_code_scan>
    private let candidates: UnsafeMutablePointer<fovea_neighbour>
    private let bounds: UnsafeMutablePointer<Float>
    private let capacity: Int

    /// Codes `count` vectors, whose neighbours are to be offered to `nearest`.
    init(
        _ memory: GraphMemory, _ rows: StoredRows, _ vectors: UnsafePointer<Float>, count: Int,
        into nearest: UnsafeMutablePointer<fovea_nearest>
    ) {
        self.memory = memory
        self.rows = rows
        self.vectors = vectors
        self.count = count
        self.nearest = nearest
        codes = memory.kernelCodes
        let limit = Int(nearest[0].limit)
        capacity = CodedScan.blockLength * 2 + limit * 2
        bytes = .allocate(capacity: count * memory.stride)
        queries = .allocate(capacity: count)
        scans = .allocate(capacity: count)
        candidates = .allocate(capacity: count * capacity)
        bounds = .allocate(capacity: count * limit)
        withUnsafePointer(to: codes) { codes in
            for place in 0..<count {
                var query = fovea_code_query()
                query.code = bytes + place * memory.stride
                fovea_vectors_encode_query(codes, vectors + place * memory.dimensions, &query)
                queries[place] = query
                scans[place] = fovea_code_scan(
                    candidates: candidates + place * capacity, count: 0, capacity: capacity,
                    bounds: bounds + place * limit, kept: 0, limit: UInt32(limit))
            }
        }
    }

    deinit {
        bytes.deallocate()
        queries.deallocate()
        scans.deallocate()
        candidates.deallocate()
        bounds.deallocate()
    }

    /// Looks at the rows of a block, which have codes.
    func add(_ block: Matches.Block) throws(VectorsError) {
        for place in 0..<count where scans[place].count + block.count > capacity {
            fovea_vectors_code_sift(scans + place, nearest + place)
            if scans[place].count + block.count > capacity { try compare(place) }
        }
        withUnsafePointer(to: codes) { codes in
            fovea_vectors_code_scan(
                codes, queries, count, block.rows, block.first, block.count, scans, nearest)
        }
    }

    /// Offers what is left over to the nearest.
    func finish() throws(VectorsError) {
        for place in 0..<count {
            fovea_vectors_code_sift(scans + place, nearest + place)
            try compare(place)
        }
    }

    // MARK: - Private

    private func compare(_ place: Int) throws(VectorsError) {
        let scan = scans[place]
        try rows.check((0..<scan.count).map { scan.candidates[$0].row })
        fovea_vectors_code_compare(
            scans + place, rows.floats, memory.dimensions, vectors + place * memory.dimensions, codes.metric,
            nearest + place)
    }
}
