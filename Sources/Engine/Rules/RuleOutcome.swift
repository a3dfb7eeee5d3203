public import Base

/// What became of a rule's labels.
public struct RuleOutcome: Sendable, Hashable {
    public var id: String
    /// Labels that were added and taken back.
    public var added = 0
    public var removed = 0
    /// Entities that have a label of the rule now.
    public var entities = 0

    public init(id: String, added: Int = 0, removed: Int = 0, entities: Int = 0) {
        self.id = id
        self.added = added
        self.removed = removed
        self.entities = entities
    }

    /// Adds what a later pass of the rule came to.
    mutating func count(_ later: RuleOutcome) {
        added += later.added
        removed += later.removed
        entities = later.entities
    }

    public var document: Document {
        [
            "rule": .string(id), "added": .integer(Int64(added)), "removed": .integer(Int64(removed)),
            "entities": .integer(Int64(entities)),
        ]
    }
}
