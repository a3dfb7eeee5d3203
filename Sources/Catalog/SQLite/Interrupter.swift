import GRDBSQLite
import Synchronization

/// Stops what a connection is doing, from another thread, but only while the work it was made for lasts.
///
/// `sqlite3_interrupt` hits whatever runs at that moment. The handle is therefore given up under the same
/// lock before the connection passes to the next reader.
final class Interrupter: Sendable {
    private struct Handle: @unchecked Sendable {
        /// Protected by the mutex around it; `sqlite3_interrupt` is safe from any thread while it is open.
        let pointer: OpaquePointer
    }

    private let handle: Mutex<Handle?>

    init(_ connection: SQLiteConnection) { handle = Mutex(Handle(pointer: connection.handle)) }

    func interrupt() { handle.withLock { if let handle = $0 { sqlite3_interrupt(handle.pointer) } } }

    /// From here on ``interrupt()`` does nothing.
    func disarm() { handle.withLock { $0 = nil } }
}
