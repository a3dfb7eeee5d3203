import Annotations
import Base
import Catalog
import Engine
public import Inference
public import Media

/// A model as an examiner. `docs/labelling.md` says which labels each task gives.
public struct ModelExaminer: Examiner {
    private let model: Model
    /// The labels of a mask's pixels that belong to nothing.
    private static let background = "background"

    /// - Throws: `InferenceError` for a model of texts, which looks at no pictures.
    public init(_ model: Model) throws(InferenceError) {
        guard model.description.task != .textEmbedding else {
            throw InferenceError(
                .wrongTask,
                "the model \(model.description.id) gives vectors of texts: it cannot label pictures")
        }
        self.model = model
    }

    public var kind: String { "model" }
    public var source: String { model.description.sourceText }
    public var sources: [String] { [source] }
    public var concurrency: Int { model.requestCount }
    public var descriptorSet: String? {
        model.description.task == .embedding ? model.description.id : nil
    }

    public func examine(_ picture: Raster) throws -> [Finding] {
        switch model.description.task {
        case .detection: return [Finding(labels: try model.detect(picture).flatMap(labels))]
        case .classification:
            return [
                Finding(
                    labels: try model.classify(picture).map {
                        NewLabel(.class, $0.label, confidence: $0.confidence, source: source)
                    })
            ]
        case .unsafeScore:
            let score = try model.unsafeScore(picture)
            return [Finding(labels: [NewLabel(.class, "unsafe", confidence: score, source: source)])]
        case .embedding: return [Finding(vector: try model.embed(picture))]
        case .segmentation: return [Finding(labels: labels(try model.segment(picture)))]
        case .textEmbedding: return [Finding()]
        }
    }

    // MARK: - Private

    /// A box, and its key points as a label of their own.
    private func labels(_ detection: Detection) -> [NewLabel] {
        let box = Region.Geometry.box(detection.box).value
        let label = NewLabel(
            .box, detection.label, geometry: .json(box), confidence: detection.confidence, source: source)
        guard !detection.points.isEmpty else { return [label] }
        var geometry: Document = [
            "points": .array(detection.points.map { .array([.float($0.x), .float($0.y)]) }), "box": box,
        ]
        let names = model.description.points
        if names.count == detection.points.count {
            geometry["names"] = .array(names.map { .string($0) })
        }
        return [
            label,
            NewLabel(
                .points, detection.label, geometry: .json(.object(geometry)),
                confidence: detection.confidence, source: source),
        ]
    }

    /// A mask for each class that is seen, in the order of the classes.
    private func labels(_ mask: SegmentationMask) -> [NewLabel] {
        var isSeen = [Bool](repeating: false, count: 256)
        for index in mask.classes { isSeen[Int(index)] = true }
        return model.labels.indices.compactMap { index in
            guard index < 256, isSeen[index], model.labels[index] != ModelExaminer.background else {
                return nil
            }
            let runs = RunLengthMask(width: mask.size.width, height: mask.size.height) {
                Int(mask.classes[$0]) == index
            }
            let geometry: Value = [
                "size": [.integer(Int64(runs.height)), .integer(Int64(runs.width))],
                "counts": .string(runs.text),
            ]
            return NewLabel(.mask, model.labels[index], geometry: .json(geometry), source: source)
        }
    }
}
