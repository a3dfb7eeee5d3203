public import Base
import Catalog

/// Rules that make labels: what follows from a rule is labelled, what follows no longer is not. All of this
/// blocks: for threads that may.
extension Store {
    /// The most rules of a store.
    static let mostRules = 10_000
    /// What the sources of rules' labels begin with.
    static let ruleSource = "rule:"
    /// How often rules follow each other in one settlement: as far as they may be chained.
    private static let ruleRounds = 16
    /// Entities of a transaction.
    private static let ruleBatch = 1_000

    /// All rules, by id: `id`, `rule`, `by`, `created`, and whether it is `paused`: its last run was
    /// reverted, so that it waits for being run.
    public func rules() throws -> [Document] {
        try translating {
            try catalog.read { snapshot in
                try snapshot.rules().map { rule in
                    [
                        "id": .string(rule.id), "rule": .string(rule.text), "by": .string(rule.who),
                        "created": .dateTime(rule.created),
                        "paused": .boolean(
                            try snapshot.newestRun(of: Store.ruleSource + rule.id)?.reverted != nil),
                    ]
                }
            }
        }
    }

    /// Keeps a rule and applies it.
    /// - Parameter replaces: whether it may take the place of one of its id, whose labels go.
    /// - Throws: ``EngineError/Code/invalidRequest`` saying where it is wrong; ``EngineError/Code/conflict``
    ///   where there is one of its id.
    public func addRule(
        _ id: String, _ text: String, replaces: Bool, by who: String
    ) throws -> RuleOutcome {
        try checkWritable()
        guard LabelRule.isID(id) else {
            throw EngineError(
                .invalidRequest,
                "a rule's id has 1 to 64 letters, digits, '.', '_' and '-', a letter or digit first: '\(id.prefix(70))' is none",
                path: "id")
        }
        _ = try LabelRule(text)
        return try changingRules {
            let old = try catalog.read { try $0.rules() }
            if old.contains(where: { $0.id == id }) {
                guard replaces else {
                    throw EngineError(
                        .conflict, "there is a rule '\(id)' already; say that it is to be replaced",
                        path: "id")
                }
                _ = try takeBack(id)
            } else if old.count >= Store.mostRules {
                throw EngineError(.limitExceeded, "a store may have \(Store.mostRules) rules")
            }
            try catalog.write { try $0.setRule(id, text, by: who) }
            return try apply(id)
        }
    }

    /// Removes a rule and takes its labels back.
    /// - Throws: ``EngineError/Code/notFound``.
    public func removeRule(_ id: String) throws -> RuleOutcome {
        try checkWritable()
        return try changingRules {
            let outcome = try takeBack(id)
            try catalog.write { try $0.removeRule(id) }
            return outcome
        }
    }

    /// Applies rules: what follows from one and is not labelled is, what is and follows no longer is not.
    /// - Parameter ids: which; all where empty.
    /// - Throws: ``EngineError/Code/notFound``.
    public func runRules(_ ids: [String] = []) throws -> [RuleOutcome] {
        try checkWritable()
        return try changingRules {
            let all = try catalog.read { try $0.rules() }.map(\.id)
            return try (ids.isEmpty ? all : ids).map { try apply($0) }
        }
    }

    /// The number of the newest commit, which may not be durable yet. Costs nothing.
    public var newestCommit: UInt64 { catalog.newestCommit }

    /// Has `body` called after each commit, on the thread that commits, where it must be quick.
    public func onCommit(_ body: (@Sendable () -> Void)?) { catalog.onCommit(body) }

    /// Applies all rules that are not paused to what is known now, again and again until no label changes, as
    /// the labels of one may be what another asks for; at most 16 times. What a rule changes belongs to the
    /// run in which it was last applied by somebody, so that reverting that takes all of it back.
    ///
    /// A rule that cannot be applied is told and keeps no other from it.
    /// - Throws: `CancelledError`; errors of the store as a whole.
    public func settleRules(_ cancellation: Cancellation = Cancellation()) throws -> RuleSettlement {
        try checkWritable()
        var settlement = RuleSettlement()
        var outcomes: [String: RuleOutcome] = [:]
        for _ in 0..<Store.ruleRounds {
            settlement.commit = newestCommit
            settlement.failures = []
            settlement.unsettled = []
            for rule in try rules() where rule["paused"] != .boolean(true) {
                try cancellation.check()
                guard let id = rule["id"]?.stringValue else { continue }
                do {
                    let outcome = try changingRules { try apply(id, goesOn: true) }
                    outcomes[id, default: RuleOutcome(id: id)].count(outcome)
                    if outcome.added + outcome.removed > 0 { settlement.unsettled.append(id) }
                } catch let error as EngineError where error.code == .notFound {
                    // It was removed meanwhile.
                } catch let error as EngineError where !error.isOfStore {
                    settlement.failures.append(.init(rule: id, reason: error.message))
                }
            }
            if settlement.unsettled.isEmpty { break }
        }
        settlement.outcomes = outcomes.values.sorted { $0.id < $1.id }
        return settlement
    }

    // MARK: - Private

    private func changingRules<Result>(_ body: () throws -> Result) throws -> Result {
        try ruleGate.pass { try translating(body) }
    }

    private func apply(_ id: String, goesOn: Bool = false) throws -> RuleOutcome {
        try change(id, goesOn: goesOn) { try $0.tags(of: $1, $2, $3) }
    }

    private func takeBack(_ id: String) throws -> RuleOutcome { try change(id) { _, _, _, _ in [:] } }

    /// Makes a rule's labels those that `wanted` says, by its tags, without those that others took away.
    /// - Parameter goesOn: whether that belongs to the last run of the rule, if there is one.
    private func change(
        _ id: String, goesOn: Bool = false,
        _ wanted: (CatalogSnapshot, LabelRule, ClassSchema, Int) throws -> [String: IdSet]
    ) throws -> RuleOutcome {
        let source = Store.ruleSource + id
        var outcome = RuleOutcome(id: id)
        let found = try catalog.read { snapshot -> RuleChange? in
            guard let stored = try snapshot.rules().first(where: { $0.id == id }) else {
                throw EngineError(
                    .notFound, "there is no rule '\(id.prefix(70))'; 'fovea rule list' shows which there are",
                    path: "rule")
            }
            let rule = try LabelRule(stored.text)
            guard let known = snapshot.schema.entityClass(rule.entityClass) else { return nil }
            let held = try snapshot.tags(rule.tags, by: source, known)
            var needed = try wanted(snapshot, rule, known, options.maxVerifiedDocuments)
            for (tag, ids) in needed {
                let missing = ids.subtracting(held[tag] ?? IdSet())
                guard !missing.isEmpty else { continue }
                let overruled = try overruledRules.ids(source, tag, known, in: snapshot)
                needed[tag] = ids.subtracting(overruled.intersection(missing))
            }
            return RuleChange(
                source: source, text: stored.text, known: known, held: held, needed: needed,
                last: try snapshot.newestRun(of: source))
        }
        guard let change = found else { return outcome }
        let ids = change.targets
        var run = goesOn && change.last?.reverted == nil ? change.last?.id : nil
        // Whoever applies a rule whose last run was reverted wants it to hold from now on.
        if !goesOn, ids.isEmpty, change.last?.reverted != nil, !change.needed.isEmpty {
            try catalog.write { transaction in
                try transaction.finishRun(
                    transaction.beginRun("rule", source: source, parameters: ["rule": .string(change.text)]))
            }
        }
        for start in stride(from: 0, to: ids.count, by: Store.ruleBatch) {
            let batch = Array(ids[start..<min(start + Store.ruleBatch, ids.count)])
            let isLast = start + Store.ruleBatch >= ids.count
            let before = run
            let (added, removed, number) = try catalog.write { transaction -> (Int, Int, RunID) in
                let run =
                    try before
                    ?? transaction.beginRun(
                        "rule", source: source, parameters: ["rule": .string(change.text)])
                let (added, removed) = try change.perform(on: batch, transaction, run)
                if isLast { try transaction.finishRun(run) }
                return (added, removed, run)
            }
            outcome.added += added
            outcome.removed += removed
            run = number
        }
        outcome.entities = change.needed.values.reduce(IdSet()) { $0.union($1) }.count
        return outcome
    }
}

/// What is to become of a rule's labels.
private struct RuleChange: Sendable {
    var source: String
    var text: String
    var known: ClassSchema
    /// Which entities have each tag of the rule, and which are to have it.
    var held: [String: IdSet]
    var needed: [String: IdSet]
    /// The run of the rule that began last.
    var last: LabelRun?

    /// The entities that something changes of.
    var targets: [LocalID] {
        var changed = IdSet()
        for tag in Set(held.keys).union(needed.keys) {
            let (old, new) = (held[tag] ?? IdSet(), needed[tag] ?? IdSet())
            changed = changed.union(old.subtracting(new)).union(new.subtracting(old))
        }
        return changed.ids
    }

    func perform(
        on batch: [LocalID], _ transaction: Transaction, _ run: RunID
    ) throws -> (added: Int, removed: Int) {
        var (added, removed) = (0, 0)
        for local in batch {
            let target = known.entityID(local)
            guard try transaction.exists(target) else { continue }
            var has: Set<String> = []
            for label in try transaction.labels(of: target) where label.source == source {
                if let name = label.name, needed[name]?.contains(local) == true, has.insert(name).inserted {
                    continue
                }
                try transaction.removeLabel(label.id, source: source, run: run)
                removed += 1
            }
            for (name, ids) in needed.sorted(by: { $0.key < $1.key })
            where ids.contains(local) && !has.contains(name) {
                try transaction.addLabel(NewLabel(.class, name, source: source, run: run), to: target)
                added += 1
            }
        }
        return (added, removed)
    }
}
