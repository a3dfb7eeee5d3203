import Base
public import Engine
public import Query

/// Which labels to check, and by which rules.
public struct CheckRequest: Sendable {
    public var entityClass: String
    /// Of the entities.
    public var filter: Filter
    /// Whose labels; `nil` for all.
    public var source: SourcePattern?
    /// In the order of ``LabelRules/all``.
    public let rules: [any LabelRule]
    public var options: CheckOptions

    /// - Parameter rules: names of rules; `nil` for all.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a name that there is not.
    public init(
        entityClass: String, filter: Filter, source: SourcePattern? = nil, rules names: [String]? = nil,
        options: CheckOptions = CheckOptions()
    ) throws {
        self.entityClass = entityClass
        self.filter = filter
        self.source = source
        self.options = options
        for name in names ?? [] where LabelRules.named(name) == nil {
            let known = LabelRules.all.map(\.id).joined(separator: ", ")
            throw EngineError(
                .invalidRequest, "there is no rule '\(name.prefix(100))'; there are: \(known)", path: "rules")
        }
        rules = LabelRules.all.filter { rule in names?.contains(rule.id) ?? true }
    }
}
