import Base

extension Predicate {
    /// The operator's name.
    var name: String {
        switch self {
        case .equal: "$eq"
        case .less: "$lt"
        case .lessOrEqual: "$lte"
        case .greater: "$gt"
        case .greaterOrEqual: "$gte"
        case .among: "$in"
        case .exists: "$exists"
        case .type: "$type"
        case .matches: "$regex"
        case .modulo: "$mod"
        case .size: "$size"
        case .isA: "$isa"
        case .counts: "$count"
        case .all: "$all"
        case .elementMatchesValue, .elementMatchesDocument: "$elemMatch"
        }
    }

    /// The name of the negation, where it has one of its own.
    var negatedName: String? {
        switch self {
        case .equal: "$ne"
        case .among: "$nin"
        case .exists: "$exists"
        default: nil
        }
    }

    /// The operator's operand; of a pattern that without its options.
    var operand: Value {
        switch self {
        case .equal(let value), .less(let value), .lessOrEqual(let value), .greater(let value),
            .greaterOrEqual(let value):
            value.filterLiteral
        case .among(let list, let patterns):
            .array(
                list.values.map(\.filterLiteral) + patterns.map { .object(Predicate.matches($0).document) })
        case .exists: true
        case .type(let types): types.operand
        case .matches(let pattern): .string(pattern.source)
        case .modulo(let divisor, let remainder): [.integer(divisor), .integer(remainder)]
        case .size(let count): .integer(Int64(count))
        case .isA(let names, _): names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) })
        case .counts(let predicate, let filter):
            .object(
                Document(
                    (predicate?.document.members ?? []).map { ($0.key, $0.value) }
                        + (filter.operators(on: .element) ?? Document()).members.map { ($0.key, $0.value) }))
        case .all(let predicates): .array(predicates.map(\.elementOfAll))
        case .elementMatchesValue(let filter): .object(filter.operators(on: .element) ?? Document())
        case .elementMatchesDocument(let filter): .object(filter.document)
        }
    }

    /// The operator with its operand, and a pattern's options beside it.
    var document: Document {
        var document: Document = [name: operand]
        if case .matches(let pattern) = self, !pattern.options.isEmpty {
            document.append("$options", .string(pattern.options.letters))
        }
        return document
    }

    private var elementOfAll: Value {
        if case .equal(let value) = self { value.filterLiteral } else { .object(document) }
    }
}

extension ValueTypes {
    fileprivate var operand: Value {
        let aliases = aliases.map { Value.string($0) }
        return aliases.count == 1 ? aliases[0] : .array(aliases)
    }
}

extension Value {
    /// The value as a filter's text spells it: ``LiteralParser`` reads it back.
    var filterLiteral: Value {
        switch self {
        case .null, .boolean, .integer, .string: self
        case .float(let number):
            number.isFinite
                ? self
                : ["$numberDouble": .string(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")]
        case .dateTime(let time): ["$date": .string(time.iso8601)]
        case .array(let elements): .array(elements.map(\.filterLiteral))
        case .object(let document):
            .object(Document(document.members.map { ($0.key, $0.value.filterLiteral) }))
        }
    }
}
