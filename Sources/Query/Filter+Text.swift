public import Base

extension Filter: CustomStringConvertible {
    /// The filter as JSON text in one spelling: parsed again it gives an equal filter.
    ///
    /// Conditions keep their order; the values of `$in` stand in ``ValueOrder``; dates are `{"$date": …}`.
    public var text: String { document.json }

    /// As ``text``.
    public var description: String { text }

    /// The filter as the object that ``text`` writes.
    ///
    /// Whether a form is possible is decided by names alone, before anything below is written: a form that is
    /// tried and given up at every level would take time exponential in the depth.
    public var document: Document {
        switch self {
        case .all: return Document()
        case .and(let filters): return Filter.merged(filters) ?? ["$and": Filter.list(filters)]
        case .or(let filters): return ["$or": Filter.list(filters)]
        case .nor(let filters): return ["$nor": Filter.list(filters)]
        case .field(let path, .equal(let value)): return [path.text: value.filterLiteral]
        case .field(let path, let predicate): return [path.text: .object(predicate.document)]
        case .not(let filter):
            if let path = solePath, let operators = operators(on: path) {
                return [path.text: .object(operators)]
            }
            return ["$nor": [.object(filter.document)]]
        }
    }

    /// The operators that say this under the field `path`, which all conditions are on; `nil` where one would
    /// come twice.
    func operators(on path: FieldPath) -> Document? {
        if case .and(let filters) = self { return Filter.operators(of: filters[...], on: path) }
        return Filter.operators(of: [self], on: path)
    }

    // MARK: - Private

    private static func list(_ filters: [Filter]) -> Value { .array(filters.map { .object($0.document) }) }

    /// Conditions beside each other in one document; `nil` where a key would come twice.
    private static func merged(_ filters: [Filter]) -> Document? {
        var parts: [(key: String, filters: ArraySlice<Filter>)] = []
        var keys: Set<FieldPath> = []
        var start = 0
        while start < filters.count {
            var end = start + 1
            let path = filters[start].solePath
            while path != nil, end < filters.count, filters[end].solePath == path { end += 1 }
            let part = filters[start..<end]
            guard let key = key(of: part, on: path), keys.insert(FieldPath(key)).inserted else { return nil }
            parts.append((key, part))
            start = end
        }
        var document = Document()
        for (key, part) in parts {
            if part.count == 1 {
                for member in part[part.startIndex].document.members {
                    document.append(member.key, member.value)
                }
            } else {
                document.append(key, .object(operators(of: part, on: FieldPath(key)) ?? Document()))
            }
        }
        return document
    }

    /// The key that `filters`, which are on one path if they are several, stand under.
    private static func key(of filters: ArraySlice<Filter>, on path: FieldPath?) -> String? {
        if let path, operatorNames(of: filters) != nil { return path.text }
        guard filters.count == 1, let filter = filters.first else { return nil }
        switch filter {
        case .or: return "$or"
        case .nor, .not: return "$nor"
        case .all, .and, .field: return nil
        }
    }

    /// The one path that all conditions are on; `nil` for none and several, and for `or` and `nor`.
    private var solePath: FieldPath? {
        switch self {
        case .field(let path, _): return path
        case .not(let filter): return filter.solePath
        case .and(let filters):
            guard let path = filters.first?.solePath else { return nil }
            return filters.dropFirst().allSatisfy { $0.solePath == path } ? path : nil
        case .all, .or, .nor: return nil
        }
    }

    private static func operators(of filters: ArraySlice<Filter>, on path: FieldPath) -> Document? {
        guard let names = operatorNames(of: filters) else { return nil }
        var operators = Document()
        for (filter, name) in zip(filters, names) {
            switch filter {
            case .field(_, let predicate):
                for (key, operand) in predicate.document.members { operators.append(key, operand) }
            case .not(.field(_, .exists)) where name == "$exists": operators.append(name, false)
            case .not(.field(_, let predicate)) where name != "$not":
                operators.append(name, predicate.operand)
            case .not(let negated): operators.append(name, .object(negated.operators(on: path) ?? Document()))
            case .all, .and, .or, .nor: break
            }
        }
        return operators
    }

    /// The name of each condition of one path, as an operator; `nil` where one would come twice, or is none.
    private static func operatorNames(of filters: ArraySlice<Filter>) -> [String]? {
        // First the names that can be no other: a negation may also be written with $not.
        var taken: Set<String> = []
        for filter in filters {
            guard case .field(_, let predicate) = filter else { continue }
            guard taken.insert(predicate.name).inserted else { return nil }
        }
        var names: [String] = []
        for filter in filters {
            switch filter {
            case .field(_, let predicate): names.append(predicate.name)
            case .not(let negated):
                if case .field(_, let predicate) = negated, let name = predicate.negatedName,
                    taken.insert(name).inserted
                {
                    names.append(name)
                } else if taken.insert("$not").inserted, negated.isOperators {
                    names.append("$not")
                } else {
                    return nil
                }
            case .all, .and, .or, .nor: return nil
            }
        }
        return names
    }

    private var isOperators: Bool {
        if case .and(let filters) = self { return Filter.operatorNames(of: filters[...]) != nil }
        return Filter.operatorNames(of: [self]) != nil
    }
}
