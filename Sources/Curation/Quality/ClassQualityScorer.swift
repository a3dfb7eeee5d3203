import Base
import Catalog
import Engine

/// Scores the classes of images by probabilities of a model.
///
/// The model's class labels of an image are its probabilities: their confidences, which are divided by their
/// sum where that is above 1. What they leave of 1 is shared by the classes that they do not name. The
/// classes are those of all labels that are looked at. An image with several given classes has the score of
/// the worst.
struct ClassQualityScorer: QualityScorer {
    private let request: QualityRequest
    private var names = ClassNames()
    private var thresholds = ConfidentThresholds(classCount: 0)

    init(_ request: QualityRequest) { self.request = request }

    var properties: [String] { [] }
    /// All classes must be known before there are probabilities, and all probabilities before thresholds.
    var passCount: Int { request.method == .confidentLearning ? 2 : 1 }

    mutating func include(_ entity: LabelledEntity, pass: Int) {
        if pass == 0 {
            for label in entity.labels where label.kind == .class {
                guard let name = label.name else { continue }
                if request.given.matches(label.source) || request.predicted.matches(label.source) {
                    _ = names.place(of: name)
                }
            }
            return
        }
        if thresholds.classCount == 0 { thresholds = ConfidentThresholds(classCount: names.count) }
        guard let (given, probabilities) = compared(entity) else { return }
        for label in given { thresholds.include(given: label.place, probability: probabilities[label.place]) }
    }

    func score(_ entity: LabelledEntity) -> (score: Double, isListed: Bool)? {
        guard let worst = worst(entity) else { return nil }
        return (worst.score, request.method != .confidentLearning || worst.isFlagged)
    }

    func report(_ entity: LabelledEntity) -> Document {
        guard let (given, probabilities) = compared(entity), let worst = worst(entity) else { return [:] }
        let label = given[worst.index].label
        var document: Document = [
            "label": .integer(label.id), "class": .string(names.names[given[worst.index].place]),
            "probability": .float(probabilities[given[worst.index].place]),
        ]
        if let other = ClassQuality.likeliest(except: given[worst.index].place, probabilities) {
            document.append("likeliest", .string(names.names[other]))
            document.append("likeliest_probability", .float(probabilities[other]))
        }
        return document
    }

    // MARK: - Private

    private typealias Given = (label: Label, place: Int)

    private func worst(_ entity: LabelledEntity) -> (index: Int, score: Double, isFlagged: Bool)? {
        guard let (given, probabilities) = compared(entity) else { return nil }
        let outcomes = given.enumerated().map { index, label in
            let score =
                request.method == .normalisedMargin
                ? ClassQuality.normalisedMargin(given: label.place, probabilities)
                : ClassQuality.selfConfidence(given: label.place, probabilities)
            let isFlagged =
                request.method == .confidentLearning
                && thresholds.isFlagged(given: label.place, probabilities)
            return (index: index, score: score, isFlagged: isFlagged)
        }
        // One that is flagged comes before one that is not.
        return outcomes.min {
            if $0.isFlagged != $1.isFlagged { return $0.isFlagged }
            return $0.score == $1.score ? $0.index < $1.index : $0.score < $1.score
        }
    }

    /// What is said of an entity; `nil` where either says nothing.
    private func compared(_ entity: LabelledEntity) -> (given: [Given], probabilities: [Double])? {
        var given: [Given] = []
        var confidences: [Int: Double] = [:]
        for label in entity.labels where label.kind == .class {
            // What came after the classes were collected is left out.
            guard let place = label.name.flatMap({ names[$0] }) else { continue }
            if request.given.matches(label.source) { given.append((label, place)) }
            if request.predicted.matches(label.source) {
                confidences[place] = max(confidences[place] ?? 0, min(max(label.confidence ?? 1, 0), 1))
            }
        }
        guard !given.isEmpty, !confidences.isEmpty else { return nil }
        // In order, so that the sum is the same each time.
        let sum = confidences.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
        let others = names.count - confidences.count
        let share = others > 0 ? max(0, 1 - sum) / Double(others) : 0
        var probabilities = [Double](repeating: share, count: names.count)
        let scale = sum > 1 || (others == 0 && sum > 0) ? sum : 1
        for (place, confidence) in confidences { probabilities[place] = confidence / scale }
        return (given, probabilities)
    }
}
