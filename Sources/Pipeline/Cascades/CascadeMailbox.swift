import Base
@preconcurrency import Dispatch
import Synchronization

/// What threads that go through videos hand to the one that commits.
final class CascadeMailbox: Sendable {
    private struct State {
        var outcomes: [(EntityID, CascadeWork.Outcome)] = []
        var progress: [EntityID: CascadeRun.Progress] = [:]
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    /// How far videos under way have come.
    var states: [EntityID: CascadeRun.Progress] { state.withLock(\.progress) }

    func note(_ progress: CascadeRun.Progress, of id: EntityID) {
        state.withLock { $0.progress[id] = progress }
    }

    func put(_ id: EntityID, _ outcome: CascadeWork.Outcome) {
        state.withLock { state in
            state.outcomes.append((id, outcome))
            state.progress[id] = nil
        }
        arrival.signal()
    }

    /// What has come; waits for it for a while where there is nothing.
    func take(within patience: Duration) -> [(EntityID, CascadeWork.Outcome)] {
        let milliseconds = Int((patience.inSeconds * 1_000).rounded())
        _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds))
        return state.withLock { state in
            defer { state.outcomes = [] }
            return state.outcomes
        }
    }
}
