import NIOCore

/// The one time limit that a connection is under at a time. Belongs to the connection's event loop.
///
/// Setting it costs no more than noting a time: the loop is asked to wake up once, and whoever is woken too
/// early goes back to sleep.
final class ConnectionTimer {
    /// What has to have happened by the time.
    enum Expiry {
        /// A head is whole.
        case head
        /// A body is whole.
        case body
        /// Another request has begun.
        case idle
        /// Something of the answer was taken by its reader.
        case write
        /// The client has closed.
        case linger
    }

    private(set) var expiry: Expiry?
    private var deadline = NIODeadline.distantFuture
    private var wake: (at: NIODeadline, scheduled: Scheduled<Void>)?
    private let loop: NIOIsolatedEventLoop
    private let expire: (Expiry) -> Void

    /// - Parameter expire: Called when a limit was missed, once.
    init(on loop: any EventLoop, _ expire: @escaping (Expiry) -> Void) {
        self.loop = loop.assumeIsolated()
        self.expire = expire
    }

    func set(_ expiry: Expiry, after amount: TimeAmount) { set(expiry, at: .now() + amount) }

    func set(_ expiry: Expiry, at deadline: NIODeadline) {
        self.expiry = expiry
        self.deadline = deadline
        if let wake {
            if wake.at <= deadline { return }
            wake.scheduled.cancel()
        }
        schedule()
    }

    /// No limit for now.
    func clear() {
        expiry = nil
        deadline = .distantFuture
    }

    /// No limit any more.
    func cancel() {
        clear()
        wake?.scheduled.cancel()
        wake = nil
    }

    // MARK: - Private

    private func schedule() {
        let scheduled = loop.scheduleTask(deadline: deadline) { [self] in
            wake = nil
            guard let expiry else { return }
            guard NIODeadline.now() >= deadline else { return schedule() }
            clear()
            expire(expiry)
        }
        wake = (deadline, scheduled)
    }
}
