import Base
import Dispatch
import Synchronization
import Testing

@Suite struct CancellationTests {
    @Test func `a raised flag stays raised, and the work is told`() throws {
        let cancellation = Cancellation()
        #expect(!cancellation.isCancelled)
        try cancellation.check()
        cancellation.cancel()
        cancellation.cancel()
        #expect(cancellation.isCancelled)
        #expect(throws: CancelledError.self) { try cancellation.check() }
    }

    @Test func `an action runs once, when the flag is raised while its work runs`() {
        let cancellation = Cancellation(), runs = Mutex(0)
        let result = cancellation.onCancel {
            runs.withLock { $0 += 1 }
        } while: {
            #expect(runs.withLock { $0 } == 0)
            cancellation.cancel()
            cancellation.cancel()
            return "done"
        }
        #expect(result == "done" && runs.withLock { $0 } == 1)
    }

    @Test func `an action runs at once where the flag is up already`() {
        let cancellation = Cancellation(), runs = Mutex(0)
        cancellation.cancel()
        cancellation.onCancel {
            runs.withLock { $0 += 1 }
        } while: {
            #expect(runs.withLock { $0 } == 1)
        }
        #expect(runs.withLock { $0 } == 1)
    }

    @Test func `work that is over leaves no action behind`() {
        struct Failure: Error {}
        let cancellation = Cancellation(), runs = Mutex(0)
        cancellation.onCancel {
            runs.withLock { $0 += 1 }
        } while: {
        }
        #expect(throws: Failure.self) {
            try cancellation.onCancel {
                runs.withLock { $0 += 1 }
            } while: {
                throw Failure()
            }
        }
        cancellation.cancel()
        #expect(runs.withLock { $0 } == 0)
    }

    @Test func `actions run in the order they came, and may look at the flag`() {
        let cancellation = Cancellation(), order = Mutex<[Int]>([])
        cancellation.onCancel {
            order.withLock { $0.append(1) }
        } while: {
            cancellation.onCancel {
                order.withLock { $0.append(cancellation.isCancelled ? 2 : -2) }
            } while: {
                cancellation.cancel()
            }
        }
        #expect(order.withLock { $0 } == [1, 2])
    }
}

@Suite struct BlockingPoolTests {
    @Test func `work returns its value and throws its error`() async throws {
        struct Failure: Error {}
        let pool = BlockingPool(label: "test", threadCount: 2)
        #expect(try await pool.run { _ in 6 * 7 } == 42)
        await #expect(throws: Failure.self) { try await pool.run { _ in throw Failure() } }
    }

    @Test func `a pool that is gone leaves its threads to others`() async throws {
        for number in 0..<300 {
            let pool = BlockingPool(label: "short", threadCount: 4)
            #expect(try await pool.run { _ in number } == number)
        }
    }

    @Test func `a hundred pools at one time are no fewer threads for each`() async throws {
        let pools = (0..<100).map { BlockingPool(label: "many-\($0)", threadCount: 4) }
        let arrived = DispatchSemaphore(value: 0), leave = DispatchSemaphore(value: 0)
        for pool in pools {
            for _ in 0..<4 {
                #expect(
                    pool.submit {
                        arrived.signal()
                        leave.wait()
                    } == nil)
            }
        }
        // All 400 are at work at once, or this never ends.
        try await BlockingPool(label: "wait", threadCount: 1).run { _ in for _ in 0..<400 { arrived.wait() } }
        for _ in 0..<400 { leave.signal() }
    }

    @Test func `everything that is accepted runs, whatever the number of threads`() async throws {
        for threadCount in [1, 3] {
            let pool = BlockingPool(label: "test", threadCount: threadCount)
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 { group.addTask { try await pool.run { _ in number } } }
                return try await group.reduce(0, +)
            }
            #expect(sum == 500 * 499 / 2)
        }
    }

    @Test func `one thread runs the jobs in the order they came`() async throws {
        let pool = BlockingPool(label: "test", threadCount: 1), order = Mutex<[Int]>([])
        for number in 0..<100 { #expect(pool.submit { order.withLock { $0.append(number) } } == nil) }
        try await pool.run { _ in }
        #expect(order.withLock { $0 } == Array(0..<100))
    }

    @Test func `threads work side by side`() async throws {
        let pool = BlockingPool(label: "test", threadCount: 2), first = DispatchSemaphore(value: 0),
            second = DispatchSemaphore(value: 0)
        async let one: Void = pool.run { _ in
            first.signal()
            second.wait()
        }
        async let other: Void = pool.run { _ in
            second.signal()
            first.wait()
        }
        _ = try await (one, other)
    }

    @Test func `a full queue refuses work and says so`() async throws {
        let pool = BlockingPool(label: "small", threadCount: 1, queueLimit: 2)
        let started = DispatchSemaphore(value: 0), gate = DispatchSemaphore(value: 0)
        #expect(
            pool.submit {
                started.signal(); gate.wait()
            } == nil)
        await BlockingPoolTests.wait(for: started)
        #expect(pool.submit {} == nil)
        #expect(pool.submit {} == nil)
        let refused = pool.submit { Issue.record("a refused job must not run") }
        #expect(refused?.limit == 2 && refused?.description.contains("small") == true)
        await #expect(throws: BlockingPool.Overloaded.self) { try await pool.run { _ in } }
        gate.signal()
    }

    @Test func `a task that is cancelled before its turn does not run`() async throws {
        let pool = BlockingPool(label: "test", threadCount: 1)
        let started = DispatchSemaphore(value: 0), gate = DispatchSemaphore(value: 0)
        #expect(
            pool.submit {
                started.signal(); gate.wait()
            } == nil)
        await BlockingPoolTests.wait(for: started)
        let task = Task { try await pool.run { _ in Issue.record("cancelled work must not run") } }
        task.cancel()
        gate.signal()
        await #expect(throws: CancelledError.self) { try await task.value }
    }

    @Test func `a task that is cancelled at work raises its flag`() async throws {
        let pool = BlockingPool(label: "test", threadCount: 1), started = DispatchSemaphore(value: 0)
        let task = Task {
            try await pool.run { cancellation in
                let stopped = DispatchSemaphore(value: 0)
                cancellation.onCancel {
                    stopped.signal()
                } while: {
                    started.signal()
                    stopped.wait()
                }
                try cancellation.check()
            }
        }
        await BlockingPoolTests.wait(for: started)
        task.cancel()
        await #expect(throws: CancelledError.self) { try await task.value }
    }

    /// Waits on a thread of its own: those of the concurrency pool must not block.
    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wait").async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
