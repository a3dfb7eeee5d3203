public import Base

/// One step of how a filter was answered: what `explain` shows.
public struct PlanStep: Sendable {
    /// The condition, as text.
    public var step: String
    /// `column`, `posting`, `identity`, `rows` (plain SQL), `documents` (looked at one by one), `and`, `or`,
    /// `not`, `all`.
    public var by: String
    /// How many ids were expected before it ran; `nil` where nothing was known.
    public var estimated: Int?
    /// How many ids it gave.
    public var ids: Int
    public var elapsed: Duration
    /// What labels may say that belong to the classes of an `$isa`; `nil` for other conditions.
    public var labels: [String]?
    public var steps: [PlanStep] = []

    public var document: Document {
        var document: Document = ["step": .string(step), "by": .string(by)]
        if let estimated { document["estimated"] = .integer(Int64(estimated)) }
        document["ids"] = .integer(Int64(ids))
        document["ms"] = .float((elapsed / .microseconds(1)).rounded() / 1_000)
        if let labels { document["labels"] = .array(labels.map { .string($0) }) }
        if !steps.isEmpty { document["steps"] = .array(steps.map { .object($0.document) }) }
        return document
    }
}
