import Base
public import Testing

/// Runs tests on threads beside Swift's own, which has one a core and never more: a test that computes for
/// seconds or waits for another program would otherwise hold up every `async` test of the run, and with it
/// the servers and clients there that look at the clock.
public struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(TestThreads.shared) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    /// For tests that block their thread or burn a core for longer than a moment.
    public static var onOwnThreads: Self { Self() }
}

/// The threads of all tests with the trait ``OwnThreads``.
private final class TestThreads: TaskExecutor {
    static let shared = TestThreads()

    /// More than a small machine has cores, as some tests wait for other programs.
    private let pool = BlockingPool(label: "tests", threadCount: 4, queueLimit: .max)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let refused = pool.submit { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        precondition(refused == nil, "a queue without limit is never full")
    }
}
