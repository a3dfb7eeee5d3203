import Base
import Catalog

/// What is to become of a rule's labels, as a snapshot of the catalog says.
struct RuleChange: Sendable {
    var source: String
    var text: String
    var known: ClassSchema
    /// Which entities have each tag of the rule, and which are to have it.
    var held: [String: IdSet]
    var needed: [String: IdSet]
    /// The run of the rule that began last.
    var last: LabelRun?
    /// The entry of the label log up to which it is known what others took away.
    var followed: LabelID

    /// How many labels of an entity may change.
    var tagCount: Int { Set(held.keys).union(needed.keys).count }

    /// The entities that something changes of.
    var targets: [LocalID] {
        var changed = IdSet()
        for tag in Set(held.keys).union(needed.keys) {
            let (old, new) = (held[tag] ?? IdSet(), needed[tag] ?? IdSet())
            changed = changed.union(old.subtracting(new)).union(new.subtracting(old))
        }
        return changed.ids
    }

    /// Begins a run of the rule.
    func beginRun(_ transaction: Transaction) throws -> RunID {
        try transaction.beginRun("rule", source: source, parameters: ["rule": .string(text)])
    }

    /// Changes the labels of some entities. What others have taken away since the snapshot stays away.
    func perform(
        on batch: [LocalID], _ transaction: Transaction, _ run: RunID
    ) throws -> (added: Int, removed: Int) {
        var (added, removed) = (0, 0)
        var overruled: [EntityID: Set<String>] = [:]
        for label in try transaction.overruledLabels(of: source, after: followed) where label.source == source
        {
            overruled[label.target, default: []].insert(label.name)
        }
        let wanted = needed.sorted { $0.key < $1.key }
        for local in batch {
            let target = known.entityID(local)
            guard try transaction.exists(target) else { continue }
            var has = overruled[target] ?? []
            // Rules make class labels: others of the same source are somebody else's.
            for label in try transaction.labels(of: target)
            where label.source == source && label.kind == .class {
                if let name = label.name, needed[name]?.contains(local) == true, has.insert(name).inserted {
                    continue
                }
                try transaction.removeLabel(label.id, source: source, run: run)
                removed += 1
            }
            for (name, ids) in wanted where ids.contains(local) && !has.contains(name) {
                try transaction.addLabel(NewLabel(.class, name, source: source, run: run), to: target)
                added += 1
            }
        }
        return (added, removed)
    }
}
