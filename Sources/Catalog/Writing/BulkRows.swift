public import Base

/// Many rows of one class with the same properties, column by column: the quick way in.
public struct BulkRows: Sendable {
    /// The values of one property.
    public enum Values: Sendable {
        case integers([Int64])
        case floats([Double])
        case booleans([Bool])
        case strings([String])
        /// All in one zone.
        case dateTimes([Int64], zone: DateTime.Zone)

        var count: Int {
            switch self {
            case .integers(let values): values.count
            case .floats(let values): values.count
            case .booleans(let values): values.count
            case .strings(let values): values.count
            case .dateTimes(let values, _): values.count
            }
        }

        var type: PropertyType {
            switch self {
            case .integers: .integer
            case .floats: .float
            case .booleans: .boolean
            case .strings: .string
            case .dateTimes: .dateTime
            }
        }
    }

    /// One property, with a value for every row.
    public struct Column: Sendable {
        public var name: String
        public var values: Values
        /// Which rows have a value at all; all of them where `nil`.
        public var isPresent: [Bool]?

        public init(_ name: String, _ values: Values, isPresent: [Bool]? = nil) {
            self.name = name
            self.values = values
            self.isPresent = isPresent
        }
    }

    /// How many rows.
    public var count: Int
    public var columns: [Column]

    /// `count` rows; each column must have as many values.
    public init(count: Int, columns: [Column]) {
        self.count = count
        self.columns = columns
    }

    /// - Throws: ``CatalogError/Code/invalidValue`` for a column of another length, and for floats that are
    ///   not finite; ``CatalogError/Code/limitExceeded`` for strings that are too long.
    func check(_ options: CatalogOptions) throws(CatalogError) {
        var names: Set<String> = []
        for column in columns {
            guard names.insert(column.name).inserted else {
                throw CatalogError(.invalidValue, "property '\(column.name)' is given twice")
            }
            guard column.values.count == count, column.isPresent?.count ?? count == count else {
                throw CatalogError(
                    .invalidValue,
                    "property '\(column.name)' has \(column.values.count) values for \(count) rows")
            }
            switch column.values {
            case .floats(let values):
                if let value = values.enumerated().first(where: { index, value in
                    !value.isFinite && column.isPresent?[index] ?? true
                })?.element {
                    throw CatalogError(
                        .invalidValue, "property '\(column.name)' is \(value), which is no finite number")
                }
            case .strings(let values):
                if let text = values.first(where: { $0.utf8.count > options.valueLimit.bytes }) {
                    throw CatalogError(
                        .limitExceeded,
                        "property '\(column.name)' has \(text.utf8.count) bytes, "
                            + "the limit is \(options.valueLimit.bytes)")
                }
            default: break
            }
        }
    }
}
