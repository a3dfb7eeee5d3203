public import Base
import Catalog
public import Engine
public import Media

/// What measures a picture, and needs no model.
public enum Tagger: String, Sendable, CaseIterable {
    case brightness, lighting, contrast, blur, sharpness, noise, resolution, colours

    /// Raised with every change of a formula or a bound.
    public static let version = 1

    /// What its labels name as their source.
    public var source: String { "tagger:\(rawValue)@\(Tagger.version)" }

    /// The class labels that it gives a picture: `name:value`, so that no class of objects can be meant.
    func labels(_ picture: Raster, _ measures: PictureMeasures) throws(MediaError) -> [NewLabel] {
        switch self {
        case .brightness:
            let mean = measures.luma.mean
            return [label(Tagger.word(mean, Tagger.brightnessBounds, otherwise: "bright"), value: mean)]
        case .lighting:
            let mean = measures.luma.mean
            return [label(mean < Tagger.night ? "night" : "day", value: mean)]
        case .contrast:
            let deviation = measures.luma.deviation
            return [label(Tagger.word(deviation, Tagger.contrastBounds, otherwise: "high"), value: deviation)]
        case .blur:
            let sharpness = try measures.sharpness()
            return [label(sharpness < Tagger.sharp ? "blurred" : "sharp", value: sharpness)]
        case .sharpness:
            let gradient = try measures.gradient()
            return [label(Tagger.word(gradient, Tagger.sharpnessBounds, otherwise: "high"), value: gradient)]
        case .noise:
            let deviation = measures.noise()
            return [label(Tagger.word(deviation, Tagger.noiseBounds, otherwise: "high"), value: deviation)]
        case .resolution:
            let height = picture.height
            let word = height < 720 ? "SD" : height < 2_160 ? "HD" : "4K"
            return [label(word, value: Double(height))]
        case .colours:
            return try measures.colours().filter { $0.part >= Tagger.leastPart }.prefix(Tagger.mostColours)
                .map {
                    NewLabel(.class, "colour:\($0.colour.rawValue)", confidence: $0.part, source: source)
                }
        }
    }

    // MARK: - Bounds

    private static let brightnessBounds = [
        (0.06, "pitch-dark"), (0.2, "dark"), (0.4, "dim"), (0.75, "normal"),
    ]
    private static let night = 0.2
    private static let contrastBounds = [(0.1, "low"), (0.25, "normal")]
    private static let sharp = 100.0
    private static let sharpnessBounds = [(500.0, "low"), (5_000, "normal")]
    private static let noiseBounds = [(2.0, "low"), (8, "normal")]
    private static let leastPart = 0.1
    private static let mostColours = 3

    private static func word(
        _ value: Double, _ bounds: [(below: Double, word: String)], otherwise: String
    ) -> String {
        bounds.first { value < $0.below }?.word ?? otherwise
    }

    private func label(_ word: String, value: Double) -> NewLabel {
        NewLabel(
            .class, "\(rawValue):\(word)", geometry: .json(["value": .float(value)]), source: source)
    }
}

/// Taggers as an examiner: each picture is decoded once for all of them.
public struct TaggerExaminer: Examiner {
    public let taggers: [Tagger]
    public let concurrency: Int

    /// - Parameter names: one that comes twice counts once.
    /// - Throws: ``EngineError/Code/notFound`` for a name that no tagger has.
    public init(names: [String], concurrency: Int = ProcessorCount.available) throws(EngineError) {
        var taggers: [Tagger] = []
        for name in names {
            guard let tagger = Tagger(rawValue: name) else {
                let known = TaggerSelection.names.joined(separator: ", ")
                throw EngineError(
                    .notFound, "there is no tagger '\(name.prefix(40))'; there are: \(known)", path: "taggers"
                )
            }
            if !taggers.contains(tagger) { taggers.append(tagger) }
        }
        self.taggers = taggers
        self.concurrency = concurrency
    }

    public var kind: String { "tagger" }
    public var source: String { taggers.count == 1 ? taggers[0].source : "tagger:*" }
    public var sources: [String] { taggers.map(\.source) }
    public var descriptorSet: String? { nil }

    public func examine(_ picture: Raster) throws -> [Finding] {
        let measures = try PictureMeasures(picture)
        return try taggers.map { Finding(labels: try $0.labels(picture, measures)) }
    }
}
