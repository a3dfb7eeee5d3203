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
        var served: [ObjectIdentifier: Entry] = [:]
        var servedCount = 0
        var refusedCount = 0
        var isClosing = false
        var waiter: CheckedContinuation<Void, Never>?

        /// Whoever waits for the last connection, once it is gone.
        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            guard servedCount == 0, refusedCount == 0 else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private struct Entry {
        var connection: NIOLoopBound<any ListedConnection>
        /// Of one that may be closed where there are too many.
        var rest: Rest?
        var isLeaving = false
    }

    private let limits: WireLimits
    private let bodies: BodyBudget
    let metrics: Metrics
    private let state = Mutex(State())
    private let requestCount = Atomic<Int>(0)

    init(limits: WireLimits, bodies: BodyBudget, metrics: Metrics) {
        self.limits = limits
        self.bodies = bodies
        self.metrics = metrics
    }

    /// Whether a request is under way on any connection.
    var isBusy: Bool { requestCount.load(ordering: .relaxed) > 0 }

    func noteRequest() { requestCount.add(1, ordering: .relaxed) }

    func noteRequestEnd() { requestCount.subtract(1, ordering: .relaxed) }

    /// Counts a new connection; ``leave(_:)`` takes it off again. Where there are too many, the one that has
    /// rested longest is closed for it, if it may be.
    func enter() -> Admission {
        var leaving: NIOLoopBound<any ListedConnection>?
        let admission = state.withLock { state -> Admission in
            if state.servedCount < limits.connections {
                state.servedCount += 1
                return .served
            }
            if let id = longestResting(state) {
                leaving = state.served[id]?.connection
                state.served[id]?.isLeaving = true
                state.servedCount += 1
                return .served
            }
            guard state.refusedCount < limits.refusals else { return .dropped }
            state.refusedCount += 1
            return .refused
        }
        if let leaving { leaving.eventLoop.execute { leaving.value.cut() } }
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

    /// - Parameter rest: Of a connection that may be closed while it rests.
    func add(_ connection: any ListedConnection, on loop: any EventLoop, rest: Rest? = nil) {
        let entry = Entry(connection: NIOLoopBound(connection, eventLoop: loop), rest: rest)
        let isClosing = state.withLock { state in
            state.served[ObjectIdentifier(connection)] = entry
            return state.isClosing
        }
        if isClosing { connection.quiesce() }
    }

    func remove(_ connection: any ListedConnection) {
        state.withLock { _ = $0.served.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// Whether `count` more bytes of bodies fit into memory; they are counted then.
    func takeBody(_ count: Int) -> Bool { bodies.take(count) }

    func releaseBody(_ count: Int) { bodies.release(count) }

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

    /// One that may be closed, as it has rested for some time and longer than all others.
    private func longestResting(_ state: borrowing State) -> ObjectIdentifier? {
        let latest = NIODeadline.now() - limits.undisturbedRest
        return state.served.compactMap { id, entry -> (id: ObjectIdentifier, began: NIODeadline)? in
            guard !entry.isLeaving, let began = entry.rest?.began, began < latest else { return nil }
            return (id, began)
        }.min { $0.began < $1.began }?.id
    }

    private func forEach(_ body: @escaping @Sendable (any ListedConnection) -> Void) {
        let all = state.withLock { state in
            state.isClosing = true
            return state.served.values.map(\.connection)
        }
        for connection in all { connection.eventLoop.execute { body(connection.value) } }
    }
}
