import Base

/// The operators that MongoDB does not have: what labels need.
extension FilterParser {
    /// The classes of `$isa`: a name, or a list of some.
    func parseClasses(_ operand: Value, at place: Place) throws(FilterError) -> Predicate {
        let elements: [Value]
        switch operand {
        case .string: elements = [operand]
        case .array(let list) where !list.isEmpty: elements = list
        default:
            throw place.invalid(
                "$isa takes the name of a label class, or a list of some, this is "
                    + (operand == .array([]) ? "empty" : operand.kindWithArticle))
        }
        try checkCount(elements, of: "$isa", at: place)
        var names: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let name) = element else {
                throw place.index(index).invalid(
                    "$isa takes names of label classes, this is \(element.kindWithArticle)")
            }
            names.append(name)
        }
        return .isA(names, members: ValueList(names.map { .string($0) }))
    }

    /// The conditions of `$count`: which elements with `$elemMatch`, and how many with the other operators.
    mutating func parseCount(
        _ operand: Value, at place: Place, level: Int
    ) throws(FilterError) -> Predicate {
        try countCondition(at: place)
        try checkLevel(level, at: place)
        guard case .object(var document) = operand else {
            throw place.invalid(
                "$count takes an object such as {\"$elemMatch\": {…}, \"$gte\": 2}, this is \(operand.kindWithArticle)"
            )
        }
        var predicate: Predicate?
        if let elements = document["$elemMatch"] {
            predicate = try parseElementMatch(elements, at: place.key("$elemMatch"), level: level + 1)
            document["$elemMatch"] = nil
        }
        guard document.members.contains(where: { $0.key != "$comment" }) else {
            throw place.invalid("$count needs a number to compare with, such as \"$gte\": 2")
        }
        return .counts(
            of: predicate, try parseOperators(document, on: .element, at: place, level: level + 1))
    }
}

extension Filter {
    /// The filter with the members of each `$isa` that it asks for.
    /// - Parameter members: gives, for the dotted path that an `$isa` stands under and the classes that it
    ///   names, what labels may say that belong to them. Within an `$elemMatch` the path is the array's and
    ///   the element's: `labels.class`.
    public func resolvingClasses(
        _ members: (_ path: FieldPath, _ names: [String]) throws -> ValueList
    ) rethrows -> Filter {
        guard namesClasses else { return self }
        return try resolvingClasses("", members)
    }

    /// Whether a number satisfies the comparisons of a `$count`.
    public func accepts(count: Int) -> Bool { matches(.element(.integer(Int64(count)))) }

    /// Whether there is an `$isa` anywhere.
    public var namesClasses: Bool {
        switch self {
        case .all: false
        case .and(let filters), .or(let filters), .nor(let filters): filters.contains(where: \.namesClasses)
        case .not(let filter): filter.namesClasses
        case .field(_, let predicate): predicate.namesClasses
        }
    }

    fileprivate func resolvingClasses(
        _ prefix: String, _ members: (FieldPath, [String]) throws -> ValueList
    ) rethrows -> Filter {
        func each(_ filters: [Filter]) throws -> [Filter] {
            try filters.map { try $0.resolvingClasses(prefix, members) }
        }
        switch self {
        case .all: return self
        case .and(let filters): return .and(try each(filters))
        case .or(let filters): return .or(try each(filters))
        case .nor(let filters): return .nor(try each(filters))
        case .not(let filter): return .not(try filter.resolvingClasses(prefix, members))
        case .field(let path, let predicate):
            let whole = path.text.isEmpty || prefix.isEmpty ? prefix + path.text : "\(prefix).\(path.text)"
            return .field(path, try predicate.resolvingClasses(whole, members))
        }
    }
}

extension Predicate {
    /// Whether there is an `$isa` anywhere.
    var namesClasses: Bool {
        switch self {
        case .isA: true
        case .all(let predicates): predicates.contains(where: \.namesClasses)
        case .counts(let predicate, let filter): predicate?.namesClasses ?? false || filter.namesClasses
        case .elementMatchesValue(let filter), .elementMatchesDocument(let filter): filter.namesClasses
        default: false
        }
    }

    fileprivate func resolvingClasses(
        _ path: String, _ members: (FieldPath, [String]) throws -> ValueList
    ) rethrows -> Predicate {
        switch self {
        case .isA(let names, _): .isA(names, members: try members(FieldPath(path), names))
        case .all(let predicates): .all(try predicates.map { try $0.resolvingClasses(path, members) })
        case .counts(let predicate, let filter):
            .counts(
                of: try predicate.map { try $0.resolvingClasses(path, members) },
                try filter.resolvingClasses(path, members))
        case .elementMatchesValue(let filter):
            .elementMatchesValue(try filter.resolvingClasses(path, members))
        case .elementMatchesDocument(let filter):
            .elementMatchesDocument(try filter.resolvingClasses(path, members))
        default: self
        }
    }
}
