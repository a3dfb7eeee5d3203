import Base
import Media

/// How a model's answer is read. `docs/models.md` has each kind's formula.
public struct ModelDecoder: Sendable, Hashable {
    /// The word of `decoder.kind`.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case yolox, yolov8, ssd, centerface, blazeface, classes, mask, vector, score
        case meanPool = "mean_pool"
    }

    /// What each kind reads.
    enum Reading: Sendable, Hashable {
        case detections(any DetectionDecoder)
        case classes(ClassDecoder)
        case mask(MaskDecoder)
        case vector(VectorDecoder)
        case score(ScoreDecoder)
        case meanPool(VectorDecoder)

        static func == (left: Reading, right: Reading) -> Bool {
            switch (left, right) {
            case (.detections(let left), .detections(let right)): AnyHashable(left) == AnyHashable(right)
            case (.classes(let left), .classes(let right)): left == right
            case (.mask(let left), .mask(let right)): left == right
            case (.vector(let left), .vector(let right)): left == right
            case (.score(let left), .score(let right)): left == right
            case (.meanPool(let left), .meanPool(let right)): left == right
            default: false
            }
        }

        func hash(into hasher: inout Hasher) {
            switch self {
            case .detections(let decoder): hasher.combine(AnyHashable(decoder))
            case .classes(let decoder): hasher.combine(decoder)
            case .mask(let decoder): hasher.combine(decoder)
            case .vector(let decoder): hasher.combine(decoder)
            case .score(let decoder): hasher.combine(decoder)
            case .meanPool(let decoder): hasher.combine(decoder)
            }
        }
    }

    public var kind: Kind
    var reading: Reading
}

extension ModelDecoder {
    init(_ reader: DescriptionReader, task: ModelDescription.Task) throws(InferenceError) {
        guard let kind = reader.value.objectValue?["kind"] else {
            _ = try reader.object("kind").required("kind")
            throw reader.failure("has no kind")
        }
        self.kind = try DescriptionReader(value: kind, path: reader.member("kind")).choice(Kind.self)
        let fitting = self.kind.tasks
        guard fitting.contains(task) else {
            let words = fitting.map(\.rawValue).joined(separator: ", ")
            throw reader.failure("of kind \(self.kind.rawValue) reads \(words), the task is \(task.rawValue)")
        }
        reading = try Reading(reader, self.kind)
    }
}

extension ModelDecoder.Kind {
    fileprivate var tasks: [ModelDescription.Task] {
        switch self {
        case .yolox, .yolov8, .ssd, .centerface, .blazeface: [.detection]
        case .classes: [.classification]
        case .mask: [.segmentation]
        case .vector: [.embedding, .textEmbedding]
        case .score: [.unsafeScore]
        case .meanPool: [.textEmbedding]
        }
    }
}

extension ModelDecoder.Reading {
    private static let outputs = 0...63

    fileprivate init(_ reader: DescriptionReader, _ kind: ModelDecoder.Kind) throws(InferenceError) {
        func output(_ object: DescriptionObject) throws(InferenceError) -> Int {
            try object.optional("output")?.integer(in: Self.outputs) ?? 0
        }
        func strides(_ object: DescriptionObject) throws(InferenceError) -> [Int] {
            try object.required("strides").elements(1...16).map { reader throws(InferenceError) in
                try reader.integer(in: 1...1_024)
            }
        }
        switch kind {
        case .yolox:
            let object = try reader.object("kind", "confidence", "iou", "most", "strides", "output")
            self = .detections(
                YOLOXDecoder(
                    thresholds: try DetectionThresholds(object, confidence: 0.25, iou: 0.45),
                    strides: try strides(object), output: try output(object)))
        case .yolov8:
            let object = try reader.object("kind", "confidence", "iou", "most", "output")
            self = .detections(
                YOLOv8Decoder(
                    thresholds: try DetectionThresholds(object, confidence: 0.25, iou: 0.7),
                    output: try output(object)))
        case .ssd:
            let object = try reader.object("kind", "confidence", "iou", "most", "first_class", "output")
            self = .detections(
                SSDDecoder(
                    thresholds: try DetectionThresholds(object, confidence: 0.5, iou: 1),
                    firstClass: try object.optional("first_class")?.integer(in: 0...1) ?? 0,
                    output: try output(object)))
        case .centerface:
            let object = try reader.object("kind", "confidence", "iou", "most")
            self = .detections(
                CenterFaceDecoder(thresholds: try DetectionThresholds(object, confidence: 0.4, iou: 0.3)))
        case .blazeface:
            let object = try reader.object(
                "kind", "confidence", "iou", "most", "strides", "anchors_per_stride")
            self = .detections(
                BlazeDecoder(
                    thresholds: try DetectionThresholds(object, confidence: 0.5, iou: 0.3),
                    strides: try strides(object),
                    anchorsPerStride: try object.required("anchors_per_stride").integer(in: 1...16)))
        case .classes:
            let object = try reader.object("kind", "activation", "top", "confidence", "output")
            self = .classes(
                ClassDecoder(
                    activation: try object.required("activation").choice(Activation.self),
                    top: try object.optional("top")?.integer(in: 1...ModelDescription.mostLabels) ?? 5,
                    confidence: try object.optional("confidence")?.number(in: 0...1) ?? 0,
                    output: try output(object)))
        case .mask:
            let object = try reader.object("kind", "layout", "confidence", "sigmoid", "output")
            self = .mask(
                MaskDecoder(
                    layout: try object.required("layout").choice(TensorFormat.Layout.self),
                    confidence: try object.optional("confidence")?.number(in: 0...1) ?? 0.5,
                    appliesSigmoid: try object.optional("sigmoid")?.flag() ?? false,
                    output: try output(object)))
        case .vector, .meanPool:
            let object = try reader.object("kind", "dimensions", "normalise", "output")
            let decoder = VectorDecoder(
                dimensions: try object.required("dimensions").integer(in: 1...65_536),
                normalises: try object.optional("normalise")?.flag() ?? true, output: try output(object))
            self = kind == .vector ? .vector(decoder) : .meanPool(decoder)
        case .score:
            let object = try reader.object("kind", "activation", "index", "output")
            self = .score(
                ScoreDecoder(
                    activation: try object.required("activation").choice(Activation.self),
                    index: try object.required("index").integer(in: 0...65_535), output: try output(object)))
        }
    }
}
