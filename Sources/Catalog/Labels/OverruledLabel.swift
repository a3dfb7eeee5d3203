public import Base

/// A label that somebody else than its source has taken away or replaced.
public struct OverruledLabel: Sendable, Hashable {
    public var target: EntityID
    public var source: String
    public var name: String
}
