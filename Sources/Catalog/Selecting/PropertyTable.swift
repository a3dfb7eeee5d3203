public import Base
public import Columns

/// The values of some properties of some members of a class, property by property.
public struct PropertyTable: Sendable {
    /// The members, in the order in which they were asked for; those that do not exist are left out.
    public let ids: [LocalID]
    /// A property each, in the order in which they were asked for.
    public let columns: [PropertyCells]
}

/// The values that the members of a ``PropertyTable`` have of one property.
public struct PropertyCells: Sendable {
    /// Where the values are.
    public enum Source: Sendable {
        /// In memory columns, by type: a member has a value in one of them at most, or is among `nulls`,
        /// those whose null was given; `nil` where none is. No date-times, arrays or objects, unless zones
        /// were not asked for.
        case gathered([GatheredColumn], nulls: [UInt64]?)
        /// One by one, a member each, as its row has it; `nil` where it has none.
        case read([Value?])
    }

    public let property: PropertySchema
    public let source: Source

    /// The value of the member at `place`; `nil` where it has none. Date-times whose zone was not asked for
    /// are in UTC.
    public func value(at place: Int) -> Value? {
        switch source {
        case .read(let values): return values[place]
        case .gathered(let columns, let nulls):
            for column in columns {
                switch column.value(at: place) {
                case .boolean(let flag)?: return .boolean(flag)
                case .integer(let number)?: return .integer(number)
                case .float(let number)?: return .float(number)
                case .string(let text)?: return .string(text)
                case .dateTime(let microseconds)?:
                    return .dateTime(DateTime(microseconds: microseconds))
                case nil: continue
                }
            }
            guard let nulls, nulls[place >> 6] & 1 << UInt64(place & 63) != 0 else { return nil }
            return .null
        }
    }
}
