public import Base
import Catalog
import Engine

/// A project of Sieve's paths: videos that are tagged alike and asked together.
public struct SieveProject: Sendable {
    /// The class of the entities that projects are kept as.
    static let entityClass = "SieveProject"
    /// Frames a second that are looked at, where the project does not say.
    static let usualRate = 5.0

    public var id: EntityID
    public var name: String
    /// What clients know it by beside its name.
    public var projectID: String
    /// As it was given: `fps`, `batch_size`, `levels` or `layers`, and whatever else.
    public var config: Document
    /// Tags that clients want: `name` and `description`.
    public var tags: [Document]
    /// Versions of models: `model_name`, `version_name`, `file_urls`, `active`.
    public var models: [Document]

    init?(_ id: EntityID, _ properties: Document) {
        guard let name = properties["name"]?.stringValue, let number = properties["project_id"]?.stringValue
        else { return nil }
        self.id = id
        self.name = name
        projectID = number
        config = properties["config"]?.objectValue ?? [:]
        tags = properties["tags"]?.arrayValue?.compactMap(\.objectValue) ?? []
        models = properties["models"]?.arrayValue?.compactMap(\.objectValue) ?? []
    }

    /// Frames a second that are looked at.
    public var rate: Double { config["fps"]?.floatValue ?? SieveProject.usualRate }

    /// The active models, each once.
    var activeModels: [String] {
        var seen: Set<String> = []
        return models.filter { $0["active"] == true }.compactMap { $0["model_name"]?.stringValue }
            .filter { seen.insert($0).inserted }
    }

    /// Its workflow as a cascade, in which each layer looks only at what the one before kept; `nil` where it
    /// has none.
    /// - Throws: ``EngineError/Code/invalidRequest``.
    func cascade() throws -> Cascade? {
        guard var cascade = try SieveProject.cascade(config) else { return nil }
        // Names of projects may have signs, and lengths, that a cascade's may not; two may be alike without.
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
        let plain = name.unicodeScalars.map { isPlain($0) ? $0 : "-" }
        cascade.name = "\(String(String.UnicodeScalarView(plain.prefix(24))))-\(projectID.prefix(8))"
        cascade.framesPerSecond = rate
        return cascade
    }

    /// - Throws: ``EngineError/Code/invalidRequest`` with a path within the configuration.
    private static func cascade(_ config: Document) throws -> Cascade? {
        let lists = ["levels", "layers"].filter { config[$0]?.arrayValue?.isEmpty == false }
        guard let list = lists.first else { return nil }
        guard lists.count == 1 else {
            throw EngineError(
                .invalidRequest, "the workflow is given as 'levels' or as 'layers', not both",
                path: "config.layers")
        }
        var document = Document()
        for member in [list, "target_recall", "confidence", "seed", "hold"] {
            document[member] = config[member]
        }
        do {
            return try Cascade(document: document)
        } catch var error as EngineError {
            error.message = "config: \(error.message)"
            error.path = error.path.map { "config.\($0)" }
            throw error
        }
    }

    /// Looks at what a client wants a project to be like.
    /// - Throws: ``EngineError/Code/invalidRequest``.
    static func check(config: Document) throws {
        if let value = config["fps"] {
            guard let rate = value.floatValue, rate > 0, rate <= 1_000 else {
                throw EngineError(
                    .invalidRequest, "'fps' must be a number above 0, of at most 1000", path: "config.fps")
            }
        }
        if let value = config["batch_size"] {
            guard let size = value.integerValue, size > 0 else {
                throw EngineError(
                    .invalidRequest, "'batch_size' must be a whole number above 0", path: "config.batch_size")
            }
        }
        for member in ["levels", "layers"] {
            guard let value = config[member] else { continue }
            guard let steps = value.arrayValue, steps.allSatisfy({ $0.objectValue != nil }) else {
                throw EngineError(
                    .invalidRequest, "'\(member)' must be a list of objects", path: "config.\(member)")
            }
        }
        _ = try cascade(config)
    }

    /// Looks at a name that becomes part of file names.
    /// - Throws: ``EngineError/Code/invalidRequest``.
    static func check(name: String, _ member: String) throws(EngineError) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" }
        guard (1...200).contains(name.utf8.count), isPlain, name != ".", name != ".." else {
            throw EngineError(
                .invalidRequest,
                "'\(member)' must have 1 to 200 bytes, without slashes and control characters",
                path: member)
        }
    }
}
