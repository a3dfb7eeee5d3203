public import Base

/// The number of a job.
public typealias JobID = Int64

/// Long work that was asked for, and how far it has come: durable, so that it can be taken up where it was
/// left.
public struct StoredJob: Sendable, Hashable {
    /// Where a job stands.
    public enum State: Int64, Sendable, CaseIterable, CustomStringConvertible {
        /// Nobody has begun with it, or whoever had was asked to end.
        case waiting = 0
        /// Somebody works on it, or was killed while he did.
        case running = 1
        /// It came to its end. Items may have failed.
        case done = 2
        /// It cannot go on; its error says why.
        case failed = 3
        /// Somebody gave it up.
        case cancelled = 4

        /// Whether it is still to be worked on.
        public var isOpen: Bool { self == .waiting || self == .running }

        public var description: String {
            switch self {
            case .waiting: "waiting"
            case .running: "running"
            case .done: "done"
            case .failed: "failed"
            case .cancelled: "cancelled"
            }
        }
    }

    public var id: JobID
    /// What kind of work it is, such as `label`.
    public var kind: String
    /// What is to be done, as whoever does it reads it.
    public var request: Document
    /// Higher ones come first, of equal ones the older.
    public var priority: Int
    public var state: State
    /// Who asked for it, as a source.
    public var who: String
    public var created: DateTime
    /// When it was begun, the last time.
    public var started: DateTime?
    public var ended: DateTime?
    /// The run that its labels belong to, once there are any.
    public var run: RunID?
    /// How many items there are, and what became of them.
    public var counts: Document
    /// Why it cannot go on.
    public var error: String?
}
