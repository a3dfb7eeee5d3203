import Synchronization

/// A flag that travels down with long work: whoever holds it may raise it, the work looks at it now and then.
///
/// Work that sits in a C call registers an action (interrupting SQLite, closing a socket) with
/// ``onCancel(_:)``.
public final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var actions: [Int: @Sendable () -> Void] = [:]
        var nextAction = 0
    }

    private let state = Mutex(State())

    public init() {}

    public var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Throws ``CancelledError`` once the flag is raised.
    public func check() throws(CancelledError) {
        if isCancelled { throw CancelledError() }
    }

    /// Raises the flag and runs the registered actions, once, on this thread.
    public func cancel() {
        let actions = state.withLock { state -> [@Sendable () -> Void] in
            state.isCancelled = true
            defer { state.actions = [:] }
            return state.actions.sorted { $0.key < $1.key }.map(\.value)
        }
        for action in actions { action() }
    }

    /// Runs `body`, and `action` if the flag is raised meanwhile (at once if it already is).
    ///
    /// `action` may still be running on the cancelling thread when `body` has returned: let it touch only
    /// what outlives the call.
    public func onCancel<Result>(
        _ action: @escaping @Sendable () -> Void, while body: () throws -> Result
    ) rethrows -> Result {
        let ticket = state.withLock { state -> Int? in
            guard !state.isCancelled else { return nil }
            state.nextAction += 1
            state.actions[state.nextAction] = action
            return state.nextAction
        }
        if ticket == nil { action() }
        defer { if let ticket { state.withLock { _ = $0.actions.removeValue(forKey: ticket) } } }
        return try body()
    }
}

/// The work was given up because its caller no longer wants it.
public struct CancelledError: Error, Sendable, CustomStringConvertible {
    public init() {}
    public var description: String { "cancelled" }
}
