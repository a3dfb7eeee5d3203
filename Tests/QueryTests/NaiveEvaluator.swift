import Base

/// Decides a filter on a document as plainly as it can be written down, from the filter's JSON and without
/// sharing a line with the product: it makes the list of candidates first, as copies, and then looks at each.
enum NaiveEvaluator {
    /// What a path may lead to.
    enum Candidate {
        case missing
        case value(Value)
    }

    /// Patterns that the generator may use, with what they mean in plain Swift.
    static let patterns: [(source: String, options: String, holds: @Sendable (String) -> Bool)] = [
        ("^a", "", { $0.hasPrefix("a") }), ("b$", "", { $0.hasSuffix("b") }),
        ("A", "i", { $0.lowercased().contains("a") }),
        (".", "", { !$0.isEmpty }), ("", "", { _ in true }), ("^ab?$", "", { $0 == "a" || $0 == "ab" }),
        ("x y", "x", { $0.contains("xy") }),
    ]

    static func matches(_ filter: Document, _ document: Value) -> Bool {
        filter.members.allSatisfy { key, operand in
            switch key {
            case "$comment": true
            case "$and": filters(operand).allSatisfy { matches($0, document) }
            case "$or": filters(operand).contains { matches($0, document) }
            case "$nor": !filters(operand).contains { matches($0, document) }
            default:
                field(
                    key.split(separator: ".", omittingEmptySubsequences: false).map(String.init), operand,
                    document)
            }
        }
    }

    // MARK: - Fields

    private static func filters(_ operand: Value) -> [Document] {
        (operand.arrayValue ?? []).compactMap(\.objectValue)
    }

    private static func field(_ path: [String], _ operand: Value, _ document: Value) -> Bool {
        let open = candidates(path, document, opensLast: true)
        let whole = candidates(path, document, opensLast: false)
        guard let operators = operatorDocument(operand) else { return equal(open, literal(operand)) }
        return all(operators, open, whole)
    }

    /// All operators of a document; `open` are the candidates with arrays opened, `whole` those without.
    private static func all(_ operators: Document, _ open: [Candidate], _ whole: [Candidate]) -> Bool {
        operators.members.allSatisfy { name, operand in
            switch name {
            case "$eq": equal(open, literal(operand))
            case "$ne": !equal(open, literal(operand))
            case "$gt", "$gte", "$lt", "$lte": open.contains { compare($0, name, literal(operand)) }
            case "$in": isIn(open, operand)
            case "$nin": !isIn(open, operand)
            case "$exists": open.contains { if case .value = $0 { true } else { false } } == truth(operand)
            case "$type": open.contains { hasType($0, operand) }
            case "$regex": open.contains { isMatch($0, operators) }
            case "$options", "$comment": true
            case "$mod": open.contains { modulo($0, operand) }
            case "$not": !all(operand.objectValue ?? Document(), open, whole)
            case "$size": whole.contains { array($0)?.count == Int(operand.floatValue ?? -1) }
            case "$all": isAll(operand.arrayValue ?? [], open, whole)
            case "$elemMatch":
                whole.contains { elementMatches(array($0) ?? [], operand.objectValue ?? Document()) }
            default: fatalError("the generator made an operator that the evaluator does not know: \(name)")
            }
        }
    }

    private static func isAll(_ items: [Value], _ open: [Candidate], _ whole: [Candidate]) -> Bool {
        if items.isEmpty { return false }
        return items.allSatisfy { item in
            if let query = item.objectValue?["$elemMatch"]?.objectValue {
                return whole.contains { elementMatches(array($0) ?? [], query) }
            }
            return isIn(open, [item])
        }
    }

    private static func elementMatches(_ elements: [Value], _ query: Document) -> Bool {
        let first = query.keys.first { $0 != "$comment" } ?? ""
        if first.hasPrefix("$"), !["$and", "$or", "$nor", "$where"].contains(first) {
            return elements.contains { all(query, [.value($0)], [.value($0)]) }
        }
        return elements.contains { element in
            switch element {
            case .object, .array: matches(query, element)
            default: false
            }
        }
    }

    // MARK: - Candidates

    static func candidates(_ path: [String], _ start: Value, opensLast: Bool) -> [Candidate] {
        let name = path[0]
        let rest = Array(path.dropFirst())
        var found: Value?
        switch start {
        case .object(let document):
            found = document.members.first { Array($0.key.utf8) == Array(name.utf8) }?.value
        case .array(let elements): found = isPlace(name).flatMap { $0 < elements.count ? elements[$0] : nil }
        default: return [.missing]
        }
        guard let found else { return [.missing] }
        if rest.isEmpty {
            guard opensLast, case .array(let elements) = found else { return [.value(found)] }
            return elements.map { .value($0) } + [.value(found)]
        }
        switch found {
        case .object: return candidates(rest, found, opensLast: opensLast)
        case .array(let elements): return through(elements, rest, opensLast)
        default: return [.missing]
        }
    }

    private static func through(_ elements: [Value], _ path: [String], _ opensLast: Bool) -> [Candidate] {
        var list: [Candidate] = []
        for (index, element) in elements.enumerated() {
            var isObject = false
            if case .object = element { isObject = true }
            if isObject { list += candidates(path, element, opensLast: opensLast) }
            if isPlace(path[0]) == index {
                let rest = Array(path.dropFirst())
                if rest.isEmpty {
                    list.append(.value(element))
                } else if isObject {
                    list += candidates(rest, element, opensLast: opensLast)
                } else if case .array(let inner) = element {
                    list += through(inner, rest, opensLast)
                }
            }
        }
        return list
    }

    private static func isPlace(_ name: String) -> Int? {
        guard let number = Int(name), String(number) == name, number >= 0 else { return nil }
        return number
    }

    // MARK: - Predicates

    private static func operatorDocument(_ operand: Value) -> Document? {
        guard let document = operand.objectValue, let first = document.keys.first, first.hasPrefix("$"),
            !["$date", "$numberDouble"].contains(first)
        else { return nil }
        return document
    }

    static func literal(_ value: Value) -> Value {
        switch value {
        case .array(let elements): return .array(elements.map(literal))
        case .object(let document):
            if let text = document["$date"]?.stringValue, let time = DateTime(iso8601: text) {
                return .dateTime(time)
            }
            if document["$numberDouble"] == "NaN" { return .float(.nan) }
            return .object(Document(document.members.map { ($0.key, literal($0.value)) }))
        default: return value
        }
    }

    private static func equal(_ candidates: [Candidate], _ value: Value) -> Bool {
        candidates.contains { candidate in
            switch candidate {
            case .missing: value == .null
            case .value(let found): order(found, value) == 0
            }
        }
    }

    private static func isIn(_ candidates: [Candidate], _ operand: Value) -> Bool {
        (operand.arrayValue ?? []).contains { item in
            if let pattern = item.objectValue, pattern["$regex"] != nil {
                return candidates.contains { isMatch($0, pattern) }
            }
            return equal(candidates, literal(item))
        }
    }

    private static func compare(_ candidate: Candidate, _ name: String, _ value: Value) -> Bool {
        if value == .null { return (name == "$gte" || name == "$lte") && equal([candidate], .null) }
        guard case .value(let found) = candidate, rank(found) == rank(value) else { return false }
        let isNaN = (found.floatValue?.isNaN ?? false, value.floatValue?.isNaN ?? false)
        if isNaN.0 || isNaN.1 { return isNaN.0 && isNaN.1 && (name == "$gte" || name == "$lte") }
        let order = order(found, value)
        return name == "$gt"
            ? order > 0 : name == "$gte" ? order >= 0 : name == "$lt" ? order < 0 : order <= 0
    }

    private static func truth(_ operand: Value) -> Bool { operand == true || (operand.floatValue ?? 0) != 0 }

    private static func hasType(_ candidate: Candidate, _ operand: Value) -> Bool {
        guard case .value(let found) = candidate else { return false }
        let names: [Value]
        switch found {
        case .float: names = ["double", 1, "number"]
        case .string: names = ["string", 2]
        case .object: names = ["object", 3]
        case .array: names = ["array", 4]
        case .boolean: names = ["bool", 8]
        case .dateTime: names = ["date", 9]
        case .null: names = ["null", 10]
        case .integer(let number):
            names =
                (-0x8000_0000...0x7FFF_FFFF).contains(number)
                ? ["int", 16, "number"] : ["long", 18, "number"]
        }
        return (operand.arrayValue ?? [operand]).contains { names.contains($0) }
    }

    private static func isMatch(_ candidate: Candidate, _ operators: Document) -> Bool {
        guard case .value(.string(let text)) = candidate else { return false }
        let known = patterns.first {
            operators["$regex"] == .string($0.source) && (operators["$options"] ?? "") == .string($0.options)
        }
        return known?.holds(text) ?? false
    }

    private static func modulo(_ candidate: Candidate, _ operand: Value) -> Bool {
        guard case .value(let found) = candidate, let pair = operand.arrayValue,
            let divisor = pair[0].floatValue,
            let remainder = pair[1].floatValue
        else { return false }
        switch found {
        case .integer(let number): return number % Int64(divisor) == Int64(remainder)
        case .float(let number):
            guard number.isFinite, abs(number) < 0x1p63 else { return false }
            return Int64(number) % Int64(divisor) == Int64(remainder)
        default: return false
        }
    }

    private static func array(_ candidate: Candidate) -> [Value]? {
        if case .value(.array(let elements)) = candidate { elements } else { nil }
    }

    // MARK: - Order

    static func rank(_ value: Value) -> Int {
        switch value {
        case .null: 1
        case .integer, .float: 2
        case .string: 3
        case .object: 4
        case .array: 5
        case .boolean: 6
        case .dateTime: 7
        }
    }

    /// -1, 0 or 1.
    static func order(_ left: Value, _ right: Value) -> Int {
        if rank(left) != rank(right) { return rank(left) < rank(right) ? -1 : 1 }
        switch (left, right) {
        case (.string(let text), .string(let other)):
            let (bytes, others) = (Array(text.utf8), Array(other.utf8))
            return bytes == others ? 0 : bytes.lexicographicallyPrecedes(others) ? -1 : 1
        case (.boolean(let flag), .boolean(let other)): return flag == other ? 0 : other ? -1 : 1
        case (.dateTime(let time), .dateTime(let other)): return sign(time.microseconds, other.microseconds)
        case (.array(let elements), .array(let others)):
            for (element, other) in zip(elements, others) where order(element, other) != 0 {
                return order(element, other)
            }
            return sign(elements.count, others.count)
        case (.object(let document), .object(let other)):
            for (member, otherMember) in zip(document.members, other.members) {
                for decided in [
                    sign(rank(member.value), rank(otherMember.value)),
                    order(.string(member.key), .string(otherMember.key)),
                    order(member.value, otherMember.value),
                ] where decided != 0 { return decided }
            }
            return sign(document.count, other.count)
        case (.null, .null): return 0
        default: return numbers(left, right)
        }
    }

    private static func sign<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left == right ? 0 : left < right ? -1 : 1
    }

    /// By 128-bit integers where both are whole, so that nothing is rounded.
    private static func numbers(_ left: Value, _ right: Value) -> Int {
        func whole(_ value: Value) -> Int128? {
            if case .integer(let number) = value { return Int128(number) }
            guard let number = value.floatValue, abs(number) < 0x1p100 else { return nil }
            return Int128(exactly: number)
        }
        if let one = whole(left), let other = whole(right) { return sign(one, other) }
        // One is NaN, beyond 64 bits, or has a fraction and so less than 2^53: rounding the other to a float
        // does no harm.
        let (one, other) = (left.floatValue ?? .nan, right.floatValue ?? .nan)
        if one.isNaN || other.isNaN { return one.isNaN && other.isNaN ? 0 : one.isNaN ? -1 : 1 }
        return sign(one, other)
    }
}
