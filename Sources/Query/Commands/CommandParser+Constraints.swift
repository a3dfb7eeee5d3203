import Base

/// Conditions on properties, in both spellings, as a ``Filter``.
///
/// A filter's comparisons hold for some candidate of a path, and its negations for missing fields too; those
/// of commands never match what is missing, so that `!=` and `not in` ask for existence as well.
extension CommandParser {
    /// The conditions under `name`; everything where there are none.
    mutating func constraints(
        _ name: String, _ arguments: CommandArguments
    ) throws(CommandError) -> Filter {
        guard let value = arguments.value(name) else { return .all }
        let place = arguments.place.key(name)
        switch value {
        case .object(let document): return try group(document, joinedByAny: false, at: place, level: 0)
        case .array(let elements): return try expression(elements, at: place, level: 0)
        default: return .all
        }
    }

    // MARK: - Objects

    private mutating func group(
        _ document: Document, joinedByAny: Bool, at place: Place, level: Int
    ) throws(CommandError) -> Filter {
        try checkNesting(level, at: place)
        guard !joinedByAny || !document.isEmpty else { throw emptyAny(at: place) }
        var filters: [Filter] = []
        filters.reserveCapacity(document.count)
        for (key, value) in document.members {
            let place = place.key(key)
            if dialect == .aperture, key == "all" || key == "any", case .object(let inner) = value {
                filters.append(try group(inner, joinedByAny: key == "any", at: place, level: level + 1))
            } else {
                // A range under one key stays one term, also within `any`.
                filters.append(try conditions(key, value, at: place))
            }
        }
        return joinedByAny ? .any(filters) : .each(filters)
    }

    /// `[op, value]` or `[op, value, op, value]`, all of which must hold.
    private mutating func conditions(
        _ property: String, _ value: Value, at place: Place
    ) throws(CommandError) -> Filter {
        guard case .array(let elements) = value else {
            // VDMS's clients compare the text whole.
            throw place.commandError(
                .invalidParameter, "Constraint for property '\(shortened(property))' must be an array")
        }
        guard elements.count == 2 || elements.count == 4 else {
            throw place.commandError(
                .invalidParameter,
                "Constraint for property '\(shortened(property))' must be an array of size 2 or 4")
        }
        let path = try propertyPath(property, at: place)
        var filters: [Filter] = []
        for index in stride(from: 0, to: elements.count, by: 2) {
            let comparison = try comparison(elements[index], at: place.index(index))
            let operand = elements[index + 1]
            filters.append(
                try condition(path, comparison, operand, at: place.index(index + 1)) {
                    (parser, value, place) throws(CommandError) in try parser.literal(value, at: place)
                })
        }
        return .each(filters)
    }

    // MARK: - Lists

    /// `["$property", op, value]`, or `["all", …]`, `["any", …]` of such, or one such in a list.
    private mutating func expression(
        _ elements: [Value], at place: Place, level: Int
    ) throws(CommandError) -> Filter {
        try checkNesting(level, at: place)
        guard elements.count <= limits.listCount else {
            throw place.commandError(
                .limitExceeded, "a list of \(elements.count) elements, the limit is \(limits.listCount)")
        }
        switch elements.first {
        case .string("all"), .string("any"):
            let joinedByAny = elements[0] == "any"
            guard !joinedByAny || elements.count > 1 else { throw emptyAny(at: place) }
            var filters: [Filter] = []
            for (index, element) in elements.enumerated().dropFirst() {
                filters.append(try term(element, at: place.index(index), level: level + 1))
            }
            return joinedByAny ? .any(filters) : .each(filters)
        case .array where elements.count == 1:
            return try term(elements[0], at: place.index(0), level: level + 1)
        case .string(let name) where name.utf8.first == UInt8(ascii: "$"):
            guard elements.count == 3 else {
                throw place.commandError(
                    .invalidParameter, "a comparison is [\"$property\", \"==\", value], of three elements")
            }
            let path = try propertyPath(String(name.dropFirst()), at: place.index(0))
            let comparison = try comparison(elements[1], at: place.index(1))
            return try condition(path, comparison, elements[2], at: place.index(2)) {
                (parser, value, place) throws(CommandError) in try parser.expressionLiteral(value, at: place)
            }
        default:
            throw place.commandError(
                .invalidParameter,
                "an expression is [\"$property\", \"==\", value], [\"all\", …] or [\"any\", …]")
        }
    }

    private mutating func term(_ value: Value, at place: Place, level: Int) throws(CommandError) -> Filter {
        guard case .array(let elements) = value else {
            throw place.commandError(
                .invalidParameter, "an expression is a list, this is \(value.kindWithArticle)")
        }
        return try expression(elements, at: place, level: level)
    }

    // MARK: - One condition

    private enum Comparison: String, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case among = "in"
        case notAmong = "not in"
    }

    private func comparison(_ value: Value, at place: Place) throws(CommandError) -> Comparison {
        let known = Comparison.allCases.filter {
            dialect == .aperture || ($0 != .among && $0 != .notAmong)
        }
        // ApertureDB's loaders write `!` for a column `updateif_!…`.
        if dialect == .aperture, value == "!" { return .notEqual }
        guard let name = value.stringValue, let found = known.first(where: { $0.rawValue == name }) else {
            throw place.commandError(
                .invalidParameter,
                "an operator is one of \(known.map(\.rawValue).joined(separator: ", ")), this is "
                    + CommandParser.shown(value))
        }
        return found
    }

    private mutating func condition(
        _ path: FieldPath, _ comparison: Comparison, _ operand: Value, at place: Place,
        literal: (inout CommandParser, Value, Place) throws(CommandError) -> Value
    ) throws(CommandError) -> Filter {
        conditionCount += 1
        guard conditionCount <= limits.conditionCount else {
            throw place.commandError(
                .limitExceeded, "more than \(limits.conditionCount) conditions; use \"in\" for long lists")
        }
        switch comparison {
        case .among, .notAmong:
            let values = try list(operand, comparison.rawValue, at: place, literal: literal)
            let isAmong = Filter.field(path, .among(ValueList(values), patterns: []))
            return comparison == .among ? isAmong : .and([.field(path, .exists), .not(isAmong)])
        default:
            if dialect == .vdms, case .array(let elements) = operand {
                return try alternatives(path, comparison, elements, at: place, literal: literal)
            }
            return try single(path, comparison, try literal(&self, operand, place), at: place)
        }
    }

    /// VDMS's list of values, one of which the comparison must hold for.
    private mutating func alternatives(
        _ path: FieldPath, _ comparison: Comparison, _ elements: [Value], at place: Place,
        literal: (inout CommandParser, Value, Place) throws(CommandError) -> Value
    ) throws(CommandError) -> Filter {
        let values = try list(.array(elements), "a list of alternatives", at: place, literal: literal)
        if comparison == .equal { return .field(path, .among(ValueList(values), patterns: [])) }
        guard !values.isEmpty else {
            throw place.commandError(.invalidParameter, "a list of alternatives has at least one value")
        }
        var filters: [Filter] = []
        for value in values { filters.append(try single(path, comparison, value, at: place)) }
        return .any(filters)
    }

    private func single(
        _ path: FieldPath, _ comparison: Comparison, _ value: Value, at place: Place
    ) throws(CommandError) -> Filter {
        if value.isNull {
            switch comparison {
            case .equal: return .not(.field(path, .exists))
            case .notEqual: return .field(path, .exists)
            default:
                throw place.commandError(
                    .invalidParameter, "null goes with == (is missing) and != (is there) alone")
            }
        }
        return switch comparison {
        case .less: .field(path, .less(value))
        case .lessOrEqual: .field(path, .lessOrEqual(value))
        case .greater: .field(path, .greater(value))
        case .greaterOrEqual: .field(path, .greaterOrEqual(value))
        case .notEqual: .and([.field(path, .exists), .not(.field(path, .equal(value)))])
        default: .field(path, .equal(value))
        }
    }

    private mutating func list(
        _ operand: Value, _ name: String, at place: Place,
        literal: (inout CommandParser, Value, Place) throws(CommandError) -> Value
    ) throws(CommandError) -> [Value] {
        var elements = operand.arrayValue
        var place = place
        if elements == nil, case .object(let document) = operand, document.count == 1,
            case .array(let inner)? = document["array"]
        {
            elements = inner
            place = place.key("array")
        }
        guard let elements else {
            throw place.commandError(
                .invalidParameter, "\(name) takes a list of values, this is \(CommandParser.shown(operand))")
        }
        guard elements.count <= limits.listCount else {
            throw place.commandError(
                .limitExceeded, "\(name) has \(elements.count) values, the limit is \(limits.listCount)")
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let value = try literal(&self, element, place.index(index))
            guard !value.isNull else {
                throw place.index(index).commandError(
                    .invalidParameter, "null is no value of a list; write [\"==\", null] for what is missing")
            }
            values.append(value)
        }
        return values
    }
}
