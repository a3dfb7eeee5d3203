public import Annotations
#if canImport(Glibc)
    import Glibc
#endif

/// How likely the boxes of an image are right, by what a model finds there that has not learnt from them:
/// ObjectLab (Tkachenko, Thyagarajan and Mueller, "ObjectLab: Automated Diagnosis of Mislabeled Images in
/// Object Detection Data", 2023).
///
/// A given and a predicted box are as similar as `0.9 · IoU + 0.1 · exp(−0.1 · d)`, `d` being the distance of
/// their centres in pixels. Three terms, each in `0...1` with 1 for good, say what may be wrong:
///
/// - *overlooked*, of each predicted box of at least 0.95 confidence that no given box overlaps: its greatest
///   similarity with a given box of its class; where there is none, what is left of 1 above its confidence,
///   times the least similarity.
/// - *badly located*, of each given box: its greatest similarity with an overlapping predicted box of its
///   class of more than 0.5 confidence; 1 where there is none.
/// - *swapped*, of each given box: 1 less its greatest similarity with a predicted box of another class of
///   more than 0.95 confidence; at least the least similarity, and that where a given box of another class
///   covers it with an IoU of 0.95.
///
/// Within a term boxes are pooled by a soft minimum of temperature 0.1, and a term without boxes is 1. The
/// score of the image is the geometric mean of the three.
public struct BoxQuality: Sendable {
    /// What may be wrong with a box.
    public enum Term: String, Sendable, CaseIterable {
        case overlooked
        case badlyLocated = "badly_located"
        case swapped
    }

    /// A box that takes from the score of an image.
    public struct Cause: Sendable, Hashable {
        public var term: Term
        /// The place of the given box; `nil` where one was overlooked.
        public var given: Int?
        /// The place of the predicted box that speaks against it.
        public var predicted: Int?
        /// The place of a given box of another class in the same place, where that is what speaks against it.
        public var rival: Int?
        /// Of this box and term.
        public var score: Double
    }

    /// What is said of one image.
    public struct Report: Sendable, Hashable {
        /// Of the image, in `0...1`, 1 for good.
        public var score: Double
        public var overlooked: Double
        public var badlyLocated: Double
        public var swapped: Double
        /// What takes from the score, the worst first.
        public var causes: [Cause]
    }

    /// The least similarity above 0 of any given with any predicted box of the same image, over all images of
    /// the data set: scores of one image depend on it. 1 where there is no such pair.
    public var leastSimilarity: Double

    public init(leastSimilarity: Double = 1) { self.leastSimilarity = leastSimilarity }

    /// How similar two boxes are, in `0...1`.
    public static func similarity(_ left: Box, _ right: Box) -> Double {
        let (dx, dy) = (
            left.x + left.width / 2 - right.x - right.width / 2,
            left.y + left.height / 2 - right.y - right.height / 2
        )
        return 0.9 * left.iou(with: right) + 0.1 * exp(-0.1 * (dx * dx + dy * dy).squareRoot())
    }

    /// Takes an image into ``leastSimilarity``. All images must have been before the first is scored.
    /// - Complexity: O(given · predicted).
    public mutating func include(given: [ClassedBox], predicted: [ClassedBox]) {
        for label in given {
            for prediction in predicted {
                let similarity = BoxQuality.similarity(label.box, prediction.box)
                if similarity > 0 { leastSimilarity = min(leastSimilarity, similarity) }
            }
        }
    }

    /// Scores one image.
    /// - Parameter causeLimit: so many causes at most.
    /// - Complexity: O(given · (given + predicted)).
    public func report(given: [ClassedBox], predicted: [ClassedBox], causeLimit: Int = 3) -> Report {
        let missed = predicted.indices.compactMap { overlooked($0, given, predicted) }
        let places = given.indices.map { located($0, given, predicted) }
        let names = given.indices.map { swapped($0, given, predicted) }
        var report = Report(
            score: 0, overlooked: BoxQuality.softMinimum(missed),
            badlyLocated: BoxQuality.softMinimum(places), swapped: BoxQuality.softMinimum(names), causes: [])
        report.score = cbrt(report.overlooked * report.badlyLocated * report.swapped)
        let causes = [missed, places, names].joined().filter { $0.score < 1 }
        let order = causes.indices.sorted {
            causes[$0].score == causes[$1].score ? $0 < $1 : causes[$0].score < causes[$1].score
        }
        report.causes = order.prefix(causeLimit).map { causes[$0] }
        return report
    }

    // MARK: - Private

    private static let high = 0.95
    private static let low = 0.5
    private static let covering = 0.95
    private static let temperature = 0.1

    /// `nil` for a predicted box that is not sure enough, or that a given one overlaps.
    private func overlooked(_ index: Int, _ given: [ClassedBox], _ predicted: [ClassedBox]) -> Cause? {
        let prediction = predicted[index]
        guard prediction.confidence >= BoxQuality.high,
            given.allSatisfy({ $0.box.iou(with: prediction.box) == 0 })
        else { return nil }
        let nearest = given.filter { $0.classIndex == prediction.classIndex }
            .map { BoxQuality.similarity($0.box, prediction.box) }.max()
        return Cause(
            term: .overlooked, given: nil, predicted: index, rival: nil,
            score: nearest ?? leastSimilarity * (1 - prediction.confidence))
    }

    private func located(_ index: Int, _ given: [ClassedBox], _ predicted: [ClassedBox]) -> Cause {
        let label = given[index]
        let best = BoxQuality.mostSimilar(to: label.box, among: predicted) {
            $0.classIndex == label.classIndex && $0.confidence > BoxQuality.low
                && $0.box.iou(with: label.box) > 0
        }
        return Cause(
            term: .badlyLocated, given: index, predicted: best?.index, rival: nil,
            score: best?.similarity ?? 1)
    }

    private func swapped(_ index: Int, _ given: [ClassedBox], _ predicted: [ClassedBox]) -> Cause {
        let label = given[index]
        let rival = given.firstIndex {
            $0.classIndex != label.classIndex && $0.box.iou(with: label.box) >= BoxQuality.covering
        }
        let best = BoxQuality.mostSimilar(to: label.box, among: predicted) {
            $0.classIndex != label.classIndex && $0.confidence > BoxQuality.high
        }
        let score = rival != nil ? 0 : 1 - (best?.similarity ?? 0)
        return Cause(
            term: .swapped, given: index, predicted: rival == nil ? best?.index : nil, rival: rival,
            score: max(score, leastSimilarity))
    }

    private static func mostSimilar(
        to box: Box, among boxes: [ClassedBox], where isWanted: (ClassedBox) -> Bool
    ) -> (index: Int, similarity: Double)? {
        var best: (index: Int, similarity: Double)?
        for (index, other) in boxes.enumerated() where isWanted(other) {
            let similarity = similarity(box, other.box)
            if similarity > best?.similarity ?? -1 { best = (index, similarity) }
        }
        return best
    }

    /// The mean of the scores, weighted by `exp(−score / temperature)`.
    private static func softMinimum(_ causes: [Cause]) -> Double {
        var (sum, weights) = (0.0, 0.0)
        for cause in causes {
            let weight = exp((1 - cause.score) / temperature)
            sum += weight * cause.score
            weights += weight
        }
        return weights == 0 ? 1 : sum / weights
    }
}
