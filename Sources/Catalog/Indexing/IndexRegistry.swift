import Base
import Synchronization

/// Which indexes are being built, when each was last used, and which are too large to keep.
final class IndexRegistry: Sendable {
    private struct State {
        var uses: [IndexKey: UInt64] = [:]
        var clock: UInt64 = 0
        var building: Set<IndexKey> = []
        var refused: Set<IndexKey> = []
        /// Bytes of indexes that came since all were last measured.
        var unmeasured = 0
    }

    private let budget: ByteCount
    private let state = Mutex(State())

    init(budget: ByteCount) { self.budget = budget }

    func noteUse(of key: IndexKey) {
        state.withLock { state in
            state.clock += 1
            state.uses[key] = state.clock
        }
    }

    /// Whether the caller is to build the index: nobody else does, and it is not known to be too large.
    func begin(_ key: IndexKey) -> Bool {
        state.withLock { state in
            guard !state.refused.contains(key) else { return false }
            return state.building.insert(key).inserted
        }
    }

    /// The index is in place, or was given up.
    func end(_ key: IndexKey) { state.withLock { _ = $0.building.remove(key) } }

    /// The same where `fresh` is the one that was put in last. All are measured only where what came since
    /// the last time takes a sixteenth of the budget: that takes as long as there are indexes, and thousands
    /// may come one after another.
    func fit(_ indexes: [IndexKey: BuiltIndex], adding fresh: BuiltIndex) -> [IndexKey: BuiltIndex] {
        let isDue = state.withLock { state in
            state.unmeasured += fresh.byteCount
            guard state.unmeasured >= budget.bytes / 16 else { return false }
            state.unmeasured = 0
            return true
        }
        return isDue ? fit(indexes) : indexes
    }

    /// Those that fit into the budget, the least recently used left out. One that alone exceeds it is refused
    /// from now on, so that it is not built for each query.
    func fit(_ indexes: [IndexKey: BuiltIndex]) -> [IndexKey: BuiltIndex] {
        let sizes = indexes.mapValues(\.byteCount)
        var total = sizes.values.reduce(0, +)
        guard total > budget.bytes else { return indexes }
        return state.withLock { state in
            var kept = indexes
            for (key, size) in sizes where size > budget.bytes {
                state.refused.insert(key)
                kept[key] = nil
                total -= size
            }
            let oldest = kept.keys.sorted { state.uses[$0, default: 0] < state.uses[$1, default: 0] }
            for key in oldest where total > budget.bytes {
                kept[key] = nil
                total -= sizes[key] ?? 0
            }
            return kept
        }
    }
}
