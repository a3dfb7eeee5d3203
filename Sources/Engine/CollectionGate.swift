import Base
import Synchronization

/// Lets those in together that need the stored bytes to stay where they are, and alone whoever takes bytes
/// away: backups and verifications the ones, garbage collection and purges the others. Whoever cannot come in
/// waits, in the order of arrival.
final class CollectionGate: Sendable {
    private struct Waiter {
        var number: Int
        var isAlone: Bool
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// How many are in; -1 for one that is alone.
        var inside = 0
        var waiters: [Waiter] = []
        var lastNumber = 0
        /// Those who gave up before they waited.
        var cancelled: Set<Int> = []

        func admits(alone: Bool) -> Bool { alone ? inside == 0 : inside >= 0 }

        mutating func admitWaiters() -> [Waiter] {
            var admitted: [Waiter] = []
            while let first = waiters.first, admits(alone: first.isAlone) {
                inside = first.isAlone ? -1 : inside + 1
                admitted.append(waiters.removeFirst())
            }
            return admitted
        }
    }

    private let state = Mutex(State())

    /// Runs `body` while no bytes are taken away.
    /// - Throws: `CancelledError` where the caller gives up waiting; what `body` throws.
    func together<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await enter(alone: false)
        defer { leave() }
        return try await body()
    }

    /// Runs `body`, which may take bytes away, while nobody else is in.
    /// - Throws: `CancelledError` where the caller gives up waiting; what `body` throws.
    func alone<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await enter(alone: true)
        defer { leave() }
        return try await body()
    }

    // MARK: - Private

    private func enter(alone: Bool) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Swift.Result<Void, any Error>? in
                    if state.cancelled.remove(number) != nil { return .failure(CancelledError()) }
                    if state.waiters.isEmpty, state.admits(alone: alone) {
                        state.inside = alone ? -1 : state.inside + 1
                        return .success(())
                    }
                    state.waiters.append(Waiter(number: number, isAlone: alone, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            giveUp(number)
        }
        // One that gave up as it was admitted leaves its number behind.
        state.withLock { _ = $0.cancelled.remove(number) }
    }

    private func giveUp(_ number: Int) {
        let (waiter, admitted) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard let place = state.waiters.firstIndex(where: { $0.number == number }) else {
                state.cancelled.insert(number)
                return (nil, [])
            }
            let waiter = state.waiters.remove(at: place)
            return (waiter, state.admitWaiters())
        }
        waiter?.continuation.resume(throwing: CancelledError())
        for waiter in admitted { waiter.continuation.resume() }
    }

    private func leave() {
        let admitted = state.withLock { state in
            state.inside = max(0, state.inside - 1)
            return state.admitWaiters()
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}
