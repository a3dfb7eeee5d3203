/// How often images that were given one class are confidently of another.
///
/// The confident joint of Northcutt, Jiang and Chuang, "Confident Learning", 2021, equation 1: an image
/// counts for the likeliest of the classes whose thresholds its probabilities reach, if there is any.
public struct ConfidentJoint: Sendable {
    public let thresholds: ConfidentThresholds
    /// `counts[given][true]`: images that were given one class and count for another.
    public private(set) var counts: [[Int]]
    /// Images that were given each class, whether they count for one or not.
    public private(set) var givenCounts: [Int]

    public init(_ thresholds: ConfidentThresholds) {
        self.thresholds = thresholds
        let row = [Int](repeating: 0, count: thresholds.classCount)
        counts = [[Int]](repeating: row, count: row.count)
        givenCounts = row
    }

    /// Takes in an image.
    public mutating func include(given: Int, _ probabilities: [Double]) {
        givenCounts[given] += 1
        if let confident = thresholds.confidentClass(probabilities) { counts[given][confident] += 1 }
    }

    /// The share of all images for each pair of a given and a true class, adding up to 1: each row of the
    /// counts, its diagonal at least 1, is stretched to the number of images that were given that class.
    /// Empty where there is no image.
    ///
    /// Equation 3 of the same paper.
    public var joint: [[Double]] {
        let total = Double(givenCounts.reduce(0, +))
        guard total > 0 else { return [] }
        return counts.indices.map { given in
            let row = counts[given].enumerated().map { Double($0 == given ? max($1, 1) : $1) }
            let sum = row.reduce(0, +)
            return row.map { $0 / sum * Double(givenCounts[given]) / total }
        }
    }
}
