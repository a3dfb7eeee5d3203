import Dispatch
import Synchronization

extension Fuzzer {
    /// Runs `body` on Swift's threads while libFuzzer's waits for it.
    public static func wait<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
        let outcome = Outcome<Result>()
        Task {
            outcome.arrive(await body())
        }
        return outcome.wait()
    }

    /// What arrives on another thread.
    private final class Outcome<Result: Sendable>: Sendable {
        private let result = Mutex<Result?>(nil)
        private let isThere = DispatchSemaphore(value: 0)

        func arrive(_ result: Result) {
            self.result.withLock { $0 = result }
            isThere.signal()
        }

        func wait() -> Result {
            isThere.wait()
            guard let result = result.withLock({ $0 }) else { fatalError("nothing has arrived") }
            return result
        }
    }
}
