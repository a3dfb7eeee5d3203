import Base
import Engine

/// Scores boxes by ``BoxQuality``. An image of which neither source says anything is not scored.
struct BoxQualityScorer: QualityScorer {
    private let request: QualityRequest
    private var quality = BoxQuality()

    init(_ request: QualityRequest) { self.request = request }

    var properties: [String] { [] }
    var passCount: Int { 1 }

    mutating func include(_ entity: LabelledEntity, pass: Int) {
        let (given, predicted) = boxes(entity)
        quality.include(given: given.boxes, predicted: predicted.boxes)
    }

    func score(_ entity: LabelledEntity) -> (score: Double, isListed: Bool)? {
        let (given, predicted) = boxes(entity)
        guard !given.boxes.isEmpty || !predicted.boxes.isEmpty else { return nil }
        return (quality.report(given: given.boxes, predicted: predicted.boxes, causeLimit: 0).score, true)
    }

    func report(_ entity: LabelledEntity) -> Document {
        let (given, predicted) = boxes(entity)
        let report = quality.report(given: given.boxes, predicted: predicted.boxes)
        let causes = report.causes.map { cause -> Value in
            var document: Document = [
                "term": .string(cause.term.rawValue), "score": .float(cause.score),
                "text": .string(BoxQualityScorer.sentence(cause, given, predicted)),
            ]
            if let index = cause.given { document.append("given", .object(given.document(index))) }
            if let index = cause.predicted {
                document.append("predicted", .object(predicted.document(index)))
            }
            if let index = cause.rival { document.append("rival", .object(given.document(index))) }
            return .object(document)
        }
        return [
            BoxQuality.Term.overlooked.rawValue: .float(report.overlooked),
            BoxQuality.Term.badlyLocated.rawValue: .float(report.badlyLocated),
            BoxQuality.Term.swapped.rawValue: .float(report.swapped), "causes": .array(causes),
        ]
    }

    // MARK: - Private

    private func boxes(_ entity: LabelledEntity) -> (given: ComparedBoxes, predicted: ComparedBoxes) {
        // Only whether two are the same matters, so that each image may number its classes anew.
        var names = ClassNames()
        return (
            ComparedBoxes(entity, of: request.given, &names),
            ComparedBoxes(entity, of: request.predicted, &names)
        )
    }

    private static func sentence(
        _ cause: BoxQuality.Cause, _ given: ComparedBoxes, _ predicted: ComparedBoxes
    ) -> String {
        let label = cause.given.map(given.words) ?? ""
        if let rival = cause.rival { return "\(label) lies where \(given.words(rival)) does" }
        guard let other = cause.predicted.map(predicted.words) else { return label }
        return switch cause.term {
        case .overlooked: "no box where \(other) is predicted"
        case .badlyLocated: "\(label) lies beside \(other)"
        case .swapped: "\(label) is predicted as \(other)"
        }
    }
}
