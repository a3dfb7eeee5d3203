public import Base

extension Predicate {
    /// Whether `subject` satisfies this at `path`.
    func holds(at path: FieldPath, in subject: Subject) -> Bool {
        if case .all(let predicates) = self {
            return !predicates.isEmpty && predicates.allSatisfy { $0.holds(at: path, in: subject) }
        }
        return path.leads(in: subject, opening: !takesWholeArrays) { accepts($0) }
    }

    /// Whether one candidate satisfies this; `nil` is a missing value.
    ///
    /// Of a field that holds one scalar this is all there is to decide. An array is several candidates: its
    /// elements, and itself (see ``takesWholeArrays``).
    public func accepts(_ candidate: Value?) -> Bool {
        guard let candidate else {
            switch self {
            case .equal(let value), .lessOrEqual(let value), .greaterOrEqual(let value): return value.isNull
            case .among(let list, _): return list.containsNull
            case .counts(_, let filter): return filter.accepts(count: 0)
            default: return false
            }
        }
        switch self {
        case .equal(let value): return ValueOrder.equal(candidate, value)
        case .less(let value): return Predicate.order(candidate, value).map { $0 < 0 } ?? false
        case .lessOrEqual(let value):
            return Predicate.order(candidate, value, orNaN: true).map { $0 <= 0 } ?? false
        case .greater(let value): return Predicate.order(candidate, value).map { $0 > 0 } ?? false
        case .greaterOrEqual(let value):
            return Predicate.order(candidate, value, orNaN: true).map { $0 >= 0 } ?? false
        case .among(let list, let patterns):
            if list.contains(candidate) { return true }
            guard !patterns.isEmpty, case .string(let text) = candidate else { return false }
            return patterns.contains { $0.matches(text) }
        case .exists: return true
        case .type(let types): return types.contains(ValueTypes(of: candidate))
        case .matches(let pattern):
            guard case .string(let text) = candidate else { return false }
            return pattern.matches(text)
        case .modulo(let divisor, let remainder):
            guard let whole = Predicate.whole(candidate) else { return false }
            return whole.remainderReportingOverflow(dividingBy: divisor).partialValue == remainder
        case .size(let count):
            guard case .array(let elements) = candidate else { return false }
            return elements.count == count
        case .isA(_, let members): return members.contains(candidate)
        case .counts(let predicate, let filter):
            let elements = candidate.arrayValue ?? []
            let count =
                predicate.map { predicate in elements.count { predicate.accepts(.array([$0])) } }
                ?? elements.count
            return filter.accepts(count: count)
        case .all(let predicates):
            return !predicates.isEmpty && predicates.allSatisfy { $0.accepts(candidate) }
        case .elementMatchesValue(let filter):
            guard case .array(let elements) = candidate else { return false }
            return elements.contains { filter.matches(.element($0)) }
        case .elementMatchesDocument(let filter):
            guard case .array(let elements) = candidate else { return false }
            return elements.contains { element in
                switch element {
                case .object(let document): filter.matches(.document(document))
                case .array(let inner): filter.matches(.places(inner))
                default: false
                }
            }
        }
    }

    // MARK: - Private

    /// The order of two values of one type; `nil` for two types, and where only one of two numbers is NaN:
    /// that is the lesser in a sort, but no query for a range finds it (jira.mongodb.com SERVER-18350).
    private static func order(_ candidate: Value, _ value: Value, orNaN: Bool = false) -> Int? {
        switch (candidate, value) {
        case (.float(let number), .float(let other)) where number.isNaN || other.isNaN:
            return orNaN && number.isNaN && other.isNaN ? 0 : nil
        case (.float(let number), .integer) where number.isNaN: return nil
        case (.integer, .float(let number)) where number.isNaN: return nil
        default:
            guard ValueOrder.rank(candidate) == ValueOrder.rank(value) else { return nil }
            return ValueOrder.compare(candidate, value)
        }
    }

    /// The whole part of a number, cut towards zero; `nil` where 64 bits do not hold it.
    private static func whole(_ value: Value) -> Int64? {
        switch value {
        case .integer(let number): number
        case .float(let number): Int64(exactly: number.rounded(.towardZero))
        default: nil
        }
    }
}
