/// How sure a model must be of a class before its word counts: as sure as it is, on average, of what was
/// given that class.
///
/// Equation 2 of Northcutt, Jiang and Chuang, "Confident Learning", 2021. A sum and a count for each class,
/// so that images may be taken in one after another.
public struct ConfidentThresholds: Sendable {
    private var sums: [Double]
    private var counts: [Int]

    public var classCount: Int { sums.count }

    public init(classCount: Int) {
        sums = [Double](repeating: 0, count: classCount)
        counts = [Int](repeating: 0, count: classCount)
    }

    /// Takes in an image: the class that it was given, and the probability that the model gives that class.
    public mutating func include(given: Int, probability: Double) {
        sums[given] += probability
        counts[given] += 1
    }

    /// For each class the threshold; above 1, and so never reached, where nothing was given that class.
    public var values: [Double] {
        zip(sums, counts).map { $1 == 0 ? .infinity : $0 / Double($1) }
    }

    /// A probability that is lower by rounding alone reaches its threshold: a mean of equal numbers may lie
    /// above them.
    private static let tolerance = 1e-6

    /// The class that an image counts for: the likeliest of those whose thresholds are reached; `nil` where
    /// none is.
    public func confidentClass(_ probabilities: [Double]) -> Int? {
        var best: Int?
        let values = values
        for (index, probability) in probabilities.enumerated()
        where probability >= values[index] - ConfidentThresholds.tolerance {
            if best.map({ probability > probabilities[$0] }) ?? true { best = index }
        }
        return best
    }

    /// Whether the given class is likely to be wrong: the image counts for another, and the model thinks
    /// some other class likelier than the given one.
    public func isFlagged(given: Int, _ probabilities: [Double]) -> Bool {
        guard let confident = confidentClass(probabilities), confident != given else { return false }
        return probabilities[given] < probabilities.max() ?? 0
    }
}
