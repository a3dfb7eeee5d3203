import Base
import Catalog
import Columns
import Query

/// What an `$elemMatch` or a `$count` on `labels` asks of one label, as far as postings know it: its kind,
/// its class, and how sure its source is.
struct LabelCondition {
    /// `nil` for every kind.
    private(set) var kinds: [LabelKind]?
    /// The classes that the label may have; `nil` for any, and for none.
    private(set) var names: [String]?
    private(set) var lower, upper: ColumnBound?
    /// Whether that is all that is asked, so that postings alone decide.
    private(set) var isExact = true
    /// How many such labels an entity is to have; at least one where `nil`.
    private(set) var count: Filter?

    /// `nil` where `predicate` is of another form, or `path` is not `labels`.
    init?(_ path: FieldPath, _ predicate: Predicate) {
        guard path.components.count == 1, SystemField(path) == .labels else { return nil }
        switch predicate {
        case .elementMatchesDocument(let filter): take(filter)
        case .counts(let elements, let filter):
            count = filter
            switch elements {
            case .elementMatchesDocument(let filter)?: take(filter)
            case nil: break
            default: return nil
            }
        default: return nil
        }
        // Labels without a class are in no posting.
        if names == nil { isExact = false }
    }

    /// Whether entities are asked for that have no such label.
    var acceptsNone: Bool { accepts(0) }

    /// Whether so many such labels are asked for.
    func accepts(_ number: Int) -> Bool { count.map { $0.accepts(count: number) } ?? (number > 0) }

    // MARK: - Private

    private mutating func take(_ filter: Filter) {
        switch filter {
        case .all: break
        case .and(let parts): for part in parts { take(part) }
        case .field(let path, let predicate) where path.components.count == 1:
            switch path.root {
            case "kind": take(kinds: predicate)
            case "class": take(classes: predicate)
            case "confidence": take(confidence: predicate)
            default: isExact = false
            }
        default: isExact = false
        }
    }

    private mutating func take(kinds predicate: Predicate) {
        guard kinds == nil, let words = predicate.texts else {
            isExact = false
            return
        }
        kinds = LabelKind.allCases.filter { words.contains($0.description) }
    }

    private mutating func take(classes predicate: Predicate) {
        guard names == nil, let words = predicate.texts else {
            isExact = false
            return
        }
        names = words
    }

    private mutating func take(confidence predicate: Predicate) {
        switch predicate {
        case .greater(let value) where lower == nil && value.isFiniteNumber: lower = .excluding(value.bound)
        case .greaterOrEqual(let value) where lower == nil && value.isFiniteNumber:
            lower = .including(value.bound)
        case .less(let value) where upper == nil && value.isFiniteNumber: upper = .excluding(value.bound)
        case .lessOrEqual(let value) where upper == nil && value.isFiniteNumber:
            upper = .including(value.bound)
        default: isExact = false
        }
    }
}

extension FilterEvaluator {
    /// The ids within `candidates` that satisfy a condition on labels: by postings where they know all that
    /// is asked; otherwise only entities with a label of the kinds and classes are looked at.
    func answer(
        _ condition: LabelCondition, _ filter: Filter, within candidates: IdSet
    ) throws -> (ids: IdSet, by: String) {
        let kinds = condition.kinds ?? LabelKind.allCases
        if condition.isExact, let names = condition.names {
            if condition.count == nil {
                let found = try snapshot.labelled(
                    known, kinds, names, confidenceFrom: condition.lower, to: condition.upper)
                return (found.ids, found.source.rawValue)
            }
            let counts = try snapshot.labelCounts(
                known, kinds, names, confidenceFrom: condition.lower, to: condition.upper)
            let found = IdSet(counts.filter { condition.accepts($0.value) }.map(\.key))
            guard condition.acceptsNone else { return (found, "posting") }
            return (found.union(candidates.subtracting(IdSet(Array(counts.keys)))), "posting")
        }
        let narrowed =
            try condition.names.map {
                try snapshot.labelled(
                    known, kinds, $0, confidenceFrom: condition.lower, to: condition.upper)
            } ?? snapshot.labelled(known, kinds)
        let looked = narrowed.ids.intersection(candidates)
        var ids = try verified(filter, within: looked, needing: SystemField.labels.rawValue)
        if condition.acceptsNone { ids = ids.union(candidates.subtracting(looked)) }
        return (ids, "\(narrowed.source.rawValue) + documents")
    }
}

extension CatalogSnapshot {
    /// The filter with what labels may say in each `$isa`.
    /// - Throws: ``EngineError/Code/invalidFilter`` where an `$isa` stands elsewhere than under the class of
    ///   labels, or names a class that nobody knows.
    func resolved(_ filter: Filter, for known: ClassSchema) throws -> Filter {
        guard filter.namesClasses else { return filter }
        let words = try ClassWords(self, known)
        return try filter.resolvingClasses { path, names in
            guard path.isOfLabelClasses(in: known) else {
                throw EngineError(
                    .invalidFilter,
                    "$isa asks for the classes of labels: it stands under label or labels.class, and '\(path.text.prefix(100))' is neither",
                    path: "\(path.text).$isa")
            }
            do {
                return ValueList(try names.flatMap(words.labels).map { .string($0) })
            } catch let error as EngineError {
                throw EngineError(error.code, error.message, path: "\(path.text).$isa")
            }
        }
    }
}

extension FieldPath {
    /// Whether what it leads to is the class of a label.
    fileprivate func isOfLabelClasses(in known: ClassSchema) -> Bool {
        if RegionClass(rawValue: known.name) != nil { return text == "_label" }
        if text == SystemField.label.rawValue { return true }
        // A place in the list may stand between.
        return root == SystemField.labels.rawValue && components.last == "class"
            && (components.count == 2 || components.count == 3 && UInt32(components[1]) != nil)
    }
}

extension Predicate {
    /// The texts of which one is asked for; `nil` where something else is asked.
    fileprivate var texts: [String]? {
        switch self {
        case .equal(.string(let text)): return [text]
        case .isA(_, let members): return members.values.compactMap(\.stringValue)
        case .among(let list, let patterns) where patterns.isEmpty:
            let texts = list.values.compactMap(\.stringValue)
            return texts.count == list.values.count ? texts : nil
        default: return nil
        }
    }

    /// What an `$isa` somewhere in it takes in; `nil` where there is none.
    var classMembers: [String]? {
        switch self {
        case .isA(_, let members): members.values.compactMap(\.stringValue)
        case .counts(let predicate?, _): predicate.classMembers
        case .elementMatchesDocument(let filter), .elementMatchesValue(let filter): filter.classMembers
        default: nil
        }
    }
}

extension Filter {
    fileprivate var classMembers: [String]? {
        switch self {
        case .field(_, let predicate): predicate.classMembers
        case .and(let parts), .or(let parts): parts.lazy.compactMap(\.classMembers).first
        default: nil
        }
    }
}

extension Value {
    fileprivate var isFiniteNumber: Bool {
        switch self {
        case .integer: true
        case .float(let number): number.isFinite
        default: false
        }
    }

    fileprivate var bound: ColumnValue {
        if case .integer(let number) = self { .integer(number) } else { .float(floatValue ?? 0) }
    }
}
