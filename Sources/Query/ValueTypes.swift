public import Base

/// A set of value types, as `$type` names them.
///
/// An integer is an `int` where it fits 32 bits, else a `long`: as drivers store it.
public struct ValueTypes: OptionSet, Sendable, Hashable {
    /// One bit a type.
    public let rawValue: UInt16

    /// The set of the given bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Floats.
    public static let double = ValueTypes(rawValue: 1 << 0)
    /// Strings.
    public static let string = ValueTypes(rawValue: 1 << 1)
    /// Objects.
    public static let object = ValueTypes(rawValue: 1 << 2)
    /// Arrays.
    public static let array = ValueTypes(rawValue: 1 << 3)
    /// Booleans.
    public static let boolean = ValueTypes(rawValue: 1 << 4)
    /// Dates.
    public static let date = ValueTypes(rawValue: 1 << 5)
    /// An explicit null; a missing value has no type.
    public static let null = ValueTypes(rawValue: 1 << 6)
    /// Integers of 32 bits.
    public static let int = ValueTypes(rawValue: 1 << 7)
    /// Integers of more than 32 bits.
    public static let long = ValueTypes(rawValue: 1 << 8)
    /// All numbers.
    public static let number: ValueTypes = [.double, .int, .long]

    /// The type of `value`.
    public init(of value: Value) {
        self =
            switch value {
            case .null: .null
            case .boolean: .boolean
            case .integer(let number): Int32(exactly: number) == nil ? .long : .int
            case .float: .double
            case .string: .string
            case .dateTime: .date
            case .array: .array
            case .object: .object
            }
    }

    /// Reads BSON's alias (`string`, `number`) of a type; `nil` for one that no value of ours has.
    public init?(alias: String) {
        if alias == "number" {
            self = .number
        } else if let named = ValueTypes.named.first(where: { $0.alias == alias }) {
            self = named.type
        } else {
            return nil
        }
    }

    /// Reads BSON's number of a type; `nil` for one that no value of ours has.
    public init?(bsonNumber: Int64) {
        guard let named = ValueTypes.named.first(where: { $0.bsonNumber == bsonNumber }) else { return nil }
        self = named.type
    }

    /// The aliases of the types in the set, `number` for the three together.
    public var aliases: [String] {
        let isNumber = isSuperset(of: .number)
        return (isNumber ? ["number"] : [])
            + ValueTypes.named.filter {
                contains($0.type) && !(isNumber && ValueTypes.number.contains($0.type))
            }
            .map(\.alias)
    }

    /// The aliases that `$type` takes.
    static let knownAliases = named.map(\.alias) + ["number"]

    /// Source: the BSON specification 1.1, and the aliases of MongoDB's manual.
    private static let named: [(alias: String, bsonNumber: Int64, type: ValueTypes)] = [
        ("double", 1, .double), ("string", 2, .string), ("object", 3, .object), ("array", 4, .array),
        ("bool", 8, .boolean), ("date", 9, .date), ("null", 10, .null), ("int", 16, .int),
        ("long", 18, .long),
    ]
}
