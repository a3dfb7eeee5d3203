import Base
import TestSupport

/// Random documents and filters over a vocabulary so small that they often meet.
struct FilterGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func document() -> Document {
        var members: [(String, Value)] = []
        for key in ["a", "b", "c", "0"] where random.chance(0.75) { members.append((key, value(depth: 3))) }
        return Document(members)
    }

    mutating func value(depth: Int) -> Value {
        guard depth > 0, random.chance(0.5) else { return scalar() }
        let count = random.pick([0, 1, 1, 2, 2, 3])
        if random.chance(0.6) { return .array((0..<count).map { _ in value(depth: depth - 1) }) }
        return .object(
            Document(
                (0..<count).map { _ in (random.pick(["a", "b", "c", "0", "1", ""]), value(depth: depth - 1)) }
            ))
    }

    mutating func scalar() -> Value {
        random.pick([
            .null, true, false, 0, 1, 1, 1.0, 2, -1, 0.5, -3, 5, .float(.nan), 3_000_000_000,
            .integer(1 << 53), .integer(1 << 53 + 1),
            .float(0x1p53), .integer(.max), .float(0x1p63), .float(1e300), "", "a", "b", "ab", "A", "xy", "é",
            .dateTime(DateTime(microseconds: 0)), .dateTime(DateTime(microseconds: 0, zone: .local)),
            .dateTime(DateTime(microseconds: 86_400_000_000)),
        ])
    }

    /// A document of conditions.
    mutating func filter(depth: Int) -> Document {
        let count = random.pick([1, 1, 1, 1, 2, 2, 0])
        return Document((0..<count).map { _ in condition(depth: depth) })
    }

    // MARK: - Private

    private mutating func condition(depth: Int) -> (String, Value) {
        if depth > 0, random.chance(0.25) {
            let count = Int.random(in: 1...3, using: &random)
            return (
                random.pick(["$and", "$or", "$nor"]),
                .array((0..<count).map { _ in .object(filter(depth: depth - 1)) })
            )
        }
        if random.chance(0.02) { return ("$comment", "why") }
        if random.chance(0.3) { return (path(), literal(value(depth: 2))) }
        return (path(), .object(operators(depth: depth)))
    }

    private mutating func path() -> String {
        random.pick([
            "a", "a", "b", "c", "0", "a.b", "a.b", "a.a", "b.c", "a.0", "a.1", "a.0.a", "a.b.0", "a.0.0",
            "a.1.b", "b.a.b", "a.", "zz", "a.zz",
            "a.01", "c.1.0.a",
        ])
    }

    private mutating func operators(depth: Int) -> Document {
        var operators = Document()
        for _ in 0..<random.pick([1, 1, 1, 2, 3]) {
            let name = random.pick([
                "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$type", "$regex",
                "$mod", "$not", "$size", "$all",
                "$elemMatch", "$elemMatch",
            ])
            guard operators[name] == nil, depth > 0 || (name != "$not" && name != "$elemMatch") else {
                continue
            }
            if name == "$regex" {
                let pattern = random.pick(NaiveEvaluator.patterns)
                operators["$regex"] = .string(pattern.source)
                if !pattern.options.isEmpty { operators["$options"] = .string(pattern.options) }
            } else {
                operators[name] = operand(of: name, depth: depth)
            }
        }
        return operators.isEmpty ? ["$exists": true] : operators
    }

    private mutating func operand(of name: String, depth: Int) -> Value {
        switch name {
        case "$in", "$nin": return .array((0..<random.pick([0, 1, 2, 3, 6])).map { _ in listItem() })
        case "$all":
            if depth > 0, random.chance(0.3) {
                return .array(
                    (0..<random.pick([1, 2])).map { _ in ["$elemMatch": elementMatch(depth: depth - 1)] })
            }
            return .array((0..<random.pick([0, 1, 2])).map { _ in listItem() })
        case "$exists": return random.pick([true, false, 1, 0, 2.5])
        case "$type":
            let types: [Value] = [
                "double", "string", "object", "array", "bool", "date", "null", "int", "long", "number", 1, 2,
                3, 4, 8, 9, 10, 16, 18,
            ]
            return random.chance(0.7) ? random.pick(types) : [random.pick(types), random.pick(types)]
        case "$mod": return [random.pick([1, 2, 4, -2, 2.5]), random.pick([0, 1, -1, 0.5])]
        case "$not": return .object(operators(depth: depth - 1))
        case "$size": return random.pick([0, 1, 2, 3, 2.0])
        case "$elemMatch": return elementMatch(depth: depth - 1)
        default: return literal(value(depth: 2))
        }
    }

    private mutating func elementMatch(depth: Int) -> Value {
        random.chance(0.5) ? .object(operators(depth: depth)) : .object(filter(depth: depth))
    }

    private mutating func listItem() -> Value {
        guard random.chance(0.2) else { return literal(value(depth: 2)) }
        let pattern = random.pick(NaiveEvaluator.patterns)
        return pattern.options.isEmpty
            ? ["$regex": .string(pattern.source)]
            : ["$regex": .string(pattern.source), "$options": .string(pattern.options)]
    }

    /// As JSON has it: dates and NaN in the spelling of a filter.
    private func literal(_ value: Value) -> Value {
        switch value {
        case .dateTime(let time): ["$date": .string(time.iso8601)]
        case .float(let number) where number.isNaN: ["$numberDouble": "NaN"]
        case .array(let elements): .array(elements.map(literal))
        case .object(let document): .object(Document(document.members.map { ($0.key, literal($0.value)) }))
        default: value
        }
    }
}
