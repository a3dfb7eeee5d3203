import Base
import Query

/// Values in an order that somebody gave, and the place of each.
struct ValueSequence {
    private var places: [Value: Int] = [:]
    let count: Int

    /// Of a value that comes twice its first place counts.
    init(_ values: [Value]) {
        count = values.count
        places.reserveCapacity(values.count)
        for (place, value) in values.enumerated() where places[value.queryKey] == nil {
            places[value.queryKey] = place
        }
    }

    /// The place of the first of the sequence that a condition finds equal to `value`: an array stands where
    /// the first of its elements does, or it itself. After all others where there is none.
    func place(of value: Value?) -> Int {
        guard let value else { return count }
        var place = places[value.queryKey] ?? count
        for element in value.arrayValue ?? [] { place = min(place, places[element.queryKey] ?? count) }
        return place
    }
}

extension Value {
    /// Equal for values that are one to a query: `1` is `1.0`, and a time is an instant, whatever its zone.
    var queryKey: Value {
        switch self {
        case .float(let number): Int64(exactly: number).map { .integer($0) } ?? self
        case .dateTime(let time): .dateTime(DateTime(microseconds: time.microseconds))
        case .array(let elements): .array(elements.map(\.queryKey))
        case .object(let document):
            .object(Document(document.members.map { ($0.key, $0.value.queryKey) }))
        case .null, .boolean, .integer, .string: self
        }
    }
}
