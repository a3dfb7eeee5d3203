import DequeModule
@preconcurrency import Dispatch
import Synchronization

/// A fixed set of threads for calls that block or burn a core: codecs, SQLite, fsync, inference.
///
/// The Swift concurrency pool has one thread per core and never grows, so a blocking call there stops every
/// other task. A pool's queue is bounded, and a full one refuses work. Its threads end with the pool, after
/// what was queued is done.
public final class BlockingPool: Sendable {
    /// The pool's queue is full: more work arrives than its threads can do.
    public struct Overloaded: Error, Sendable, CustomStringConvertible {
        public var label: String
        public var limit: Int
        public var description: String { "\(label) has \(limit) jobs waiting already; try again later" }
    }

    public let label: String
    public let threadCount: Int
    private let queueLimit: Int
    private let queue = JobQueue()

    public init(label: String, threadCount: Int, queueLimit: Int = 10_000) {
        precondition(threadCount > 0 && queueLimit > 0)
        self.label = label
        self.threadCount = threadCount
        self.queueLimit = queueLimit
        for _ in 0..<threadCount {
            // The thread knows the queue and not the pool, which could never go otherwise.
            WorkerThread.start { [queue] in queue.work() }
        }
    }

    deinit { queue.end(threadCount: threadCount) }

    /// Runs `body` on a pool thread and suspends the caller until it returns.
    ///
    /// Cancellation of the task is seen before `body` starts, and raises the ``Cancellation`` that `body` is
    /// given; whether `body` looks at it is its own affair.
    /// - Throws: ``Overloaded`` when the queue is full; ``CancelledError`` when cancelled before the start;
    ///   whatever `body` throws.
    public func run<Result: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> Result
    ) async throws -> Result {
        guard !Task.isCancelled else { throw CancelledError() }
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Result, any Error>) in
                let refused = submit {
                    continuation.resume(
                        with: Swift.Result {
                            try cancellation.check()
                            return try body(cancellation)
                        })
                }
                if let refused { continuation.resume(throwing: refused) }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Queues `job` without waiting for it; the error when the queue is full, in which case it will not run.
    public func submit(_ job: @escaping @Sendable () -> Void) -> Overloaded? {
        queue.append(job, limit: queueLimit) ? nil : Overloaded(label: label, limit: queueLimit)
    }
}

/// What a pool's threads wait for.
private final class JobQueue: Sendable {
    private let jobs = Mutex<Deque<@Sendable () -> Void>>([])
    private let available = DispatchSemaphore(value: 0)

    /// Whether `job` was taken: `false` where `limit` jobs wait already.
    func append(_ job: @escaping @Sendable () -> Void, limit: Int) -> Bool {
        let accepted = jobs.withLock { jobs in
            guard jobs.count < limit else { return false }
            jobs.append(job)
            return true
        }
        if accepted { available.signal() }
        return accepted
    }

    /// Lets the threads end once all jobs are done.
    func end(threadCount: Int) {
        for _ in 0..<threadCount { available.signal() }
    }

    /// Does jobs until the queue has ended. There is a signal for each job, and at the end one for each
    /// thread: whoever is woken and finds no job is to end.
    func work() {
        while true {
            available.wait()
            guard let job = jobs.withLock({ $0.popFirst() }) else { return }
            job()
        }
    }
}
