import Dispatch
import Synchronization

/// Splits work of some milliseconds among this thread and cores that have nothing else to do.
///
/// One crew of threads serves the process, one thread fewer than there are processors. Whoever asks works
/// too: where the crew is busy, the caller does all of it alone and has waited for nobody. Only threads that
/// may block ask, never a task of Swift's own.
public enum ForkJoin {
    /// What `body` gives for each index below `count`, in their order.
    ///
    /// A crew that sleeps needs some 50 µs to come: parts worth splitting off take several times that.
    public static func map<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Result
    )
        -> [Result]
    {
        guard count > 1, crew.threadCount > 0 else { return (0..<count).map(body) }
        return [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
            // Each index is written by one thread, and read after all have ended.
            nonisolated(unsafe) let results = buffer
            let work = SharedWork(count: count) { index in
                (results.baseAddress.unsafelyUnwrapped + index).initialize(to: body(index))
            }
            crew.share(work)
            initialized = count
        }
    }

    private static let crew = Crew(threadCount: ProcessorCount.available - 1)
}

/// Indexes that several threads take one after another.
private final class SharedWork: Sendable {
    private let count: Int
    private let next = Atomic(0)
    private let body: @Sendable (Int) -> Void
    /// Signalled by each helper that has ended.
    let helperEnded = DispatchSemaphore(value: 0)

    init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.count = count
        self.body = body
    }

    /// Does what nobody has taken yet.
    func work() {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index)
        }
    }
}

private final class Crew: Sendable {
    private struct Offer {
        let work: SharedWork
        var helpersWanted: Int
        var helpersCome = 0
    }

    let threadCount: Int
    private let offers = Mutex<[Offer]>([])
    private let available = DispatchSemaphore(value: 0)

    init(threadCount: Int) {
        self.threadCount = threadCount
        for _ in 0..<threadCount {
            WorkerThread.start { [unowned self] in
                while true {
                    self.available.wait()
                    guard let work = self.join() else { continue }
                    work.work()
                    work.helperEnded.signal()
                }
            }
        }
    }

    /// Returns once all of the work is done.
    func share(_ work: SharedWork) {
        offers.withLock { $0.append(Offer(work: work, helpersWanted: threadCount)) }
        for _ in 0..<threadCount { available.signal() }
        work.work()
        let come = offers.withLock { offers in
            let place = offers.firstIndex { $0.work === work }
            return place.map { offers.remove(at: $0).helpersCome } ?? 0
        }
        for _ in 0..<come { work.helperEnded.wait() }
    }

    /// The oldest work that still takes a helper; `nil` where its asker was quicker.
    private func join() -> SharedWork? {
        offers.withLock { offers in
            guard let place = offers.firstIndex(where: { $0.helpersWanted > 0 }) else { return nil }
            offers[place].helpersWanted -= 1
            offers[place].helpersCome += 1
            return offers[place].work
        }
    }
}
