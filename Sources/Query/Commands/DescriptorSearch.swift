/// How near two vectors are.
public enum DescriptorMetric: String, Sendable, Hashable, CaseIterable {
    /// The square of the Euclidean distance; the least is nearest.
    case l2 = "L2"
    /// The inner product; the greatest is nearest.
    case innerProduct = "IP"
    /// The cosine of the angle; the greatest is nearest.
    case cosine = "CS"
}

/// How a set is searched, by the names that both systems have. All are accepted; which structure serves one
/// is the engine's choice.
public enum DescriptorEngine: String, Sendable, Hashable, CaseIterable {
    case flat = "Flat"
    case ivf = "IVF"
    case hnsw = "HNSW"
    case faissFlat = "FaissFlat"
    case faissIVFFlat = "FaissIVFFlat"
    case faissHNSWFlat = "FaissHNSWFlat"
    case tileDBDense = "TileDBDense"
    case tileDBSparse = "TileDBSparse"
    case flinng = "Flinng"

    /// Whether an answer must be exact, as comparing with every vector gives it.
    public var isExact: Bool {
        switch self {
        case .flat, .faissFlat, .tileDBDense, .tileDBSparse: true
        case .ivf, .hnsw, .faissIVFFlat, .faissHNSWFlat, .flinng: false
        }
    }
}

/// A search for the nearest vectors to one, or to each of several; the vectors are the command's blob.
public struct NeighbourSearch: Sendable, Hashable {
    /// How many neighbours of each vector.
    public var count: Int
    /// How near is measured; `nil` for the set's own way.
    public var metric: DescriptorMetric?
    /// How the set is searched; `nil` for the set's own way.
    public var engine: DescriptorEngine?
    /// When the other conditions count. `true`: the neighbours are found among all, and those kept that
    /// satisfy the conditions, so there may be fewer than `count` (VDMS always; ApertureDB with `knn_first`).
    /// `false`: they are found among those that satisfy the conditions.
    public var filtersAfterwards: Bool
    /// Whether vectors that no index holds yet are left out.
    public var indexedOnly: Bool
    /// How many vectors the blob holds (`FindDescriptorBatch`); `nil` for one, answered by one list.
    public var batchCount: Int?

    /// A search for `count` neighbours among those that satisfy the conditions.
    public init(count: Int) {
        self.count = count
        filtersAfterwards = false
        indexedOnly = false
    }
}

/// `ClassifyDescriptor`: the label that most of a vector's neighbours have; the vector is the command's blob.
public struct ClassifyDescriptorCommand: Sendable, Hashable {
    /// The set.
    public var setName: String
    /// How many neighbours have a vote.
    public var count: Int
    /// How near is measured; `nil` for the set's own way.
    public var metric: DescriptorMetric?
    /// How the set is searched; `nil` for the set's own way.
    public var engine: DescriptorEngine?
    /// VDMS's `_ref`.
    public var reference: Int?

    /// A vote of `count` neighbours.
    public init(setName: String, count: Int = 1) {
        self.setName = setName
        self.count = count
    }
}
