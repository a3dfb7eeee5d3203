import Base
@preconcurrency import Dispatch
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization

/// The thread that writes, and the queue in front of it.
final class Writer: Sendable {
    private let queue: WriteQueue
    private let hasEnded = DispatchSemaphore(value: 0)
    private let loop: Mutex<WriterLoop?>
    /// The writer's thread, once it runs.
    private let thread = Mutex<pthread_t?>(nil)

    init(_ loop: WriterLoop, queueLimit: Int) {
        queue = WriteQueue(limit: queueLimit)
        self.loop = Mutex(loop)
        WorkerThread.start { self.work() }
    }

    /// Whether the caller is on the writer's thread, where waiting for the writer would never end.
    var isOnThread: Bool {
        let here = pthread_self()
        return thread.withLock { $0.map { pthread_equal($0, here) != 0 } ?? false }
    }

    /// Queues work.
    func submit(_ task: WriterTask) throws(CatalogError) { try queue.append(task) }

    /// Refuses further transactions and waits until those that wait are committed.
    func drain() {
        queue.close()
        if !isOnThread { hasEnded.wait() }
    }

    /// Closes the connection. The last one to be closed empties SQLite's log into the database.
    func release() { loop.withLock { $0 = nil } }

    // MARK: - Private

    private func work() {
        thread.withLock { $0 = pthread_self() }
        while let tasks = queue.takeAll() { perform(tasks) }
        hasEnded.signal()
    }

    /// Holds the loop no longer than it takes: once the thread has ended, ``release()`` must be what closes
    /// the connection.
    private func perform(_ tasks: [WriterTask]) { loop.withLock { $0 }?.perform(tasks) }
}
