public import Inference
public import Media

/// Motion as a stage of a cascade: each frame has the score of the last sample before it.
public struct MotionExaminer: CascadeExaminer {
    private let frames: [Int]
    private let scores: [Double]

    public init(_ report: MotionReport) {
        frames = report.samples.map(\.frame)
        scores = report.samples.map(\.score)
    }

    public func findings(in frame: Int, of video: any CascadeFrames) -> [CascadeFinding] {
        var (low, high) = (0, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if frames[middle] <= frame { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? [] : [CascadeFinding(Cascade.motion, confidence: scores[low - 1])]
    }
}

/// A model of boxes, of classes or of a score as a stage of a cascade.
public struct CascadeModel: CascadeExaminer {
    private let model: Model

    /// - Throws: `InferenceError` for a model that finds nothing that has a confidence.
    public init(_ model: Model) throws(InferenceError) {
        switch model.description.task {
        case .detection, .classification, .unsafeScore: self.model = model
        default:
            throw InferenceError(
                .wrongTask,
                "the model \(model.description.id) gives no confidences: it cannot be a stage of a cascade")
        }
    }

    public func findings(in frame: Int, of video: any CascadeFrames) throws -> [CascadeFinding] {
        let picture = try video.raster(of: frame)
        switch model.description.task {
        case .detection:
            return try model.detect(picture).map {
                CascadeFinding($0.label, confidence: $0.confidence, box: $0.box)
            }
        case .classification:
            return try model.classify(picture).map { CascadeFinding($0.label, confidence: $0.confidence) }
        default: return [CascadeFinding("unsafe", confidence: try model.unsafeScore(picture))]
        }
    }
}
