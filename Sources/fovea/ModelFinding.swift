import Annotations
import Base
import Inference
import Media

/// What a model says of one picture, or of texts, for people and for programs.
struct ModelFinding {
    /// Members of the answer, without times.
    private(set) var document: Document
    /// Of computing it once more, when everything is warm.
    private(set) var duration: Duration
    private let table: Table

    init(_ model: Model, image: Raster) throws {
        let description = model.description
        document = [
            "model": .string(description.sourceText), "width": .integer(Int64(image.width)),
            "height": .integer(Int64(image.height)),
        ]
        switch description.task {
        case .detection:
            let (found, duration) = try Self.timed { try model.detect(image) }
            self.duration = duration
            document["detections"] = .array(found.map { .object(Self.document(of: $0, description.points)) })
            var table = Table(
                ["label", "confidence", "x", "y", "width", "height"], rightAligned: [1, 2, 3, 4, 5])
            table.rows = found.map { detection in
                let box = detection.box
                return [detection.label, Self.text(detection.confidence, 3)]
                    + [box.x, box.y, box.width, box.height].map { Self.text($0, 1) }
            }
            self.table = table
        case .classification:
            let (found, duration) = try Self.timed { try model.classify(image) }
            self.duration = duration
            document["classes"] = .array(
                found.map { ["label": .string($0.label), "confidence": .float($0.confidence)] })
            var table = Table(["label", "confidence"], rightAligned: [1])
            table.rows = found.map { [$0.label, Self.text($0.confidence, 3)] }
            self.table = table
        case .unsafeScore:
            let (score, duration) = try Self.timed { try model.unsafeScore(image) }
            self.duration = duration
            document["unsafe_score"] = .float(score)
            table = Self.table("unsafe score", Self.text(score, 4))
        case .embedding:
            let (vector, duration) = try Self.timed { try model.embed(image) }
            self.duration = duration
            document["embedding"] = .array(vector.map { .float(Double($0)) })
            table = Self.table("dimensions", String(vector.count))
        case .segmentation:
            let (mask, duration) = try Self.timed { try model.segment(image) }
            self.duration = duration
            var counts = [Int](repeating: 0, count: model.labels.count)
            for index in mask.classes { counts[Int(index)] += 1 }
            let shares = zip(model.labels, counts).filter { $0.1 > 0 }.map {
                ($0.0, Double($0.1) / Double(mask.classes.count))
            }
            document["shares"] = .object(Document(shares.map { ($0.0, .float($0.1)) }))
            var table = Table(["label", "share of pixels"], rightAligned: [1])
            table.rows = shares.map { [$0.0, Self.text($0.1, 4)] }
            self.table = table
        case .textEmbedding:
            throw InferenceError(.wrongTask, "the model \(description.id) takes texts, not pictures")
        }
    }

    init(_ model: Model, texts: [String]) throws {
        let (vectors, duration) = try Self.timed { try texts.map { try model.embed(text: $0) } }
        self.duration = duration
        let lengths = vectors.map { vector in
            vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        let cosines = vectors.indices.map { index in
            zip(vectors[0], vectors[index]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                / (lengths[0] * lengths[index])
        }
        document = [
            "model": .string(model.description.sourceText),
            "texts": .array(
                zip(texts, cosines).map { ["text": .string($0), "cosine_to_first": .float($1)] }),
        ]
        var table = Table(["text", "cosine to the first"], rightAligned: [1])
        table.rows = zip(texts, cosines).map { [$0, Self.text($1, 3)] }
        self.table = table
    }

    func lines(width: Int) -> [String] {
        table.rows.isEmpty ? ["nothing found"] : table.lines(width: width)
    }

    // MARK: - Private

    /// What `body` gives, and how long it takes the second time: the first takes memory.
    private static func timed<Answer>(_ body: () throws -> Answer) throws -> (Answer, Duration) {
        _ = try body()
        let start = ContinuousClock.now
        let answer = try body()
        return (answer, ContinuousClock.now - start)
    }

    private static func table(_ title: String, _ value: String) -> Table {
        var table = Table([title])
        table.rows = [[value]]
        return table
    }

    private static func document(of detection: Detection, _ names: [String]) -> Document {
        let box = detection.box
        var document: Document = [
            "label": .string(detection.label), "confidence": .float(detection.confidence),
            "box": [
                "x": .float(box.x), "y": .float(box.y), "width": .float(box.width),
                "height": .float(box.height),
            ],
        ]
        if !detection.points.isEmpty {
            document["points"] = .array(
                detection.points.enumerated().map { index, point in
                    let name: Value = names.indices.contains(index) ? .string(names[index]) : .null
                    return ["name": name, "x": .float(point.x), "y": .float(point.y)]
                })
        }
        return document
    }

    /// With so many decimals.
    private static func text(_ number: Double, _ decimals: Int) -> String {
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let whole = Int((abs(number) * power).rounded())
        let digits = String(whole)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (number < 0 && whole > 0 ? "-" : "") + padded.dropLast(decimals) + "."
            + padded.suffix(decimals)
    }
}
