/// The type of a stored value. One property may have values of several types, each in its own column.
public enum PropertyType: UInt8, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
    case integer, float, boolean, string, dateTime
    /// Arrays and objects.
    case json
    /// A null that was given, which is not a missing value.
    case null

    /// The word for it on the wire.
    public var description: String {
        switch self {
        case .integer: "integer"
        case .float: "float"
        case .boolean: "boolean"
        case .string: "string"
        case .dateTime: "datetime"
        case .json: "json"
        case .null: "null"
        }
    }

    public static func < (left: PropertyType, right: PropertyType) -> Bool { left.rawValue < right.rawValue }

    /// The last part of the column's name in SQL.
    var letter: Character {
        switch self {
        case .integer: "i"
        case .float: "f"
        case .boolean: "b"
        case .string: "s"
        case .dateTime: "d"
        case .json: "j"
        case .null: "n"
        }
    }

    init?(letter: String) {
        guard let type = PropertyType.allCases.first(where: { String($0.letter) == letter }) else {
            return nil
        }
        self = type
    }

    var declaration: String {
        switch self {
        case .integer, .boolean, .dateTime, .null: "INTEGER"
        case .float: "REAL"
        case .string, .json: "TEXT"
        }
    }
}

/// A set of ``PropertyType``s.
public struct PropertyTypes: Sendable, Hashable, OptionSet {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public init(_ type: PropertyType) { rawValue = 1 << type.rawValue }

    public func contains(_ type: PropertyType) -> Bool { rawValue & 1 << type.rawValue != 0 }

    /// The types in it, in the order of their declaration.
    public var list: [PropertyType] { PropertyType.allCases.filter(contains) }
}
