import Base
import Catalog

/// The types of properties that ApertureDB's schema tells apart.
enum WireType: String {
    case string = "String"
    case number = "Number"
    case boolean = "Boolean"
    case dateTime = "Datetime"
    case json = "JSON"

    /// The type of a value; `nil` for null, which is of any.
    init?(_ value: Value) {
        switch value {
        case .null: return nil
        case .boolean: self = .boolean
        case .integer, .float: self = .number
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .array, .object: self = .json
        }
    }

    private init?(_ type: PropertyType) {
        switch type {
        case .null: return nil
        case .boolean: self = .boolean
        case .integer, .float: self = .number
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .json: self = .json
        }
    }

    /// Those that a property has had.
    static func all(in types: PropertyTypes) -> [WireType] { types.list.compactMap { WireType($0) } }
}
