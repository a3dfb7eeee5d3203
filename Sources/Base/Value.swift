/// One value: of a property, of a JSON text, or of a literal in a query.
///
/// Integers and floats are kept apart as they were written (`1` and `1.0`), though a comparison treats them
/// as one number type. `dateTime` has no JSON spelling of its own: it is written as ISO 8601 text.
public enum Value: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    case dateTime(DateTime)
    case array([Value])
    case object(Document)
}

extension Value: Hashable {
    /// The same case with the same content: `1` is not `1.0`, NaN is NaN, and strings are the same bytes. The
    /// comparison of a query, for which `1` is `1.0`, is `Query`'s.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let flag), .boolean(let other)): flag == other
        case (.integer(let number), .integer(let other)): number == other
        case (.float(let number), .float(let other)): number == other || (number.isNaN && other.isNaN)
        case (.string(let text), .string(let other)): text.hasSameBytes(as: other)
        case (.dateTime(let time), .dateTime(let other)): time == other
        case (.array(let elements), .array(let others)): elements == others
        case (.object(let document), .object(let other)): document == other
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0 as UInt8)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .float(let number): hasher.combine(number.isNaN ? .nan : number)
        case .string(let text): text.hashBytes(into: &hasher)
        case .dateTime(let time): hasher.combine(time)
        case .array(let elements): hasher.combine(elements)
        case .object(let document): hasher.combine(document)
        }
    }
}

extension Value {
    /// The string, if this is one.
    public var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    /// The integer, or a float that is exactly one.
    public var integerValue: Int64? {
        switch self {
        case .integer(let number): number
        case .float(let number): Int64(exactly: number)
        default: nil
        }
    }
    /// The number as a float, if this is a number.
    public var floatValue: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }
    public var booleanValue: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    public var arrayValue: [Value]? { if case .array(let elements) = self { elements } else { nil } }
    public var objectValue: Document? { if case .object(let document) = self { document } else { nil } }
    public var isNull: Bool { self == .null }
}

/// There is no `nil` literal: in `flag ? nil : value` it would quietly become a null where no value is meant.
extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: Value...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self = .object(Document(elements)) }
}
