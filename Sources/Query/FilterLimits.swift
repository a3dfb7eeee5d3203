/// What a filter, a sort order or a projection may cost. All limits hold before memory is taken.
public struct FilterLimits: Sendable, Hashable {
    /// Bytes of a text, looked at before it is parsed.
    public var byteCount = 10_000_000
    /// Levels of conditions within one another (`$and`, `$or`, `$nor`, `$not`, `$elemMatch`, and several
    /// conditions beside each other); and, apart from these, arrays and objects within one another in a
    /// value.
    public var depth = 64
    /// Conditions of a filter: one for each operator or value that a field is held against.
    public var conditionCount = 10_000
    /// Elements of one list (`$in`, `$nin`, `$all`, `$and`, …).
    public var listCount = 100_000
    /// UTF-8 bytes of one regular expression.
    public var patternByteCount = 8_192
    /// UTF-8 bytes of one dotted path.
    public var pathByteCount = 1_024
    /// Keys of a sort order.
    public var sortKeyCount = 32

    /// The limits as they are shown; change those that should differ.
    public init() {}
}
