import DequeModule
@preconcurrency import Dispatch
import Synchronization

/// A first-in-first-out queue between threads that holds at most `limit` elements: a producer that is ahead
/// waits.
///
/// For threads that may block (pool threads), never for tasks.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: Deque<Element> = []
        var isClosed = false
        var waitingConsumers = 0
        var waitingProducers = 0
    }

    private let limit: Int
    private let state = Mutex(State())
    private let elementOrEnd = DispatchSemaphore(value: 0)
    private let spaceOrEnd = DispatchSemaphore(value: 0)

    public init(limit: Int) {
        precondition(limit > 0)
        self.limit = limit
    }

    /// Appends `element`, waiting while the queue is full; `false` when the queue was closed, the element
    /// dropped.
    @discardableResult
    public func push(_ element: Element) -> Bool {
        while true {
            let outcome = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                guard state.elements.count < limit else {
                    state.waitingProducers += 1
                    return nil
                }
                state.elements.append(element)
                if state.waitingConsumers > 0 {
                    state.waitingConsumers -= 1
                    elementOrEnd.signal()
                }
                return true
            }
            if let outcome { return outcome }
            spaceOrEnd.wait()
        }
    }

    /// Takes the oldest element, waiting for one; `nil` once the queue is closed and empty.
    public func pop() -> Element? {
        while true {
            let outcome = state.withLock { state -> Element?? in
                if let element = state.elements.popFirst() {
                    if state.waitingProducers > 0 {
                        state.waitingProducers -= 1
                        spaceOrEnd.signal()
                    }
                    return .some(element)
                }
                if state.isClosed { return .some(nil) }
                state.waitingConsumers += 1
                return nil
            }
            if let outcome { return outcome }
            elementOrEnd.wait()
        }
    }

    /// Ends the queue: producers are refused, consumers get what is left and then `nil`. Also how a consumer
    /// that gives up sets its producers free.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            for _ in 0..<state.waitingConsumers { elementOrEnd.signal() }
            for _ in 0..<state.waitingProducers { spaceOrEnd.signal() }
            state.waitingConsumers = 0
            state.waitingProducers = 0
        }
    }
}
