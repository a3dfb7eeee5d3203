import Base

extension FilterParser {
    /// The operators under a field, or under an `$elemMatch` on single values; all must hold.
    ///
    /// `inList` says that the result joins a list of conditions, which `level` counts already.
    mutating func parseOperators(
        _ document: Document, on path: FieldPath, at place: Place, level: Int, inList: Bool = false
    ) throws(FilterError) -> Filter {
        let conditions = document.members.filter { $0.key != "$comment" && $0.key != "$options" }
        guard !conditions.isEmpty else {
            if document["$options"] != nil {
                throw place.key("$options").invalid("$options goes with a $regex")
            }
            throw place.invalid(
                "there is no operator here; write one of \(Operators.ofFields.joined(separator: ", "))")
        }
        let level = conditions.count > 1 && !inList ? level + 1 : level
        try checkLevel(level, at: place)
        var filters: [Filter] = []
        for (name, operand) in conditions {
            let here = place.key(name)
            switch name {
            case "$ne": filters.append(.not(.field(path, .equal(try value(operand, of: name, at: here)))))
            case "$nin": filters.append(.not(.field(path, try parseList(operand, of: name, at: here))))
            case "$exists":
                try countCondition(at: here)
                let filter = Filter.field(path, .exists)
                filters.append(try parseFlag(operand, of: name, at: here) ? filter : .not(filter))
            case "$not":
                filters.append(.not(try parseNegated(operand, on: path, at: here, level: level + 1)))
            case "$regex":
                try countCondition(at: here)
                filters.append(.field(path, .matches(try parsePattern(document, at: place))))
            default:
                filters.append(.field(path, try parsePredicate(name, operand, at: here, level: level)))
            }
        }
        if let options = document["$options"], document["$regex"] == nil {
            throw place.key("$options").invalid(
                "$options goes with a $regex; this is \(options.kindWithArticle) without one")
        }
        return .each(filters)
    }

    /// The conditions of `$elemMatch`, in the form that their first key tells.
    mutating func parseElementMatch(
        _ operand: Value, at place: Place, level: Int
    ) throws(FilterError) -> Predicate {
        try countCondition(at: place)
        guard case .object(let document) = operand else {
            throw place.invalid(
                "$elemMatch takes an object of conditions, this is \(operand.kindWithArticle)")
        }
        try checkLevel(level, at: place)
        // MongoDB looks at the first key alone.
        let first = document.members.first { $0.key != "$comment" }?.key ?? ""
        if Operators.isName(first), !["$and", "$or", "$nor", "$where"].contains(first) {
            return .elementMatchesValue(try parseOperators(document, on: .element, at: place, level: level))
        }
        return .elementMatchesDocument(try parse(document, at: place, level: level))
    }

    // MARK: - Private

    private mutating func parsePredicate(
        _ name: String, _ operand: Value, at place: Place, level: Int
    ) throws(FilterError) -> Predicate {
        switch name {
        case "$eq": return .equal(try value(operand, of: name, at: place))
        case "$lt": return .less(try value(operand, of: name, at: place))
        case "$lte": return .lessOrEqual(try value(operand, of: name, at: place))
        case "$gt": return .greater(try value(operand, of: name, at: place))
        case "$gte": return .greaterOrEqual(try value(operand, of: name, at: place))
        case "$in": return try parseList(operand, of: name, at: place)
        case "$all": return try parseAll(operand, at: place, level: level + 1)
        case "$elemMatch": return try parseElementMatch(operand, at: place, level: level + 1)
        case "$count": return try parseCount(operand, at: place, level: level + 1)
        case "$isa":
            try countCondition(at: place)
            return try parseClasses(operand, at: place)
        case "$type":
            try countCondition(at: place)
            return .type(try parseTypes(operand, at: place))
        case "$size":
            try countCondition(at: place)
            return .size(try parseSize(operand, at: place))
        case "$mod":
            try countCondition(at: place)
            return try parseModulo(operand, at: place)
        default:
            guard Operators.isName(name) else {
                throw place.error(
                    .unknownOperator,
                    "\"\(shortened(name))\" stands among operators; write \"field.\(shortened(name))\" for a nested field"
                )
            }
            throw Operators.unknownUnderField(name, at: place)
        }
    }

    /// The operand of a comparison, counted as a condition.
    private mutating func value(
        _ operand: Value, of name: String, at place: Place
    ) throws(FilterError) -> Value {
        try countCondition(at: place)
        return try parsePlainValue(operand, of: name, at: place)
    }

    /// A value that is no document of operators.
    private func parsePlainValue(
        _ operand: Value, of name: String, at place: Place
    ) throws(FilterError) -> Value {
        if let operators = operand.operators {
            let first = shortened(operators.members[0].key)
            throw place.invalid("\(name) takes a value, not the operator \(first); negate with $not")
        }
        return try parseLiteral(operand, at: place)
    }

    private mutating func parseList(
        _ operand: Value, of name: String, at place: Place
    ) throws(FilterError) -> Predicate {
        try countCondition(at: place)
        guard case .array(let elements) = operand else {
            throw place.invalid("\(name) takes a list of values, this is \(operand.kindWithArticle)")
        }
        try checkCount(elements, of: name, at: place)
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        var patterns: [Pattern] = []
        for (index, element) in elements.enumerated() {
            if let document = FilterParser.patternDocument(element) {
                try countCondition(at: place)
                patterns.append(try parsePattern(document, at: place.index(index)))
            } else {
                values.append(try parsePlainValue(element, of: name, at: place.index(index)))
            }
        }
        return .among(ValueList(values), patterns: patterns)
    }

    private mutating func parseAll(
        _ operand: Value, at place: Place, level: Int
    ) throws(FilterError) -> Predicate {
        guard case .array(let elements) = operand else {
            throw place.invalid("$all takes a list of values, this is \(operand.kindWithArticle)")
        }
        try checkCount(elements, of: "$all", at: place)
        try countCondition(at: place)
        var predicates: [Predicate] = []
        var elementMatchCount = 0
        for (index, element) in elements.enumerated() {
            let place = place.index(index)
            if case .object(let document) = element, document.members.first?.key == "$elemMatch" {
                guard document.count == 1, let query = document["$elemMatch"] else {
                    throw place.invalid("within $all, $elemMatch stands alone in its object")
                }
                try checkLevel(level, at: place)
                elementMatchCount += 1
                predicates.append(try parseElementMatch(query, at: place.key("$elemMatch"), level: level))
            } else if let document = FilterParser.patternDocument(element) {
                try countCondition(at: place)
                predicates.append(.matches(try parsePattern(document, at: place)))
            } else {
                predicates.append(.equal(try value(element, of: "$all", at: place)))
            }
            guard elementMatchCount == 0 || elementMatchCount == predicates.count else {
                throw place.invalid("$all takes values or $elemMatch, not both")
            }
        }
        return .all(predicates)
    }

    private mutating func parseNegated(
        _ operand: Value, on path: FieldPath, at place: Place, level: Int
    ) throws(FilterError) -> Filter {
        guard let operators = operand.operators else {
            throw place.invalid(
                "$not takes operators, such as {\"$gt\": 5}, or a $regex; for a plain value write $ne")
        }
        try checkLevel(level, at: place)
        return try parseOperators(operators, on: path, at: place, level: level)
    }
}
