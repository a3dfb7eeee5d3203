import Base
import Catalog
import Columns
import Query

/// Answers a filter over one class with the set of ids that satisfy it, exactly.
///
/// A condition on a scalar property is asked of the memory columns of its types, one on labels of their
/// postings; the rest, such as conditions into arrays and objects, is held against documents one by one, and
/// of those only against the ones that every other condition has left over. Conditions on details come last:
/// of each entity looked at, all its details are read.
struct FilterEvaluator {
    let snapshot: CatalogSnapshot
    let known: ClassSchema
    /// Documents that may be looked at one by one.
    let maxDocuments: Int

    /// The ids within `candidates` that satisfy `filter`, and how they were found.
    func evaluate(_ filter: Filter, within candidates: IdSet) throws -> (ids: IdSet, plan: PlanStep) {
        let start = ContinuousClock.now
        try snapshot.checkCancelled()
        switch filter {
        case .all:
            return (
                candidates,
                PlanStep(
                    step: "{}", by: "all", estimated: candidates.count, ids: candidates.count, elapsed: .zero)
            )
        case .and(let parts):
            return try conjunction(parts, within: candidates, filter, start)
        case .or(let parts):
            var ids = IdSet()
            var steps: [PlanStep] = []
            for part in parts {
                let (found, step) = try evaluate(part, within: candidates)
                ids = ids.union(found)
                steps.append(step)
            }
            return (ids, step(filter.operatorText, "or", nil, ids, start, steps))
        case .nor(let parts):
            let (found, inner) = try evaluate(.or(parts), within: candidates)
            let ids = candidates.subtracting(found)
            return (ids, step(filter.operatorText, "not", nil, ids, start, inner.steps))
        case .not(let part):
            let (found, inner) = try evaluate(part, within: candidates)
            let ids = candidates.subtracting(found)
            return (ids, step("not", "not", nil, ids, start, [inner]))
        case .field(let path, .all(let predicates)):
            guard !predicates.isEmpty else {
                return (IdSet(), step(filter.text, "and", 0, IdSet(), start))
            }
            return try conjunction(predicates.map { .field(path, $0) }, within: candidates, filter, start)
        case .field(let path, let predicate):
            return try leaf(path, predicate, filter, within: candidates, start)
        }
    }

    // MARK: - Private

    /// Evaluates the cheap and narrowing conditions first, each within what is left.
    private func conjunction(
        _ parts: [Filter], within candidates: IdSet, _ filter: Filter, _ start: ContinuousClock.Instant
    ) throws -> (ids: IdSet, plan: PlanStep) {
        var ids = candidates
        var steps: [PlanStep] = []
        for part in parts.enumerated().sorted(by: {
            (cost($0.element), $0.offset) < (cost($1.element), $1.offset)
        }) {
            let (found, step) = try evaluate(part.element, within: ids)
            ids = ids.intersection(found)
            steps.append(step)
            if ids.isEmpty { break }
        }
        return (ids, step(filter.operatorText, "and", steps.compactMap(\.estimated).min(), ids, start, steps))
    }

    /// 0 for a look-up, 1 for columns and postings, 2 for what may look at documents, 3 for what looks at
    /// details.
    private func cost(_ filter: Filter) -> Int {
        switch filter {
        case .all: 0
        case .and(let parts), .or(let parts), .nor(let parts): parts.map(cost).max() ?? 0
        case .not(let part): cost(part)
        case .field(let path, .all(let predicates)): predicates.map { cost(.field(path, $0)) }.max() ?? 0
        case .field(let path, let predicate):
            if let system = SystemField(path), system.lookUp(path, predicate) != nil {
                0
            } else if LabelCondition(path, predicate)?.isExact == true {
                1
            } else if isDetail(path) {
                3
            } else if path.components.count > 1 || SystemField(path) != nil {
                2
            } else {
                known[path.root]?.types.contains(.json) ?? false ? 2 : 1
            }
        }
    }

    private func leaf(
        _ path: FieldPath, _ predicate: Predicate, _ filter: Filter, within candidates: IdSet,
        _ start: ContinuousClock.Instant
    ) throws -> (ids: IdSet, plan: PlanStep) {
        if let system = SystemField(path) {
            if let question = system.lookUp(path, predicate) {
                let (found, by) = try answer(question)
                let ids = found.intersection(candidates)
                return (ids, step(filter.text, by, found.count, ids, start, labels: predicate.classMembers))
            }
            if let condition = LabelCondition(path, predicate) {
                let (found, by) = try answer(condition, filter, within: candidates)
                return (
                    found.intersection(candidates),
                    step(filter.text, by, found.count, found, start, labels: predicate.classMembers)
                )
            }
            let ids = try verified(filter, within: candidates, needing: system.rawValue)
            return (ids, step(filter.text, "documents", nil, ids, start))
        }
        if isDetail(path) {
            let ids = try verified(filter, within: candidates, needing: path.root)
            return (ids, step(filter.text, "documents", nil, ids, start))
        }
        guard let property = known[path.root] else {
            // No member of the class ever had the property: each is as an empty document.
            let ids = filter.matches([:]) ? candidates : IdSet()
            return (ids, step(filter.text, "all", ids.count, ids, start))
        }
        return try leaf(property, path, predicate, filter, within: candidates, start)
    }

    /// A condition on a stored property: what its scalar columns say, with the members that hold an array, an
    /// object, a null or nothing decided apart.
    private func leaf(
        _ property: PropertySchema, _ path: FieldPath, _ predicate: Predicate, _ filter: Filter,
        within candidates: IdSet, _ start: ContinuousClock.Instant
    ) throws -> (ids: IdSet, plan: PlanStep) {
        var found = LeafFinding()
        let isWhole = path.components.count == 1
        if isWhole, let question = predicate.scalarQuestion {
            try found.take(question, property, within: candidates, in: self)
        }
        if isWhole, property.types.contains(.null), filter.matches(Document([(property.name, .null)])) {
            found.take(try snapshot.select(known, property, having: [.init(.null)]))
        }
        if property.types.contains(.json) {
            try found.take(nested(property, path, predicate, filter, within: candidates))
        }
        if filter.matches([:]) {
            // Below a scalar or a null there is nothing: such a member is as one without the property.
            let present = try snapshot.select(
                known, property, having: isWhole ? PropertyTypes.every : [.init(.json)])
            found.take(ids: candidates.subtracting(present.ids), by: present.source.rawValue)
        }
        let ids = found.ids.intersection(candidates)
        return (
            ids,
            step(
                filter.text, found.ways.isEmpty ? "all" : found.ways.joined(separator: " + "),
                found.ids.count, ids, start)
        )
    }

    /// The members whose array or object of a property satisfies a condition.
    private func nested(
        _ property: PropertySchema, _ path: FieldPath, _ predicate: Predicate, _ filter: Filter,
        within candidates: IdSet
    ) throws -> (ids: IdSet, by: String) {
        let answers = PathColumn.Candidate.allCases.map { ($0, predicate.accepts($0)) }
        guard let question = predicate.scalarQuestion,
            question.types.isEmpty || question.types == ScalarQuestion.scalars,
            question.integerPredicates.isEmpty, answers.allSatisfy({ $0.1 != nil })
        else {
            let inside = try snapshot.select(known, property, having: [.init(.json)]).ids.intersection(
                candidates)
            return (
                try verified(filter, within: inside, needing: property.name), "documents"
            )
        }
        let column = try snapshot.path(known, property, Array(path.components.dropFirst()))
        var ids = IdSet()
        for predicate in question.types.isEmpty ? question.predicates : [.present] {
            ids = ids.union(column.values.select(predicate))
        }
        for (candidate, isAccepted) in answers where isAccepted == true {
            ids = ids.union(column.members(with: candidate))
        }
        return (ids, "column")
    }

    /// Whether the path leads into what is kept apart from properties.
    private func isDetail(_ path: FieldPath) -> Bool {
        FindRequest.detailFields.contains(path.root) && known[path.root] == nil
    }

    /// The living members whose ids are less than `bound`.
    private func before(_ bound: EntityID, orEqual: Bool) throws -> IdSet {
        let (own, other) = ((known.id, known.generation), (bound.classNumber, bound.generation))
        let alive = try members
        guard own == other else { return own < other ? alive : IdSet() }
        let below = alive.intersection(IdSet(0..<bound.local))
        return orEqual ? below.union(alive.intersection([bound.local])) : below
    }

    /// All members of the class that there are.
    private var members: IdSet {
        get throws {
            known.kind == .entity ? snapshot.alive(known) : try snapshot.connections(of: known)
        }
    }

    private func answer(_ question: SystemField.Question) throws -> (ids: IdSet, by: String) {
        switch question {
        case .ids(let texts):
            let locals = texts.compactMap { EntityID($0) }.filter {
                $0.classNumber == known.id && $0.generation == known.generation
            }.map(\.local)
            guard known.kind == .connection else {
                return (IdSet(locals).intersection(snapshot.alive(known)), "identity")
            }
            let found = try snapshot.connections(of: known, locals)
            return (IdSet(found.map(\.id.local)), "identity")
        case .idsBefore(let bound, let orEqual): return (try before(bound, orEqual: orEqual), "identity")
        case .idsBehind(let bound, let orEqual):
            return (
                try members.subtracting(try before(bound, orEqual: !orEqual)), "identity"
            )
        case .keys(let texts):
            let locals = try texts.compactMap { Hex.decode($0).flatMap { EntityKey(bytes: $0) } }.compactMap {
                try snapshot.entity(of: known, key: $0)
            }
            return (IdSet(locals), "rows")
        case .digests(let texts):
            let locals = try texts.compactMap { SHA256Digest($0) }.flatMap {
                try snapshot.entities(of: known, digest: $0)
            }
            return (IdSet(locals), "identity")
        case .labels(let names):
            let selection = try snapshot.labelled(
                known, .class, names.map { .in($0.map { .string($0) }) } ?? .present)
            return (selection.ids, selection.source.rawValue)
        case .labelsOfAnyKind(let names):
            let selection =
                try names.map { try snapshot.labelled(known, LabelKind.allCases, $0) }
                ?? snapshot.namedLabels(known, LabelKind.allCases)
            return (selection.ids, selection.source.rawValue)
        case .labelled:
            let selection = try snapshot.labelled(known, LabelKind.allCases)
            return (selection.ids, selection.source.rawValue)
        }
    }

    /// Those of `candidates` whose documents match, each fetched and looked at.
    func verified(_ filter: Filter, within candidates: IdSet, needing field: String) throws -> IdSet {
        guard candidates.count <= maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "the condition \(filter.text) needs \(candidates.count) documents to be looked at, the limit is \(maxDocuments); add a condition that narrows it down"
            )
        }
        var ids: [LocalID] = []
        try snapshot.forEachDocument(known, candidates, needing: [field]) { id, document in
            if filter.matches(document) { ids.append(id) }
        }
        return IdSet(sorted: ids)
    }

    private func step(
        _ text: String, _ by: String, _ estimated: Int?, _ ids: IdSet, _ start: ContinuousClock.Instant,
        _ steps: [PlanStep] = [], labels: [String]? = nil
    ) -> PlanStep {
        PlanStep(
            step: text.utf8.count > 200 ? String(text.prefix(200)) + "…" : text, by: by, estimated: estimated,
            ids: ids.count, elapsed: ContinuousClock.now - start, labels: labels, steps: steps)
    }
}

extension Filter {
    /// The operator alone, for the steps that only combine others.
    fileprivate var operatorText: String {
        switch self {
        case .and: "and"
        case .or: "or"
        case .nor: "nor"
        default: text
        }
    }
}
