import Base
import Catalog
import Columns
import Query

/// The ids that parts of one condition have found, and what answered them.
struct LeafFinding {
    private(set) var ids = IdSet()
    /// `column`, `posting`, `sql`, `documents`, …, each once.
    private(set) var ways: [String] = []

    mutating func take(ids found: IdSet, by way: String) {
        ids = ids.union(found)
        if !ways.contains(way) { ways.append(way) }
    }

    mutating func take(_ found: (ids: IdSet, by: String)) { take(ids: found.ids, by: found.by) }

    mutating func take(_ selection: Selection) { take(ids: selection.ids, by: selection.source.rawValue) }

    /// Asks a property's scalar columns; of members that are no candidates they may tell or not.
    mutating func take(
        _ question: ScalarQuestion, _ property: PropertySchema, within candidates: IdSet,
        in evaluator: FilterEvaluator
    ) throws {
        let (snapshot, known) = (evaluator.snapshot, evaluator.known)
        for predicate in question.predicates {
            take(try snapshot.select(known, property, predicate, within: candidates))
        }
        let types = question.types.intersection(property.types)
        if types != [] { take(try snapshot.select(known, property, having: types)) }
        guard !question.integerPredicates.isEmpty, property.types.contains(.integer) else { return }
        let integers = try snapshot.select(known, property, having: [.init(.integer)])
        for predicate in question.integerPredicates {
            let found = try snapshot.select(known, property, predicate, within: candidates)
            take(ids: found.ids.intersection(integers.ids), by: found.source.rawValue)
        }
    }
}

extension PropertyTypes {
    /// All types.
    static let every = PropertyTypes(PropertyType.allCases.map { PropertyTypes($0) })
}
