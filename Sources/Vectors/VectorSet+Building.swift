public import Base
import CVectors
import Synchronization

/// How far codes and graph are built.
public struct BuildProgress: Sendable, Hashable {
    /// How many rows are published.
    public var rowCount: Int
    /// How many of them the graph holds or has passed over; the rest is scanned by every search.
    public var builtCount: Int
    /// Rows that were found damaged on the way.
    public var damaged: IdSet
    /// Why the graph that was saved could not be used, where there was one.
    public var discardedGraph: String?
    /// Why building stopped, where it did; it goes on when rows are published.
    public var failure: String?

    public static func == (left: BuildProgress, right: BuildProgress) -> Bool {
        left.rowCount == right.rowCount && left.builtCount == right.builtCount
            && left.damaged == right.damaged && left.discardedGraph == right.discardedGraph
            && left.failure == right.failure
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(rowCount)
        hasher.combine(builtCount)
    }
}

/// What the thread in the background and those who wake it share.
struct BackgroundState: Sendable {
    var isScheduled = false
    var failure: VectorsError?
    var discardedGraph: VectorsError?
    /// How many rows the saved graph holds.
    var savedCount = 0
}

extension VectorSet {
    /// The thread that all sets of the process are built on.
    private static let pool = BlockingPool(label: "vectors", threadCount: 1, queueLimit: .max)
    /// How many rows are coded, and linked, before readers see them.
    private static let codedAtOnce = 8_192, linkedAtOnce = 256

    /// How far codes and graph are built.
    public var progress: BuildProgress {
        let snapshot = snapshot
        let background = background.withLock { $0 }
        return BuildProgress(
            rowCount: snapshot.rowCount, builtCount: snapshot.graph?.builtCount ?? 0,
            damaged: snapshot.graph?.unlinked ?? IdSet(), discardedGraph: background.discardedGraph?.message,
            failure: background.failure?.message)
    }

    /// Builds codes and graph of all published rows, on this thread. Small sets get codes only.
    ///
    /// - Throws: ``VectorsError/Code/noSpace`` where memory runs out; `CancelledError`, after which what was
    ///   built stays.
    public func build(cancellation: Cancellation? = nil) throws {
        repeat { try cancellation?.check() } while try buildSlice()
    }

    /// Builds the graph anew of the rows of `alive` alone where more than two fifths of those that it holds
    /// are not among them; searches go on meanwhile. Returns whether it did.
    ///
    /// - Throws: as ``build(cancellation:)``; after an error the old graph stays.
    @discardableResult
    public func maintain(alive: IdSet, cancellation: Cancellation? = nil) throws -> Bool {
        guard let graph = snapshot.graph, graph.linkedCount > 0 else { return false }
        let living = alive.rank(of: LocalID(graph.builtCount))
        guard (graph.linkedCount - living) * 5 > graph.linkedCount * 2 else { return false }
        try rebuild(alive: alive, cancellation: cancellation)
        return true
    }

    /// Builds the graph anew of the rows of `alive` alone (`nil`: all). A search still finds any row that it
    /// is asked for, but one that is not in the graph only by a scan.
    ///
    /// - Throws: as ``build(cancellation:)``; after an error the old graph stays.
    public func rebuild(alive: IdSet?, cancellation: Cancellation? = nil) throws {
        try builder.withLock { builder in
            let snapshot = snapshot
            guard let old = snapshot.graph, old.codedCount > 0 else { return }
            let memory = try GraphMemory(
                dimensions: dimensions, metric: metric, rowCount: max(snapshot.rowCount, old.codedCount))
            old.memory.copyCodes(to: memory, rows: old.codedCount)
            var fresh = Graph(memory: memory)
            fresh.codedCount = old.codedCount
            fresh.unlinked = old.unlinked
            var next = try GraphBuilder(fresh, rowCount: old.codedCount)
            while next.graph.builtCount < old.codedCount {
                try cancellation?.check()
                let end = min(next.graph.builtCount + VectorSet.linkedAtOnce, old.codedCount)
                try next.link(to: end) { row in
                    snapshot.rows.sum(of: row) == 0 || !(alive?.contains(row) ?? true)
                }
            }
            let graph = next.graph
            state.withLock { $0.graph = graph }
            background.withLock { $0.savedCount = 0 }
            builder = next
        }
        schedule()
    }

    // MARK: - In the background

    /// Has the background build, unless it is about to.
    func schedule() {
        guard options.buildsInBackground, isUnbuilt else { return }
        let isFirst = background.withLock { background in
            defer { background.isScheduled = true }
            return !background.isScheduled
        }
        if isFirst { submitSlice() }
    }

    private func submitSlice() {
        let refused = VectorSet.pool.submit { [weak self] in self?.buildInBackground() }
        precondition(refused == nil, "a queue without limit is never full")
    }

    private func buildInBackground() {
        do {
            // One slice at a time, so that the sets of a process are built side by side.
            if try buildSlice() {
                submitSlice()
                return
            }
            background.withLock { $0.failure = nil }
            try saveIfWorthwhile()
        } catch {
            let failure = error as? VectorsError ?? VectorsError(.io, "\(error)")
            background.withLock {
                $0.failure = failure
                $0.isScheduled = false
            }
            return
        }
        background.withLock { $0.isScheduled = false }
        // Rows that were published since the last look.
        schedule()
    }

    private var isUnbuilt: Bool {
        let snapshot = snapshot
        guard let graph = snapshot.graph else { return snapshot.rowCount > 0 }
        return graph.codedCount < snapshot.rowCount
            || (graph.builtCount < snapshot.rowCount && snapshot.rowCount >= GraphBuilder.leastRows)
    }

    /// Builds some rows; returns whether there are more.
    private func buildSlice() throws -> Bool {
        try builder.withLock { builder in
            guard isUnbuilt else { return false }
            let snapshot = snapshot
            if builder.map({ $0.capacity < snapshot.rowCount }) ?? true {
                let graph =
                    try builder?.graph ?? snapshot.graph
                    ?? Graph(
                        memory: GraphMemory(
                            dimensions: dimensions, metric: metric, rowCount: snapshot.rowCount))
                builder = try GraphBuilder(graph, rowCount: snapshot.rowCount)
            }
            guard var next = builder.take() else { return false }
            if next.graph.codedCount < snapshot.rowCount {
                next.code(
                    to: min(next.graph.codedCount + VectorSet.codedAtOnce, snapshot.rowCount), snapshot.rows)
            } else {
                try next.link(
                    to: min(next.graph.builtCount + VectorSet.linkedAtOnce, next.graph.codedCount)
                ) { snapshot.rows.sum(of: $0) == 0 }
            }
            let graph = next.graph
            state.withLock { $0.graph = graph }
            builder = next
            return isUnbuilt
        }
    }
}
