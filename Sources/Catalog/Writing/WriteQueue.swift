@preconcurrency import Dispatch
import Synchronization

/// A transaction that waits for the writer.
struct PendingWrite: Sendable {
    /// Runs the transaction's body; the result tells its caller of success, once that is durable.
    let run: @Sendable (Transaction) throws -> @Sendable () -> Void
    /// Tells the caller of failure.
    let fail: @Sendable (any Error) -> Void
    let isCancelled: @Sendable () -> Bool
}

/// Work for the writer's thread.
enum WriterTask: Sendable {
    case transaction(PendingWrite)
    /// Something to be done between two commits.
    case maintenance(@Sendable (WriterLoop) -> Void)
}

/// Transactions, and other work for the writer, in the order in which they came.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [WriterTask] = []
        var isClosed = false
        var writerSleeps = false
    }

    private let limit: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(limit: Int) { self.limit = limit }

    /// - Throws: ``CatalogError/Code/overloaded`` and ``CatalogError/Code/closed``.
    func append(_ task: WriterTask) throws(CatalogError) {
        enum Outcome { case closed, full, taken(wake: Bool) }
        let outcome = state.withLock { state -> Outcome in
            if state.isClosed { return .closed }
            guard state.waiting.count < limit else { return .full }
            state.waiting.append(task)
            defer { state.writerSleeps = false }
            return .taken(wake: state.writerSleeps)
        }
        switch outcome {
        case .closed: throw CatalogError(.closed, "the catalog is closed")
        case .full: throw CatalogError(.overloaded, "\(limit) transactions wait already; try again later")
        case .taken(let isAsleep): if isAsleep { wake.signal() }
        }
    }

    /// Takes all that waits, sleeping until something does; `nil` once the queue is closed and empty.
    func takeAll() -> [WriterTask]? {
        while true {
            let taken = state.withLock { state -> [WriterTask]?? in
                if !state.waiting.isEmpty {
                    defer { state.waiting = [] }
                    return .some(state.waiting)
                }
                if state.isClosed { return .some(nil) }
                state.writerSleeps = true
                return nil
            }
            if let taken { return taken }
            wake.wait()
        }
    }

    /// Refuses further transactions; those that wait are still run.
    func close() {
        let isAsleep = state.withLock { state in
            state.isClosed = true
            defer { state.writerSleeps = false }
            return state.writerSleeps
        }
        if isAsleep { wake.signal() }
    }
}
