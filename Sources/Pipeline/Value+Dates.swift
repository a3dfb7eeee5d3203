import Base

/// Dates in JSON, which has none: `{"$date": "2024-05-06T07:08:09Z"}`.
extension Value {
    /// This value with each `{"$date": …}` in it turned into a date-time; `nil` where one is no date.
    var withDates: Value? { withDates(zone: DateTime.utc) }

    /// - Parameter zone: the zone of a date that names none.
    func withDates(zone: DateTime.Zone) -> Value? {
        switch self {
        case .object(let object):
            if object.count == 1, let date = object["$date"] ?? object["_date"] {
                return date.stringValue.flatMap { DateTime(iso8601: $0, defaultZone: zone) }.map(
                    Value.dateTime)
            }
            var dated = Document()
            for (key, value) in object.members {
                guard let value = value.withDates(zone: zone) else { return nil }
                dated[key] = value
            }
            return .object(dated)
        case .array(let elements):
            let dated = elements.compactMap { $0.withDates(zone: zone) }
            return dated.count == elements.count ? .array(dated) : nil
        default: return self
        }
    }

    /// This value with each date-time in it as ``withDates(zone:)`` reads it, where a date without a zone is
    /// local.
    var withTaggedDates: Value {
        switch self {
        case .dateTime(let time): ["$date": .string(time.iso8601)]
        case .object(let object): .object(Document(object.members.map { ($0.key, $0.value.withTaggedDates) }))
        case .array(let elements): .array(elements.map(\.withTaggedDates))
        default: self
        }
    }
}
