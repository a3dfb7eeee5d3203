import Base

/// The reader behind ``Filter/parse(_:limits:)-(Value,_)``: documents of conditions, and the logic between
/// them.
///
/// `level` counts the conditions that enclose one another in the filter that results, so that its text,
/// parsed again, keeps within the same limit.
struct FilterParser {
    let limits: FilterLimits
    private var conditionCount = 0

    init(limits: FilterLimits) { self.limits = limits }

    /// A document of conditions, all of which must hold.
    mutating func parse(_ document: Document, at place: Place, level: Int) throws(FilterError) -> Filter {
        let conditions = document.members.filter { $0.key != "$comment" }
        let isList = conditions.count > 1
        let level = isList ? level + 1 : level
        try checkLevel(level, at: place)
        var filters: [Filter] = []
        for (key, value) in conditions {
            let place = place.key(key)
            if Operators.isName(key) {
                filters.append(try parseLogic(key, value, at: place, level: level))
            } else {
                filters.append(try parseField(key, value, at: place, level: level, inList: isList))
            }
        }
        return .each(filters)
    }

    /// One more condition.
    mutating func countCondition(at place: Place) throws(FilterError) {
        conditionCount += 1
        guard conditionCount <= limits.conditionCount else {
            throw place.error(
                .limitExceeded, "more than \(limits.conditionCount) conditions; use $in for long lists")
        }
    }

    func checkLevel(_ level: Int, at place: Place) throws(FilterError) {
        guard level <= limits.depth else {
            throw place.error(.limitExceeded, "conditions are nested deeper than \(limits.depth) levels")
        }
    }

    func checkCount(_ elements: [Value], of name: String, at place: Place) throws(FilterError) {
        guard elements.count <= limits.listCount else {
            throw place.error(
                .limitExceeded, "\(name) has \(elements.count) elements, the limit is \(limits.listCount)")
        }
    }

    // MARK: - Private

    private mutating func parseLogic(
        _ name: String, _ operand: Value, at place: Place, level: Int
    ) throws(FilterError) -> Filter {
        guard name == "$and" || name == "$or" || name == "$nor" else {
            throw Operators.unknownBesideFields(name, at: place)
        }
        guard case .array(let elements) = operand, !elements.isEmpty else {
            throw place.invalid(
                "\(name) takes a list of filters that is not empty, this is "
                    + (operand == .array([]) ? "empty" : operand.kindWithArticle))
        }
        try checkCount(elements, of: name, at: place)
        var filters: [Filter] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let document) = element else {
                throw place.index(index).invalid("\(name) takes filters, this is \(element.kindWithArticle)")
            }
            filters.append(try parse(document, at: place.index(index), level: level + 1))
        }
        return switch name {
        case "$and": .each(filters)
        case "$or": .any(filters)
        default: .none(filters)
        }
    }

    private mutating func parseField(
        _ key: String, _ operand: Value, at place: Place, level: Int, inList: Bool
    ) throws(FilterError) -> Filter {
        guard key.utf8.count <= limits.pathByteCount else {
            throw place.error(
                .limitExceeded, "a path of \(key.utf8.count) bytes, the limit is \(limits.pathByteCount)")
        }
        let path = FieldPath(key)
        if let operators = operand.operators {
            return try parseOperators(operators, on: path, at: place, level: level, inList: inList)
        }
        try countCondition(at: place)
        return .field(path, .equal(try parseLiteral(operand, at: place)))
    }
}
