public import Base
public import Catalog
public import Query

/// Which labels to tell, of which entities.
public struct LabelRequest: Sendable {
    public var entityClass: String
    /// Of the entities.
    public var filter: Filter
    /// `nil` for every kind.
    var kind: LabelKind?
    /// The label class; `nil` for all.
    public var name: String?
    /// The class that labels belong to, itself or by one below it; `nil` for all.
    public var classIsA: String?
    /// A source, or the beginning of some with a `*` after it, as in `model:*`; `nil` for all.
    public var source: String?
    public var run: Int64?
    /// Labels at most; 0 for all.
    public var limit: Int

    /// The words for the kinds of labels.
    public static let kinds = LabelKind.allCases.map(\.description)
    /// The classes of the regions that labels are shown as.
    public static let regionClasses = RegionClass.allCases.map(\.rawValue)

    /// - Parameter kind: one of ``kinds``; `nil` for every kind.
    /// - Throws: ``EngineError/Code/invalidRequest`` for another word.
    public init(
        entityClass: String, filter: Filter, kind: String? = nil, name: String? = nil,
        classIsA: String? = nil, source: String? = nil, run: Int64? = nil, limit: Int = 0
    ) throws {
        self.entityClass = entityClass
        self.filter = filter
        self.name = name
        self.classIsA = classIsA
        self.source = source
        self.run = run
        self.limit = limit
        self.kind = try kind.map { word in
            guard let kind = LabelKind.allCases.first(where: { $0.description == word }) else {
                let known = LabelRequest.kinds.joined(separator: ", ")
                throw EngineError(
                    .invalidRequest, "'kind' is '\(word.prefix(40))', it must be one of \(known)",
                    path: "kind")
            }
            return kind
        }
    }

    /// Whether the request asks for `label`, whose target matches.
    /// - Parameter words: what labels say that belong to ``classIsA``; `nil` where all do.
    public func accepts(_ label: Label, within words: Set<ExactName>? = nil) -> Bool {
        if let words, label.name.map({ words.contains(ExactName($0)) }) != true { return false }
        if let kind, kind != label.kind { return false }
        if let run, run != label.run { return false }
        if let name, label.name.map({ $0.hasSameBytes(as: name) }) != true { return false }
        return source.map { SourcePattern($0).matches(label.source) } ?? true
    }
}
