#if canImport(Glibc)
    import Glibc
#endif

/// A thread of the system's own, for work that blocks or never ends.
///
/// Dispatch runs the queues of a process on some 250 threads in all: blocked ones are taken from whatever
/// else waits for Dispatch.
public enum WorkerThread {
    /// Runs `body` on a new thread, which ends with it.
    public static func start(_ body: @escaping @Sendable () -> Void) {
        var thread: pthread_t = 0
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Start(body: body)).toOpaque())
        // As in Dispatch: without its threads nothing of the process works.
        precondition(status == 0, "the system gives no more threads: \(String(cString: strerror(status)))")
        pthread_detach(thread)
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
