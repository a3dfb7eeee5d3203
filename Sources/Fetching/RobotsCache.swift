import Base
import Synchronization

/// What is known of the robots.txt of each origin, and for how long it holds.
///
/// Bounded in bytes; what was used longest ago goes first, and would be asked for again.
final class RobotsCache: Sendable {
    /// What a robots.txt came to.
    enum Answer: Sendable {
        case file(RobotsFile)
        /// The site lets nobody in, with this status.
        case closed(status: Int)
        /// It could not be learned.
        case unknown(FetchFailure)
    }

    private struct Entry: Sendable {
        var answer: Answer
        var expiry: ContinuousClock.Instant
    }

    private struct State {
        var entries = RecencyList<WebURL.Origin, Entry>(budget: 64 << 20)
        var underWay: [WebURL.Origin: [CheckedContinuation<Answer?, Never>]] = [:]
    }

    private enum Step {
        case known(Answer)
        case wait
        case fetch
    }

    private let state = Mutex(State())

    /// The answer of an origin; where none holds any more, `fetch` gets it, once for all who ask meanwhile.
    /// Where who got it gave up, one of those who wait gets it.
    func answer(
        of origin: WebURL.Origin, _ fetch: () async -> (answer: Answer, holds: Duration)
    ) async -> Answer {
        while true {
            switch step(origin) {
            case .known(let answer): return answer
            case .fetch: return enter(await fetch(), for: origin)
            case .wait:
                let arrived = await withCheckedContinuation { continuation in
                    let isWaiting = state.withLock { $0.underWay[origin]?.append(continuation) != nil }
                    // It arrived just now, and can be looked up.
                    if !isWaiting { continuation.resume(returning: nil) }
                }
                if let arrived { return arrived }
            }
        }
    }

    // MARK: - Private

    private func step(_ origin: WebURL.Origin) -> Step {
        let now = ContinuousClock.now
        return state.withLock { state in
            if let entry = state.entries.use(origin), entry.expiry > now { return .known(entry.answer) }
            if state.underWay[origin] != nil { return .wait }
            state.underWay[origin] = []
            return .fetch
        }
    }

    private func enter(_ found: (answer: Answer, holds: Duration), for origin: WebURL.Origin) -> Answer {
        var cost = 256
        if case .file(let file) = found.answer { cost = file.cost }
        let entry = Entry(answer: found.answer, expiry: .now + found.holds)
        let waiting = state.withLock { state in
            if found.holds > .zero { _ = state.entries.insert(entry, for: origin, cost: cost) }
            return state.underWay.removeValue(forKey: origin) ?? []
        }
        var isGivenUp = false
        if case .unknown(let failure) = found.answer { isGivenUp = failure.code == .cancelled }
        for continuation in waiting { continuation.resume(returning: isGivenUp ? nil : found.answer) }
        return found.answer
    }
}
