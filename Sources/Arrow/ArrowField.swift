/// The type of a column.
public enum ArrowType: Sendable, Hashable {
    /// Signed, 64 bits.
    case int64
    /// IEEE 754, 64 bits.
    case float64
    case boolean
    /// Text of at most 2³¹ − 1 bytes a batch.
    case utf8
    /// Microseconds since 1970 in UTC.
    case timestamp
}

/// A column of a table: its name, which others may have too, and its type. Every column may have nulls.
public struct ArrowField: Sendable, Hashable {
    public var name: String
    public var type: ArrowType
    /// What is told of the column beside them, by name.
    public var metadata: [String: String]

    public init(_ name: String, _ type: ArrowType, metadata: [String: String] = [:]) {
        self.name = name
        self.type = type
        self.metadata = metadata
    }
}
