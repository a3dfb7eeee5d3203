import Base
import Catalog
import Columns
import Query

/// What a predicate asks of the scalar values at the end of a path. A value that satisfies any of it
/// satisfies the predicate; the values may be of any type.
struct ScalarQuestion {
    /// Conditions that columns answer.
    var predicates: [ColumnPredicate] = []
    /// Types whose every value satisfies the predicate.
    var types: PropertyTypes = []
    /// Conditions on integers alone: that floats satisfy them as well does not count.
    var integerPredicates: [ColumnPredicate] = []

    static let scalars: PropertyTypes = [
        .init(.integer), .init(.float), .init(.boolean), .init(.string), .init(.dateTime),
    ]
}

extension Predicate {
    /// What this asks of scalars; `nil` where only a look at each value decides.
    var scalarQuestion: ScalarQuestion? {
        switch self {
        case .equal(let value): return ScalarQuestion(predicates: value.literal.map { [.equal($0)] } ?? [])
        case .less(let value): return Predicate.range(value) { .less(than: $0) }
        case .greater(let value): return Predicate.range(value) { .greater(than: $0) }
        case .lessOrEqual(let value): return Predicate.range(value, orNaN: true) { .atMost($0) }
        case .greaterOrEqual(let value): return Predicate.range(value, orNaN: true) { .atLeast($0) }
        case .among(let list, let patterns):
            var question = ScalarQuestion()
            let literals = list.values.compactMap(\.literal)
            if !literals.isEmpty {
                question.predicates.append(literals.count == 1 ? .equal(literals[0]) : .in(literals))
            }
            if !patterns.isEmpty {
                question.predicates.append(.matching { text in patterns.contains { $0.matches(text) } })
            }
            return question
        case .isA(_, let members):
            let literals = members.values.compactMap(\.literal)
            return ScalarQuestion(predicates: literals.isEmpty ? [] : [.in(literals)])
        case .counts: return accepts(nil) ? ScalarQuestion(types: ScalarQuestion.scalars) : ScalarQuestion()
        case .exists: return ScalarQuestion(types: ScalarQuestion.scalars)
        case .type(let types): return Predicate.question(having: types)
        case .matches(let pattern): return ScalarQuestion(predicates: [.matching { pattern.matches($0) }])
        case .modulo(let divisor, let remainder):
            return ScalarQuestion(predicates: [.modulo(divisor: divisor, remainder: remainder)])
        case .size, .elementMatchesValue, .elementMatchesDocument: return ScalarQuestion()
        case .all: return nil
        }
    }

    /// Whether a candidate that is an array, an object or null, or no candidate at all, satisfies this; `nil`
    /// where it depends on which array or object.
    func accepts(_ candidate: PathColumn.Candidate) -> Bool? {
        switch candidate {
        case .missing: return Filter.field(FieldPath("x"), self).matches([:])
        case .null: return Filter.field(FieldPath("x"), self).matches(["x": .null])
        case .array, .object:
            switch self {
            case .exists: return true
            case .type(let types): return types.contains(candidate == .array ? .array : .object)
            case .matches, .modulo, .isA: return false
            case .equal(let value), .less(let value), .lessOrEqual(let value), .greater(let value),
                .greaterOrEqual(let value):
                return value.isNested ? nil : false
            case .among(let list, _): return list.values.contains(where: \.isNested) ? nil : false
            case .size, .counts, .elementMatchesValue, .elementMatchesDocument, .all: return nil
            }
        }
    }

    // MARK: - Private

    private static func range(
        _ value: Value, orNaN: Bool = false, _ make: (ColumnValue) -> ColumnPredicate
    ) -> ScalarQuestion {
        guard let literal = value.literal else { return ScalarQuestion() }
        // NaN is in no range, yet `$lte` and `$gte` of NaN find NaN.
        if case .float(let number) = value, number.isNaN {
            return ScalarQuestion(predicates: orNaN ? [.equal(literal)] : [])
        }
        return ScalarQuestion(predicates: [make(literal)])
    }

    private static func question(having types: ValueTypes) -> ScalarQuestion {
        var question = ScalarQuestion()
        if types.contains(.boolean) { question.types.insert(.init(.boolean)) }
        if types.contains(.double) { question.types.insert(.init(.float)) }
        if types.contains(.string) { question.types.insert(.init(.string)) }
        if types.contains(.date) { question.types.insert(.init(.dateTime)) }
        // An integer is an `int` where 32 bits hold it, else a `long`.
        let (least, greatest) = (ColumnValue.integer(Int64(Int32.min)), ColumnValue.integer(Int64(Int32.max)))
        switch (types.contains(.int), types.contains(.long)) {
        case (true, true): question.types.insert(.init(.integer))
        case (true, false):
            question.integerPredicates = [.range(lower: .including(least), upper: .including(greatest))]
        case (false, true): question.integerPredicates = [.less(than: least), .greater(than: greatest)]
        case (false, false): break
        }
        return question
    }
}

extension Value {
    /// This value as a literal for columns; `nil` for null, arrays and objects, which no column holds.
    fileprivate var literal: ColumnValue? {
        switch self {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .float(let number): .float(number)
        case .string(let text): .string(text)
        case .dateTime(let time): .dateTime(time.microseconds)
        case .null, .array, .object: nil
        }
    }

    fileprivate var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}

extension ColumnValue {
    /// The value as every face shows it. A date-time's zone is not in the column: UTC is shown.
    var value: Value {
        switch self {
        case .boolean(let flag): .boolean(flag)
        case .integer(let number): .integer(number)
        case .float(let number): .float(number)
        case .string(let text): .string(text)
        case .dateTime(let microseconds): .dateTime(DateTime(microseconds: microseconds))
        }
    }
}
