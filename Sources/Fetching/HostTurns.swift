import Synchronization

/// When each host may be asked next.
///
/// A turn is taken before it comes: whoever asks for the next one is given the time after it. Who does not
/// wait for a turn any more gives it back, for the next who comes. Hosts whose turn has passed are forgotten
/// as new ones come, so that memory is bounded by the hosts of the last while.
final class HostTurns: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct Host {
        /// The first time that nobody has taken, nor anything after it.
        var next: Instant
        /// Until when the host itself asked to be left alone.
        var held: Instant?
        /// Turns that were given back, each with the pause after it, in their order.
        var free: [Range<Instant>] = []

        /// The first turn that may be taken at `now`, with its place in ``free``.
        func first(_ now: Instant, delay: Duration) -> (turn: Instant, free: Int?) {
            for (place, span) in free.enumerated() {
                let turn = max(now, span.lowerBound)
                if turn + delay <= span.upperBound { return (turn, place) }
            }
            return (max(now, next), nil)
        }
    }

    private struct State {
        var hosts: [String: Host] = [:]
        var sweepCount = 1_024
    }

    private let state = Mutex(State())

    /// Takes the next turn of `host`; the one after it comes `delay` later.
    /// - Returns: `nil` where it would come later than `limit` from now: then none is taken.
    func take(
        _ host: String, delay: Duration, now: Instant, within limit: Duration = .seconds(Int64(Int32.max))
    ) -> Instant? {
        state.withLock { state in
            var known = state.hosts[host] ?? Host(next: now)
            let (turn, place) = known.first(now, delay: delay)
            guard turn - now <= limit else { return nil }
            guard delay > .zero else { return turn }
            if let place { known.free.remove(at: place) } else { known.next = turn + delay }
            known.free.removeAll { $0.upperBound <= now }
            state.hosts[host] = known
            sweep(&state, now)
            return turn
        }
    }

    /// Gives back a turn that was taken with this `delay`, before it came.
    func giveBack(_ turn: Instant, of host: String, delay: Duration) {
        guard delay > .zero else { return }
        state.withLock { state in
            guard var known = state.hosts[host], turn >= known.held ?? turn else { return }
            known.free.append(turn..<turn + delay)
            known.free.sort { $0.lowerBound < $1.lowerBound }
            // What nobody has taken and nothing follows is time like any other.
            while let last = known.free.last, last.upperBound == known.next {
                known.next = last.lowerBound
                known.free.removeLast()
            }
            state.hosts[host] = known
        }
    }

    /// The time at which a turn taken at `now` would come.
    func next(of host: String, now: Instant) -> Instant {
        state.withLock { $0.hosts[host]?.first(now, delay: .zero).turn ?? now }
    }

    /// Whether `host` itself asked not to be asked at `time`.
    func isHeld(_ host: String, at time: Instant) -> Bool {
        state.withLock { $0.hosts[host]?.held.map { time < $0 } ?? false }
    }

    /// Gives no turn of `host` before `time`, as the host asked.
    func postpone(_ host: String, until time: Instant) {
        state.withLock { state in
            var known = state.hosts[host] ?? Host(next: time)
            known.next = max(time, known.next)
            known.held = max(time, known.held ?? time)
            known.free.removeAll { $0.lowerBound < time }
            state.hosts[host] = known
        }
    }

    private func sweep(_ state: inout State, _ now: Instant) {
        guard state.hosts.count > state.sweepCount else { return }
        state.hosts = state.hosts.filter { $0.value.next > now }
        state.sweepCount = max(1_024, state.hosts.count * 2)
    }
}
