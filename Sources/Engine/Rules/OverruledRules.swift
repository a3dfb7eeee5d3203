import Base
import Catalog
import Synchronization

/// Which labels of rules others have taken away: what a person decides holds against the rule.
final class OverruledRules: Sendable {
    private struct State {
        /// The newest entry of the label log that was read.
        var last: LabelID = 0
        /// By source and name.
        var targets: [String: [String: Set<EntityID>]] = [:]
    }

    private let state = Mutex(State())

    /// Reads what the log has got since this was called last.
    /// - Returns: the newest entry that was read, of the snapshot's or later ones.
    func follow(_ snapshot: CatalogSnapshot) throws -> LabelID {
        try state.withLock { state in
            let (labels, last) = try snapshot.overruledLabels(of: Store.ruleSource, after: state.last)
            state.last = last
            for label in labels {
                state.targets[label.source, default: [:]][label.name, default: []].insert(label.target)
            }
            return last
        }
    }

    /// The entities of a class that a tag of a rule was taken away of, as far as the log was followed.
    func ids(_ source: String, _ tag: String, _ known: ClassSchema) -> IdSet {
        state.withLock { state in
            let targets = state.targets[source]?[tag] ?? []
            return IdSet(sorted: targets.filter { known.entityID($0.local) == $0 }.map(\.local).sorted())
        }
    }
}
