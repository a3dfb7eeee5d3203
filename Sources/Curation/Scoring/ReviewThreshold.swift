/// Above which confidence labels of a source need no review, as the answers of people say.
public struct ReviewThreshold: Sendable, Hashable {
    /// The confidence from which on they are right often enough; `nil` where the answers do not show it.
    public var confidence: Double?
    /// The answers about labels of that confidence or more, and how many of these were accepted; about all
    /// where there is no such confidence.
    public var answered: Int
    public var accepted: Int

    /// Takes the least confidence `c` for which the share of right labels among those of at least `c` is, as
    /// far as the answers show it, no lower than `precision`: the lower end of Wilson's interval for that
    /// share (Wilson, "Probable inference, the law of succession, and statistical inference", 1927) is.
    ///
    /// - Parameters:
    ///   - answers: the confidence of each label that was reviewed, and whether it was accepted.
    ///   - precision: in `0...1`.
    ///   - z: how careful to be, as a quantile of the normal distribution: 1.96 leaves the true share below
    ///     the interval in one case of forty.
    public init(
        _ answers: [(confidence: Double, isAccepted: Bool)], precision: Double, z: Double = 1.96
    ) {
        answered = answers.count
        accepted = answers.count { $0.isAccepted }
        let sorted = answers.sorted { $0.confidence > $1.confidence }
        var right = 0
        for (index, answer) in sorted.enumerated() {
            if answer.isAccepted { right += 1 }
            // Labels of one confidence stand or fall together.
            if index + 1 < sorted.count, sorted[index + 1].confidence == answer.confidence { continue }
            if ReviewThreshold.lowerBound(right, of: index + 1, z: z) >= precision {
                (confidence, answered, accepted) = (answer.confidence, index + 1, right)
            }
        }
    }

    /// The lower end of Wilson's interval for a share of which `count` of `total` were seen; 0 for none.
    public static func lowerBound(_ count: Int, of total: Int, z: Double = 1.96) -> Double {
        guard total > 0 else { return 0 }
        let (n, share) = (Double(total), Double(count) / Double(total))
        let middle = share + z * z / (2 * n)
        let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, (middle - spread) / (1 + z * z / n))
    }
}
