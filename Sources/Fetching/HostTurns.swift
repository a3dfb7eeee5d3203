import Synchronization

/// When each host may be asked next.
///
/// A turn is taken before it comes: whoever asks for the next one is given the time after it. Hosts whose
/// turn has passed are forgotten as new ones come, so that memory is bounded by the hosts of the last while.
final class HostTurns: Sendable {
    private struct State {
        var next: [String: ContinuousClock.Instant] = [:]
        var sweepCount = 1_024
    }

    private let state = Mutex(State())

    /// Takes the next turn of `host`; the one after it comes `delay` later.
    func take(_ host: String, delay: Duration, now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        state.withLock { state in
            let turn = max(now, state.next[host] ?? now)
            if delay > .zero {
                state.next[host] = turn + delay
                sweep(&state, now)
            }
            return turn
        }
    }

    /// The time at which a turn taken at `now` would come.
    func next(of host: String, now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        state.withLock { max(now, $0.next[host] ?? now) }
    }

    /// Gives no turn of `host` before `time`.
    func postpone(_ host: String, until time: ContinuousClock.Instant) {
        state.withLock { $0.next[host] = max(time, $0.next[host] ?? time) }
    }

    private func sweep(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard state.next.count > state.sweepCount else { return }
        state.next = state.next.filter { $0.value > now }
        state.sweepCount = max(1_024, state.next.count * 2)
    }
}
