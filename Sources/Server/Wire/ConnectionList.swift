import NIOCore
import Synchronization

/// The connections of one listener: how many there are, and a way to each.
final class ConnectionList: Sendable {
    /// What a new connection may expect.
    enum Admission: Sendable {
        case served
        /// There are too many: it is told so.
        case refused
        /// There are too many even to tell.
        case dropped
    }

    private struct State {
        var served: [ObjectIdentifier: NIOLoopBound<Connection>] = [:]
        var servedCount = 0
        var refusedCount = 0
        var bodyByteCount = 0
        var isClosing = false
        var waiter: CheckedContinuation<Void, Never>?

        /// Whoever waits for the last connection, once it is gone.
        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard servedCount == 0, refusedCount == 0 else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let limits: WireLimits
    private let bodyBudget: Int
    private let metrics: Metrics
    private let state = Mutex(State())
    private let requestCount = Atomic<Int>(0)

    /// - Parameter bodyBudget: Bytes of all bodies that are in memory at one time.
    init(limits: WireLimits, bodyBudget: Int, metrics: Metrics) {
        self.limits = limits
        self.bodyBudget = bodyBudget
        self.metrics = metrics
    }

    /// Whether a request is under way on any connection.
    var isBusy: Bool { requestCount.load(ordering: .relaxed) > 0 }

    func noteRequest() { requestCount.add(1, ordering: .relaxed) }

    func noteRequestEnd() { requestCount.subtract(1, ordering: .relaxed) }

    /// Counts a new connection; ``leave(_:)`` takes it off again.
    func enter() -> Admission {
        let admission = state.withLock { state -> Admission in
            if state.servedCount < limits.connections {
                state.servedCount += 1
                return .served
            }
            guard state.refusedCount < limits.refusals else { return .dropped }
            state.refusedCount += 1
            return .refused
        }
        metrics.noteConnection(isServed: admission == .served)
        return admission
    }

    func leave(_ admission: Admission) {
        if admission == .served { metrics.noteConnectionEnd() }
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            switch admission {
            case .served: state.servedCount -= 1
            case .refused: state.refusedCount -= 1
            case .dropped: break
            }
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    func add(_ connection: NIOLoopBound<Connection>, _ id: ObjectIdentifier) {
        let isClosing = state.withLock { state in
            state.served[id] = connection
            return state.isClosing
        }
        if isClosing { connection.value.quiesce() }
    }

    func remove(_ id: ObjectIdentifier) { state.withLock { _ = $0.served.removeValue(forKey: id) } }

    /// Whether `count` more bytes of bodies fit into memory; they are counted then.
    func takeBody(_ count: Int) -> Bool {
        state.withLock { state in
            guard state.bodyByteCount + count <= bodyBudget else { return false }
            state.bodyByteCount += count
            return true
        }
    }

    func releaseBody(_ count: Int) { if count > 0 { state.withLock { $0.bodyByteCount -= count } } }

    /// Lets each connection finish the request that it is at, and closes those at rest.
    func quiesce() { forEach { $0.quiesce() } }

    /// Cuts every connection.
    func cut() { forEach { $0.cut() } }

    /// Waits until the last connection is closed. To be called once, after ``quiesce()`` or ``cut()``.
    func drained() async {
        await withCheckedContinuation { continuation in
            let waiter = state.withLock { state in
                state.waiter = continuation
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }

    // MARK: - Private

    private func forEach(_ body: @escaping @Sendable (Connection) -> Void) {
        let all = state.withLock { state in
            state.isClosing = true
            return Array(state.served.values)
        }
        for connection in all { connection.eventLoop.execute { body(connection.value) } }
    }
}
