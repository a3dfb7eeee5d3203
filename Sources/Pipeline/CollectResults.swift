import Base
import DequeModule
@preconcurrency import Dispatch
import Engine
import Synchronization

/// What comes in while URLs are collected, in the order in which it is ready. One thread takes it.
final class CollectResults: Sendable {
    enum Result: Sendable {
        /// Nothing is to be kept of it.
        case verdict(CollectVerdict)
        /// To be committed. `byteCount` is the size of what was fetched.
        case item(CollectedItem, byteCount: Int)
        /// The store cannot go on.
        case storeFailure(EngineError)
        /// Nothing more comes.
        case end
    }

    private let waiting = Mutex<Deque<Result>>([])
    private let arrived = DispatchSemaphore(value: 0)

    func push(_ result: Result) {
        waiting.withLock { $0.append(result) }
        arrived.signal()
    }

    /// The next result, waited for until `deadline`; `nil` where none came.
    func pop(until deadline: DispatchTime) -> Result? {
        guard arrived.wait(timeout: deadline) == .success else { return nil }
        return waiting.withLock { $0.popFirst() }
    }
}
