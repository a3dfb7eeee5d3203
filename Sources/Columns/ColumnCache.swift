import Synchronization

/// What a column derives from its values at first use and hands on to the next version.
final class ColumnCache: Sendable {
    struct State: Sendable {
        var facetCodes: FacetCodes?
        /// Rows whose value may differ from the one that `facetCodes` was made of, in order.
        var stale: [UInt32] = []
        /// Rows that facets have sorted for want of codes.
        var sortedRows = 0
        /// The place of each string in order, for the first so many of the dictionary.
        var stringRanks: [UInt32]?
        /// How many bytes the first so many strings of the dictionary begin with.
        var commonPrefix: (length: Int, count: Int)?
    }

    private let state: Mutex<State>

    init(_ state: State = State()) { self.state = Mutex(state) }

    var current: State { state.withLock { $0 } }

    func keep(_ codes: FacetCodes) {
        state.withLock { state in
            state.facetCodes = codes
            state.stale = []
        }
    }

    /// Whether a facet over `candidates` of `rowCount` rows is to sort them rather than make codes: the first
    /// ones do, until they have sorted about as much as making codes costs, so that a column that is hardly
    /// asked never pays for them and none pays more than twice.
    func sortsInstead(_ candidates: Int, of rowCount: Int) -> Bool {
        state.withLock { state in
            guard state.facetCodes == nil, state.sortedRows + candidates <= rowCount / 2 else { return false }
            state.sortedRows += candidates
            return true
        }
    }

    func keep(stringRanks: [UInt32]) { state.withLock { $0.stringRanks = stringRanks } }

    func keep(commonPrefix: (length: Int, count: Int)) { state.withLock { $0.commonPrefix = commonPrefix } }

    /// The cache of the version that `changes` lead to: facet codes stay while few rows differ from them.
    func following(_ changes: [RowChange], rowCount: Int) -> ColumnCache {
        let current = current
        var next = State()
        next.sortedRows = current.sortedRows
        next.stringRanks = current.stringRanks
        next.commonPrefix = current.commonPrefix
        if let codes = current.facetCodes {
            let overwritten = changes.lazy.map(\.row).filter { $0 < codes.rowCount }
            let stale = State.merge(current.stale, overwritten.map { UInt32($0) })
            if stale.count + max(rowCount - codes.rowCount, 0)
                <= FacetCodes.maximumStaleCount(of: codes.rowCount)
            {
                next.facetCodes = codes
                next.stale = stale
            }
        }
        return ColumnCache(next)
    }

    var byteCount: Int {
        let current = current
        return (current.facetCodes?.byteCount ?? 0) + current.stale.count * 4
            + (current.stringRanks?.count ?? 0) * 4
    }
}

extension ColumnCache.State {
    /// The union of two rising lists.
    fileprivate static func merge(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        if right.isEmpty { return left }
        if left.isEmpty { return right }
        var merged: [UInt32] = []
        merged.reserveCapacity(left.count + right.count)
        var i = 0
        var j = 0
        while i < left.count || j < right.count {
            if j == right.count || (i < left.count && left[i] < right[j]) {
                merged.append(left[i])
                i += 1
            } else {
                if i < left.count, left[i] == right[j] { i += 1 }
                merged.append(right[j])
                j += 1
            }
        }
        return merged
    }
}
