public import Base

/// A rule that makes labels, as it is kept.
public struct StoredRule: Sendable, Hashable {
    public var id: String
    /// What it says, as whoever reads it understands it.
    public var text: String
    /// Who made it, as a source.
    public var who: String
    public var created: DateTime
}
