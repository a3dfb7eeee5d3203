public import Base

/// A condition on documents: what a Mongo-style filter says, with its operators resolved.
///
/// A parsed filter is flat where that changes nothing: no `and` directly within an `and`, no `or` within an
/// `or`, no list of one. ``text`` writes it back; parsing that text gives an equal filter.
///
/// Names of fields mean nothing here: the schema is the reader's. To answer from an index, take a
/// ``field(_:_:)`` for the set of entities that have any value, at that path, which the predicate accepts,
/// and combine the sets; ``matches(_:)-(Document)`` decides exactly.
public indirect enum Filter: Sendable, Hashable {
    /// Every document.
    case all
    /// Each of them.
    case and([Filter])
    /// At least one of them.
    case or([Filter])
    /// None of them.
    case nor([Filter])
    /// The exact negation over the whole document: missing fields and empty arrays included.
    case not(Filter)
    /// Some candidate of the path satisfies the predicate.
    case field(FieldPath, Predicate)

    /// Whether `document` satisfies the filter.
    public func matches(_ document: Document) -> Bool { matches(.document(document)) }

    func matches(_ subject: Subject) -> Bool {
        switch self {
        case .all: return true
        case .and(let filters):
            for filter in filters where !filter.matches(subject) { return false }
            return true
        case .or(let filters):
            for filter in filters where filter.matches(subject) { return true }
            return false
        case .nor(let filters):
            for filter in filters where filter.matches(subject) { return false }
            return true
        case .not(let filter): return !filter.matches(subject)
        case .field(let path, let predicate): return predicate.holds(at: path, in: subject)
        }
    }

    /// The paths that the filter looks at, each once, in the order they appear; those within an `$elemMatch`
    /// are relative and not among them.
    public var paths: [FieldPath] {
        var seen: Set<FieldPath> = []
        var paths: [FieldPath] = []
        collect(&paths, &seen)
        return paths
    }

    private func collect(_ paths: inout [FieldPath], _ seen: inout Set<FieldPath>) {
        switch self {
        case .all: break
        case .and(let filters), .or(let filters), .nor(let filters):
            for filter in filters { filter.collect(&paths, &seen) }
        case .not(let filter): filter.collect(&paths, &seen)
        case .field(let path, _): if seen.insert(path).inserted { paths.append(path) }
        }
    }

    // MARK: - Made flat

    /// Each of `filters`; what is always true is left out.
    static func each(_ filters: [Filter]) -> Filter {
        var flat: [Filter] = []
        flat.reserveCapacity(filters.count)
        for filter in filters {
            switch filter {
            case .all: break
            case .and(let inner): flat += inner
            default: flat.append(filter)
            }
        }
        return flat.isEmpty ? .all : flat.count == 1 ? flat[0] : .and(flat)
    }

    /// Any of `filters`, of which there is at least one.
    static func any(_ filters: [Filter]) -> Filter {
        let flat = filters.flatMap { if case .or(let inner) = $0 { inner } else { [$0] } }
        return flat.count == 1 ? flat[0] : .or(flat)
    }

    /// None of `filters`, of which there is at least one.
    static func none(_ filters: [Filter]) -> Filter { filters.count == 1 ? .not(filters[0]) : .nor(filters) }
}
