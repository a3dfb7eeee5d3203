/// The one type that all values of a ``Column`` have.
public enum ColumnType: UInt8, Sendable, Hashable, CaseIterable {
    case boolean = 0
    /// 64-bit, signed.
    case integer = 1
    /// 64-bit; NaN, infinities and negative zero are kept as they are.
    case float = 2
    /// UTF-8, compared byte by byte.
    case string = 3
    /// Microseconds since 1970 in UTC.
    case dateTime = 4
}
