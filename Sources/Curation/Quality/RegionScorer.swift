import Base
import Engine

/// Scores boxes by ``LabelSetVerdict``: the predicted ones are the truth. An image whose size is not known,
/// or of which neither source says anything, is not scored.
struct RegionScorer: QualityScorer {
    private let request: QualityRequest

    init(_ request: QualityRequest) { self.request = request }

    var properties: [String] { ["width", "height"] }
    var passCount: Int { 0 }

    mutating func include(_ entity: LabelledEntity, pass: Int) {}

    func score(_ entity: LabelledEntity) -> (score: Double, isListed: Bool)? {
        verdict(entity).map { ($0.verdict.score, true) }
    }

    func report(_ entity: LabelledEntity) -> Document {
        guard let (verdict, given, truth) = verdict(entity) else { return [:] }
        let causes = verdict.findings.map { finding -> Value in
            var document: Document = ["term": .string(finding.fault.rawValue)]
            if let index = finding.label { document.append("given", .object(given.document(index))) }
            if let index = finding.truth { document.append("predicted", .object(truth.document(index))) }
            return .object(document)
        }
        return ["good": .integer(Int64(verdict.goodCount)), "causes": .array(causes)]
    }

    private func verdict(
        _ entity: LabelledEntity
    ) -> (verdict: LabelSetVerdict, given: ComparedBoxes, truth: ComparedBoxes)? {
        guard let width = entity.properties["width"]?.floatValue,
            let height = entity.properties["height"]?.floatValue
        else { return nil }
        var names = ClassNames()
        let given = ComparedBoxes(entity, of: request.given, &names)
        let truth = ComparedBoxes(entity, of: request.predicted, &names)
        guard !given.boxes.isEmpty || !truth.boxes.isEmpty else { return nil }
        let verdict = LabelSetVerdict(of: given.boxes, truth: truth.boxes, width: width, height: height)
        return (verdict, given, truth)
    }
}
