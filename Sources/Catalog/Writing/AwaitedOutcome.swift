@preconcurrency import Dispatch
import Synchronization

/// A result on its way from the writer's thread to a thread that waits for it.
final class AwaitedOutcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let hasArrived = DispatchSemaphore(value: 0)

    func arrive(_ outcome: Result<Value, any Error>) {
        result.withLock { $0 = outcome }
        hasArrived.signal()
    }

    /// To be called once.
    func wait() throws -> Value {
        hasArrived.wait()
        guard let outcome = result.withLock({ $0 }) else { preconditionFailure("a signal without a result") }
        return try outcome.get()
    }
}
