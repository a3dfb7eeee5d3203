public import Annotations
import Media

/// Something that a model found in an image.
public struct Detection: Sendable, Hashable {
    /// Its class, as an index of the model's labels.
    public var classIndex: Int
    /// The name of its class.
    public var label: String
    /// In `0...1`.
    public var confidence: Double
    /// In pixels of the upright image, and within it.
    public var box: Box
    /// Key points in pixels of the upright image, in the order of the description's `points`; a model may see
    /// some outside of the image. Empty where the model gives none.
    public var points: [Point]

    public init(classIndex: Int, label: String, confidence: Double, box: Box, points: [Point] = []) {
        self.classIndex = classIndex
        self.label = label
        self.confidence = confidence
        self.box = box
        self.points = points
    }
}

/// A box as a decoder reads it, in pixels of the model's input.
struct Candidate: Equatable {
    var box: Box
    var classIndex: Int
    var confidence: Double
    var points: [Point] = []
}

/// Which boxes of a model are worth telling.
struct DetectionThresholds: Sendable, Hashable {
    /// Boxes must be more confident than that.
    var confidence: Double
    /// Of two boxes of a class whose intersection over union is above that, one stays.
    var iou: Double
    /// At most that many boxes, the most confident ones.
    var limit: Int

    /// The most boxes that are compared with each other: the most confident ones.
    static let mostCandidates = 10_000

    init(confidence: Double, iou: Double, limit: Int = 300) {
        self.confidence = confidence
        self.iou = iou
        self.limit = limit
    }

    init(_ object: DescriptionObject, confidence: Double, iou: Double) throws(InferenceError) {
        self.init(
            confidence: try object.optional("confidence")?.number(in: 0...1) ?? confidence,
            iou: try object.optional("iou")?.number(in: 0...1) ?? iou,
            limit: try object.optional("most")?.integer(in: 1...10_000) ?? 300)
    }
}

/// Reads boxes out of a model's answer.
protocol DetectionDecoder: Sendable, Hashable {
    var thresholds: DetectionThresholds { get }

    /// All boxes above the confidence of ``thresholds``, in any order.
    /// - Parameters:
    ///   - size: of the model's input.
    ///   - classCount: how many labels the model has.
    func candidates(
        in outputs: OutputSet, size: PixelSize, classCount: Int
    ) throws(InferenceError) -> [Candidate]
}

extension DetectionDecoder {
    /// What stays of the boxes after suppression, in the image, the most confident first.
    func detections(
        in outputs: OutputSet, size: PixelSize, placement: Placement, labels: [String]
    ) throws(InferenceError) -> [Detection] {
        var candidates = try self.candidates(in: outputs, size: size, classCount: labels.count)
        for candidate in candidates {
            let box = candidate.box
            let numbers = [box.x, box.y, box.width, box.height] + candidate.points.flatMap { [$0.x, $0.y] }
            guard numbers.allSatisfy(\.isFinite) else {
                throw outputs.failure("gives a box or a point that is not finite")
            }
        }
        if candidates.count > DetectionThresholds.mostCandidates {
            // Sorted is stable: equal ones stay in the decoder's order.
            candidates.sort { $0.confidence > $1.confidence }
            candidates.removeSubrange(DetectionThresholds.mostCandidates...)
        }
        let kept = NonMaximumSuppression.kept(
            of: candidates.map { ($0.box, $0.classIndex, $0.confidence) }, iou: thresholds.iou,
            limit: thresholds.limit)
        return kept.compactMap { index in
            let candidate = candidates[index]
            guard let box = placement.box(candidate.box) else { return nil }
            return Detection(
                classIndex: candidate.classIndex, label: labels[candidate.classIndex],
                confidence: candidate.confidence, box: box, points: candidate.points.map(placement.point))
        }
    }
}
