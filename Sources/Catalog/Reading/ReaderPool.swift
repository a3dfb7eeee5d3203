import Base
@preconcurrency import Dispatch
import Synchronization

/// Connections for readers, a bounded number of them, opened as they are needed.
final class ReaderPool: Sendable {
    /// A connection on its way between threads.
    ///
    /// `@unchecked Sendable`: it is in the pool or in the hands of one reader, never both.
    private struct Idle: @unchecked Sendable {
        let connection: SQLiteConnection
    }

    private struct State {
        var idle: [Idle] = []
        var isClosed = false
    }

    private let file: StoreFile
    private let limit: Int
    private let state = Mutex(State())
    private let free: DispatchSemaphore

    init(file: StoreFile, limit: Int) {
        self.file = file
        self.limit = limit
        // One may not be freed with a lower value than it was made with.
        free = DispatchSemaphore(value: 0)
        for _ in 0..<limit { free.signal() }
    }

    /// Lends a connection to `body`, waiting for one while all are in use.
    /// - Throws: `CancelledError` when cancelled while it waits; ``CatalogError/Code/closed``.
    func withConnection<Result>(
        _ cancellation: Cancellation, _ body: (SQLiteConnection) throws -> Result
    ) throws -> Result {
        repeat { try cancellation.check() } while free.wait(timeout: .now() + .milliseconds(20)) == .timedOut
        defer { free.signal() }
        let (isClosed, idle) = state.withLock { ($0.isClosed, $0.idle.popLast()) }
        if isClosed { throw CatalogError(.closed, "the catalog is closed") }
        let connection = try idle?.connection ?? file.openReader()
        let lent = Idle(connection: connection)
        defer { state.withLock { if !$0.isClosed { $0.idle.append(lent) } } }
        return try body(connection)
    }

    /// Waits for the readers to end, and closes their connections.
    func close() {
        let wasOpen = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen else { return }
        for _ in 0..<limit { free.wait() }
        state.withLock { $0.idle = [] }
        for _ in 0..<limit { free.signal() }
    }
}
