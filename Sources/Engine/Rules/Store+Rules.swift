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
    /// How often they do where they did not come to rest the last time.
    private static let fewRuleRounds = 3
    /// Entities of a transaction, and labels of one.
    private static let ruleBatch = (entities: 1_000, labels: 20_000)

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
        let rule = try LabelRule(text)
        return try changingRules {
            let old = try catalog.read { try $0.rules() }
            let isThere = old.contains { $0.id == id }
            guard !isThere || replaces else {
                throw EngineError(
                    .conflict, "there is a rule '\(id)' already; say that it is to be replaced", path: "id")
            }
            if !isThere, old.count >= Store.mostRules {
                throw EngineError(.limitExceeded, "a store may have \(Store.mostRules) rules")
            }
            // One that cannot be applied is not kept.
            try catalog.read { snapshot in
                guard let known = snapshot.schema.entityClass(rule.entityClass) else { return }
                _ = try snapshot.tags(of: rule, known, options.maxVerifiedDocuments)
            }
            if isThere { _ = try takeBack(id) }
            return try change(id, storing: (text, who)) { try $0.tags(of: $1, $2, $3) }
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
    /// - Throws: ``EngineError/Code/notFound``; what the first rule that cannot be applied says, by its name,
    ///   once the others were.
    public func runRules(_ ids: [String] = []) throws -> [RuleOutcome] {
        try checkWritable()
        return try changingRules {
            let all = try catalog.read { try $0.rules() }.map(\.id)
            var outcomes: [RuleOutcome] = []
            var failure: EngineError?
            for id in ids.isEmpty ? all : ids {
                do {
                    outcomes.append(try translating { try apply(id) })
                } catch let error as EngineError where !error.isOfStore && error.code != .notFound {
                    let others = (ids.isEmpty ? all : ids).count > 1 ? "; the others were" : ""
                    failure =
                        failure
                        ?? EngineError(
                            error.code, "the rule '\(id)' cannot be applied: \(error.message)\(others)",
                            path: error.path, cause: error)
                }
            }
            if let failure { throw failure }
            return outcomes
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
    /// - Parameter restless: whether rules did not come to rest the last time: then they get but three tries.
    /// - Throws: `CancelledError`; errors of the store as a whole.
    public func settleRules(
        _ cancellation: Cancellation = Cancellation(), restless: Bool = false
    ) throws -> RuleSettlement {
        try checkWritable()
        var settlement = RuleSettlement()
        var outcomes: [String: RuleOutcome] = [:]
        for _ in 0..<(restless ? Store.fewRuleRounds : Store.ruleRounds) {
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
        if !settlement.unsettled.isEmpty {
            // Their own commits are no reason to look again.
            let newest = newestCommit
            if try isSettled(except: Set(settlement.unsettled), cancellation) { settlement.commit = newest }
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

    /// Whether all rules but some, and those that are paused, say what is labelled already.
    private func isSettled(except some: Set<String>, _ cancellation: Cancellation) throws -> Bool {
        for rule in try rules() where rule["paused"] != .boolean(true) {
            try cancellation.check()
            guard let id = rule["id"]?.stringValue, !some.contains(id) else { continue }
            do {
                let change = try translating {
                    try ruleChange(of: id, nil, isWhole: false) { try $0.tags(of: $1, $2, $3) }
                }
                if change?.targets.isEmpty == false { return false }
            } catch let error as EngineError where !error.isOfStore {
                // It cannot be applied, as was told, or was removed: there is nothing to be done.
            }
        }
        return true
    }

    /// Which entities a rule's labels are to be changed of; `nil` where there are none of its class.
    /// - Parameters:
    ///   - text: what it says where it is not kept yet.
    ///   - isWhole: whether labels that it does not say any longer are looked for as well.
    func ruleChange(
        of id: String, _ text: String?, isWhole: Bool,
        _ wanted: (CatalogSnapshot, LabelRule, ClassSchema, Int) throws -> [String: IdSet]
    ) throws -> RuleChange? {
        try catalog.read { snapshot -> RuleChange? in
            guard let text = try text ?? snapshot.rules().first(where: { $0.id == id })?.text else {
                throw EngineError(
                    .notFound, "there is no rule '\(id.prefix(70))'; 'fovea rule list' shows which there are",
                    path: "rule")
            }
            let (source, rule) = (Store.ruleSource + id, try LabelRule(text))
            guard let known = snapshot.schema.entityClass(rule.entityClass) else { return nil }
            var held = try snapshot.tags(rule.tags, by: source, known)
            if isWhole {
                held.merge(try snapshot.otherTags(than: rule.tags, by: source, known)) { $1 }
            }
            var needed = try wanted(snapshot, rule, known, options.maxVerifiedDocuments)
            let followed = try overruledRules.follow(snapshot)
            for (tag, ids) in needed {
                let missing = ids.subtracting(held[tag] ?? IdSet())
                guard !missing.isEmpty else { continue }
                needed[tag] = ids.subtracting(
                    overruledRules.ids(source, tag, known).intersection(missing))
            }
            return RuleChange(
                source: source, text: text, known: known, held: held, needed: needed,
                last: try snapshot.newestRun(of: source), followed: followed)
        }
    }

    /// Makes a rule's labels those that `wanted` says, by its tags, without those that others took away.
    /// - Parameters:
    ///   - goesOn: whether that belongs to the last run of the rule, if there is one.
    ///   - rule: its text and who says so, where it is to be kept with the first of its labels.
    private func change(
        _ id: String, goesOn: Bool = false, storing rule: (text: String, who: String)? = nil,
        _ wanted: (CatalogSnapshot, LabelRule, ClassSchema, Int) throws -> [String: IdSet]
    ) throws -> RuleOutcome {
        var outcome = RuleOutcome(id: id)
        let found = try ruleChange(of: id, rule?.text, isWhole: !goesOn, wanted)
        let ids = found?.targets ?? []
        if let rule, ids.isEmpty { try catalog.write { try $0.setRule(id, rule.text, by: rule.who) } }
        guard let change = found else { return outcome }
        // Whoever applies a rule whose last run was reverted wants it to hold from now on.
        if !goesOn, ids.isEmpty, change.last?.reverted != nil, !change.needed.isEmpty {
            try catalog.write { transaction in
                try transaction.finishRun(try change.beginRun(transaction))
            }
        }
        var run = goesOn && change.last?.reverted == nil ? change.last?.id : nil
        let count = max(1, min(Store.ruleBatch.entities, Store.ruleBatch.labels / max(1, change.tagCount)))
        for start in stride(from: 0, to: ids.count, by: count) {
            let batch = Array(ids[start..<min(start + count, ids.count)])
            let (isFirst, isLast, before) = (start == 0, start + count >= ids.count, run)
            let done = try catalog.write { transaction -> (added: Int, removed: Int, run: RunID)? in
                // It was reverted meanwhile, and with it what would follow.
                if let before, try transaction.isReverted(before) { return nil }
                if isFirst, let rule { try transaction.setRule(id, rule.text, by: rule.who) }
                let run = try before ?? change.beginRun(transaction)
                let (added, removed) = try change.perform(on: batch, transaction, run)
                if isLast { try transaction.finishRun(run) }
                return (added, removed, run)
            }
            guard let done else { break }
            outcome.added += done.added
            outcome.removed += done.removed
            run = done.run
        }
        outcome.entities = change.needed.values.reduce(IdSet()) { $0.union($1) }.count
        return outcome
    }
}
