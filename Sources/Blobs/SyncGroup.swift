@preconcurrency import Dispatch
import Synchronization

/// Lets callers that arrive while a flush is running share the next one.
///
/// A caller may only rely on a flush that began after it came, so those who come during one wait for the
/// next: of them the first flushes for all.
package final class SyncGroup: Sendable {
    private struct State {
        var isFlushing = false
        var waiting: [Waiter] = []
    }

    private enum Outcome {
        case done(Result<Void, BlobError>)
        case lead([Waiter])
    }

    private final class Waiter: Sendable {
        private let arrived = DispatchSemaphore(value: 0)
        private let outcome = Mutex<Outcome?>(nil)

        func finish(_ outcome: Outcome) {
            self.outcome.withLock { $0 = outcome }
            arrived.signal()
        }

        func wait() -> Outcome {
            arrived.wait()
            // `finish` stores before it signals.
            return outcome.withLock { $0! }
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// The callers that wait for the next flush.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Returns, or throws, what a `flush` that began after this call returned or threw.
    package func run(_ flush: () throws(BlobError) -> Void) throws(BlobError) {
        let waiter: Waiter? = state.withLock { state in
            guard state.isFlushing else {
                state.isFlushing = true
                return nil
            }
            let waiter = Waiter()
            state.waiting.append(waiter)
            return waiter
        }
        var followers: [Waiter] = []
        if let waiter {
            switch waiter.wait() {
            case .done(let result): return try result.get()
            case .lead(let others): followers = others
            }
        }
        let result = Result { () throws(BlobError) in try flush() }
        let next = state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            state.isFlushing = !waiting.isEmpty
            return waiting
        }
        next.first?.finish(.lead(Array(next.dropFirst())))
        for follower in followers { follower.finish(.done(result)) }
        try result.get()
    }
}
