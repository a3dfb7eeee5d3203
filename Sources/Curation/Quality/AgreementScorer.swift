import Base
import Engine

/// Scores images by how well the boxes of two sources agree: the mean best IoU of boxes of one class. An
/// image of which neither says anything is not scored.
struct AgreementScorer: QualityScorer {
    private let request: QualityRequest

    init(_ request: QualityRequest) { self.request = request }

    var properties: [String] { [] }
    var passCount: Int { 0 }

    mutating func include(_ entity: LabelledEntity, pass: Int) {}

    func score(_ entity: LabelledEntity) -> (score: Double, isListed: Bool)? {
        let (given, predicted) = boxes(entity)
        guard !given.isEmpty || !predicted.isEmpty else { return nil }
        return (Agreement.meanBestIoU(given, predicted), true)
    }

    func report(_ entity: LabelledEntity) -> Document {
        let (given, predicted) = boxes(entity)
        return ["given": .integer(Int64(given.count)), "predicted": .integer(Int64(predicted.count))]
    }

    private func boxes(_ entity: LabelledEntity) -> (given: [ClassedBox], predicted: [ClassedBox]) {
        var names = ClassNames()
        return (
            ComparedBoxes(entity, of: request.given, &names).boxes,
            ComparedBoxes(entity, of: request.predicted, &names).boxes
        )
    }
}
