public import Base

/// One entity as its row says.
public struct EntityRow: Sendable, Hashable {
    public var id: EntityID
    public var key: EntityKey
    /// The digest of the blob that the entity stands for, and the blob's length in bytes.
    public var digest: SHA256Digest?
    public var byteCount: Int64?
    /// The commit that added it.
    public var created: UInt64
    public var properties: Document
}

/// A connection as its row says.
public struct Connection: Sendable, Hashable {
    public var id: EntityID
    public var source: EntityID
    public var target: EntityID
    public var properties: Document
}

/// What is left of a deleted entity.
public struct Tombstone: Sendable, Hashable {
    public var id: EntityID
    /// The digest of the blob that it stood for; `nil` where there was none, or it was purged.
    public var digest: SHA256Digest?
    /// The commit that deleted it.
    public var commit: UInt64
    public var who: String
    public var time: DateTime
    public var isPurged: Bool
}
