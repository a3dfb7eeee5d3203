public import Engine
public import Query

/// Which labels to score, and by what.
public struct QualityRequest: Sendable {
    public var entityClass: String
    /// Of the entities.
    public var filter: Filter
    /// Whose labels are scored.
    public var given: SourcePattern
    /// Whose labels they are compared with: those of a model that has not learnt from them.
    public var predicted: SourcePattern
    public var method: QualityMethod
    /// Entities at most that are told of, the worst first; 0 for all.
    public var limit: Int

    /// The property that scores are written to, in `0...1` with 1 for good.
    public static let property = "label_quality"

    public init(
        entityClass: String, filter: Filter, given: SourcePattern, predicted: SourcePattern,
        method: QualityMethod = .objectLab, limit: Int = 0
    ) {
        self.entityClass = entityClass
        self.filter = filter
        self.given = given
        self.predicted = predicted
        self.method = method
        self.limit = limit
    }
}
