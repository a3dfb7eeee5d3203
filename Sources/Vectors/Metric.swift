import CVectors

/// How far two vectors are from each other.
public enum Metric: String, Sendable, Hashable, CaseIterable {
    /// The squared Euclidean distance; the smaller the nearer.
    case l2
    /// The inner product; the larger the nearer.
    case innerProduct
    /// The cosine of the angle between them, in `-1...1`; the larger the nearer. A vector of zeros has no
    /// direction: sets made for this metric refuse it, elsewhere its cosine with anything is 0.
    case cosine

    /// The number that stands in files and goes to the kernels.
    var number: Int32 {
        switch self {
        case .l2: Int32(FOVEA_METRIC_L2)
        case .innerProduct: Int32(FOVEA_METRIC_INNER_PRODUCT)
        case .cosine: Int32(FOVEA_METRIC_COSINE)
        }
    }

    init?(number: UInt32) {
        guard let metric = Metric.allCases.first(where: { $0.number == Int32(truncatingIfNeeded: number) })
        else { return nil }
        self = metric
    }

    /// What callers see of a key, by which the smaller is the nearer.
    func distance(key: Float) -> Float { self == .l2 ? key : -key }
}
