import Base

/// Reads the filters of Cortex's later interface.
struct SampleFilterParser {
    private var conditions = 0

    mutating func node(_ value: Value, _ place: Place, depth: Int) throws(FilterError) -> SampleFilter {
        guard depth <= SampleFilter.depthLimit else {
            throw refusal(place, "must not be nested deeper than \(SampleFilter.depthLimit)", .limitExceeded)
        }
        guard let object = value.objectValue else { throw refusal(place, "must be an object") }
        guard let first = object.keys.first else { return .all }
        if let combined = object.keys.first(where: { ["$and", "$or", "$not"].contains($0) }) {
            guard object.count == 1, let operand = object[combined] else {
                throw refusal(place, "\(combined) must be the only key")
            }
            let here = place.key(combined)
            if combined == "$not" { return .not(try node(operand, here, depth: depth + 1)) }
            guard let parts = operand.arrayValue, !parts.isEmpty else {
                throw refusal(here, "must be a list of at least one filter")
            }
            guard parts.count <= SampleFilter.conditionLimit else { throw tooMany(here) }
            var filters: [SampleFilter] = []
            for (index, part) in parts.enumerated() {
                filters.append(try node(part, here.index(index), depth: depth + 1))
            }
            return combined == "$and" ? .and(filters) : .or(filters)
        }
        if let unknown = object.keys.first(where: { $0.hasPrefix("$") }) {
            throw refusal(
                place.key(unknown), "unknown operator; there are $and, $or and $not", .unknownOperator)
        }
        if ["class", "count", "max_box_area"].contains(first) || object["class"] != nil {
            return .objects(try objects(object, place))
        }
        var filters: [SampleFilter] = []
        for (key, operand) in object.members { filters.append(try field(key, operand, place.key(key))) }
        return filters.count == 1 ? filters[0] : .and(filters)
    }

    // MARK: - Conditions

    private mutating func objects(
        _ object: Document, _ place: Place
    ) throws(FilterError) -> SampleFilter.ObjectCondition {
        guard let name = object["class"] else {
            throw refusal(place.key(object.keys[0]), "needs \"class\" beside it")
        }
        guard let text = name.stringValue, !text.isEmpty, text.utf8.count <= 200 else {
            throw refusal(place.key("class"), "must be a text of 1 to 200 bytes")
        }
        var condition = SampleFilter.ObjectCondition(text)
        for (key, operand) in object.members {
            let here = place.key(key)
            try count(here)
            switch key {
            case "class": break
            case "count": condition.count = try comparison(operand, here, .atLeastOne)
            case "max_box_area": condition.maxBoxArea = try comparison(operand, here, .part)
            default:
                throw refusal(here, "cannot stand beside \"class\"; there are count and max_box_area")
            }
        }
        return condition
    }

    private mutating func field(
        _ key: String, _ operand: Value, _ place: Place
    ) throws(FilterError) -> SampleFilter {
        try count(place)
        if key == "collected" { return .collected(try times(operand, place)) }
        guard let field = SampleFilter.Field(rawValue: key) else {
            let names = SampleFilter.Field.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(place, "unknown field; there are class, \(names) and collected")
        }
        let domain: Domain =
            switch field {
            case .width, .height: .size
            case .labelQuality: .part
            case .objectCount: .count
            }
        return .number(field, try comparison(operand, place, domain))
    }

    /// What a field's values may be.
    private enum Domain {
        case size
        case part
        case count
        case atLeastOne

        func holds(_ value: Value) -> Bool {
            switch (self, value) {
            case (.size, .integer(let number)): number >= 0
            case (.size, .float(let number)): number >= 0 && number.isFinite
            case (.part, .integer(let number)): number == 0 || number == 1
            case (.part, .float(let number)): (0...1).contains(number)
            case (.count, _): isWhole(value) && value.integerValue.map { $0 >= 0 } ?? false
            case (.atLeastOne, _): isWhole(value) && value.integerValue.map { $0 >= 1 } ?? false
            default: false
            }
        }

        private func isWhole(_ value: Value) -> Bool { if case .integer = value { true } else { false } }

        var demand: String {
            switch self {
            case .size: "must be a number >= 0"
            case .part: "must be a number from 0 to 1"
            case .count: "must be an integer >= 0"
            case .atLeastOne: "must be an integer >= 1"
            }
        }
    }

    private func comparison(
        _ operand: Value, _ place: Place, _ domain: Domain
    ) throws(FilterError) -> SampleFilter.Comparison {
        guard let object = operand.objectValue else {
            guard domain.holds(operand) else { throw refusal(place, domain.demand) }
            return SampleFilter.Comparison([.equal(operand)])
        }
        guard !object.isEmpty else { throw refusal(place, "must have an operator such as $gte") }
        var predicates: [Predicate] = []
        for (name, value) in object.members {
            let here = place.key(name)
            if name == "$in" {
                guard let values = value.arrayValue, (1...100).contains(values.count) else {
                    throw refusal(here, "must be a list of 1 to 100 values")
                }
                for (index, value) in values.enumerated() where !domain.holds(value) {
                    throw refusal(here.index(index), domain.demand)
                }
                predicates.append(.among(ValueList(values), patterns: []))
                continue
            }
            guard let make = SampleFilterParser.operators[name] else {
                throw refusal(
                    here, "unknown operator; there are $eq, $gt, $gte, $lt, $lte and $in", .unknownOperator)
            }
            guard domain.holds(value) else { throw refusal(here, domain.demand) }
            predicates.append(make(value))
        }
        return SampleFilter.Comparison(predicates)
    }

    private static let operators: [String: @Sendable (Value) -> Predicate] = [
        "$eq": { .equal($0) }, "$gt": { .greater($0) }, "$gte": { .greaterOrEqual($0) },
        "$lt": { .less($0) }, "$lte": { .lessOrEqual($0) },
    ]

    private func times(_ operand: Value, _ place: Place) throws(FilterError) -> SampleFilter.Comparison {
        guard let object = operand.objectValue, !object.isEmpty else {
            throw refusal(place, "must be an object of $gt, $gte, $lt or $lte")
        }
        var predicates: [Predicate] = []
        for (name, value) in object.members {
            let here = place.key(name)
            guard name != "$eq", let make = SampleFilterParser.operators[name] else {
                throw refusal(here, "must be one of $gt, $gte, $lt and $lte", .unknownOperator)
            }
            guard let time = value.stringValue.flatMap(SampleFilterParser.time) else {
                throw refusal(here, "must be an ISO 8601 date or date-time")
            }
            predicates.append(make(.dateTime(time)))
        }
        return SampleFilter.Comparison(predicates)
    }

    /// A date alone is the beginning of its day in UTC.
    private static func time(_ text: String) -> DateTime? {
        DateTime(iso8601: text) ?? DateTime(iso8601: text + "T00:00:00Z")
    }

    // MARK: - Refusals

    private mutating func count(_ place: Place) throws(FilterError) {
        conditions += 1
        guard conditions <= SampleFilter.conditionLimit else { throw tooMany(place) }
    }

    private func tooMany(_ place: Place) -> FilterError {
        refusal(
            place, "must not be one of more than \(SampleFilter.conditionLimit) conditions", .limitExceeded)
    }

    private func refusal(
        _ place: Place, _ demand: String, _ code: FilterError.Code = .invalidOperand
    ) -> FilterError {
        place.error(code, "\(place.path): \(demand)")
    }
}
