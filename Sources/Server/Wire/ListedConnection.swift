import NIOCore
import Synchronization

/// A connection as its listener knows it. Called on the connection's event loop.
protocol ListedConnection: AnyObject {
    /// Finishes what is under way, and then closes.
    func quiesce()
    /// Closes at once.
    func cut()
}

/// Since when a connection has nothing to do: what its listener goes by when it needs the place.
final class Rest: Sendable {
    private let start = Atomic<UInt64>(0)

    /// From now on; a rest that has begun goes on.
    func begin() {
        guard start.load(ordering: .relaxed) == 0 else { return }
        start.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
    }

    func end() { start.store(0, ordering: .relaxed) }

    /// `nil` where there is something to do.
    var began: NIODeadline? {
        let time = start.load(ordering: .relaxed)
        return time == 0 ? nil : .uptimeNanoseconds(time)
    }
}
