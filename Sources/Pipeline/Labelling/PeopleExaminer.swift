import Base
import Catalog
public import Engine
public import Inference
public import Media

/// Counts people in pictures: the boxes of the class `person` that a model of objects gives. Its labels are
/// named `people:<count>`.
public struct PeopleExaminer: Examiner {
    /// What asks for it among taggers.
    public static let name = "people"
    /// The label class of its boxes' model that is counted.
    static let countedClass = "person"
    public static let source = "tagger:people@1"
    /// The one that is taken where there are several.
    private static let preferred = "yolox-nano"

    private let model: ModelExaminer

    /// - Throws: `InferenceError` for a model that does not know people.
    public init(_ model: Model) throws(InferenceError) {
        guard model.labels.contains(PeopleExaminer.countedClass) else {
            throw InferenceError(
                .wrongTask, "the model \(model.description.id) has no class '\(PeopleExaminer.countedClass)'")
        }
        self.model = try ModelExaminer(model)
    }

    /// The model that counts, of those that look for objects and have all their files; `nil` where there is
    /// none.
    static func modelID(in entries: [ModelEntry]) -> String? {
        let ids = entries.filter { entry in
            let description = entry.description
            if case .list(let names)? = description.labels, !names.contains(countedClass) { return false }
            return description.task == .detection && description.points.isEmpty && entry.isComplete
        }.map(\.description.id)
        return ids.contains(preferred) ? preferred : ids.first
    }

    /// The same of a registry's models, whose files it reads.
    /// - Throws: ``EngineError/Code/notFound`` where there is none.
    public static func modelID(among models: ModelRegistry) throws(EngineError) -> String {
        guard let id = modelID(in: models.entries().entries) else {
            throw EngineError(
                .notFound,
                "there is no model that sees people: 'fovea model pull \(preferred)' fetches one",
                path: "taggers")
        }
        return id
    }

    public var kind: String { "tagger" }
    public var source: String { PeopleExaminer.source }
    public var sources: [String] { [source] }
    public var descriptorSet: String? { nil }
    public var concurrency: Int { model.concurrency }

    public func examine(_ picture: Raster) throws -> [Finding] {
        let labels = try model.examine(picture).flatMap(\.labels)
        let count = labels.count { $0.kind == .box && $0.name == PeopleExaminer.countedClass }
        return [
            Finding(labels: [
                NewLabel(
                    .class, "\(PeopleExaminer.name):\(count)",
                    geometry: .json(["value": .float(Double(count))]), source: source)
            ])
        ]
    }
}
