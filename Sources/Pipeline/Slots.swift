import Synchronization

/// So many may go on at a time; others wait, and come in their order.
final class Slots: Sendable {
    private struct State {
        var left: Int
        var next = 0
        /// Whoever waits, by the order in which they came.
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(left: count)) }

    /// Waits for a place.
    /// - Returns: Whether there is one: not where the task was cancelled.
    func take() async -> Bool {
        let ticket = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    guard state.left > 0 else {
                        state.waiting[ticket] = continuation
                        return nil
                    }
                    state.left -= 1
                    return true
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: false)
        }
    }

    func give() {
        let first = state.withLock { state in
            guard let ticket = state.waiting.keys.min() else {
                state.left += 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.removeValue(forKey: ticket)
        }
        first?.resume(returning: true)
    }
}
