import Base
import DequeModule
@preconcurrency import Dispatch
import Fetching
import HeapModule
import Synchronization

/// Which URL is fetched when: hosts take turns, and none is asked more often, or by more at a time, than it
/// may be.
///
/// Rows come in order and are kept until their host's turn: at most ``waitingLimit`` of them, then the list
/// waits. What was fetched and is not committed yet counts too, in URLs and in bytes, so that memory is
/// bounded.
final class CollectSchedule: Sendable {
    /// A URL that is to be fetched.
    struct Job: Sendable {
        var item: CollectItem
        var url: WebURL
        /// Attempts in this run so far.
        var attempts = 0
    }

    enum Step {
        case fetch(Job)
        /// Until that time, or until the bell rings.
        case wait(ContinuousClock.Instant?)
        case end
    }

    static let waitingLimit = 10_000
    private static let uncommittedLimit = 1_024
    private static let uncommittedBytes = 128 << 20

    private struct Turn: Comparable {
        var time: ContinuousClock.Instant
        /// Hosts whose time is the same take turns.
        var number: Int
        var host: String

        static func < (one: Turn, other: Turn) -> Bool { (one.time, one.number) < (other.time, other.number) }
    }

    private struct Retry: Comparable {
        var time: ContinuousClock.Instant
        var number: Int
        var job: Job

        static func == (one: Retry, other: Retry) -> Bool { one.number == other.number }
        static func < (one: Retry, other: Retry) -> Bool {
            (one.time, one.number) < (other.time, other.number)
        }
    }

    private struct Host {
        var jobs: Deque<Job> = []
        var active = 0
        var isQueued = false
        var earliest: ContinuousClock.Instant
    }

    private struct State {
        var hosts: [String: Host] = [:]
        var turns = Heap<Turn>()
        var retries = Heap<Retry>()
        var number = 0
        var waiting = 0
        var active = 0
        /// URLs between a row of a list and a commit, and how many further rows named the same.
        var underWay: [String: Int] = [:]
        var uncommitted = 0
        var uncommittedBytes = 0
        var isComplete = false
        var isCancelled = false
        var isListWaiting = false
    }

    private let connections: Int
    private let perHost: Int
    private let delay: Duration
    private let nextTurn: @Sendable (String) -> ContinuousClock.Instant
    private let state = Mutex(State())
    private let space = DispatchSemaphore(value: 0)
    let bell = Bell()

    /// - Parameter nextTurn: when a host is to be asked next, as far as that is known.
    init(
        connections: Int, perHost: Int, delay: Duration,
        nextTurn: @escaping @Sendable (String) -> ContinuousClock.Instant
    ) {
        self.connections = connections
        self.perHost = perHost
        self.delay = delay
        self.nextTurn = nextTurn
    }

    // MARK: - The list's side

    /// Notes that `url` is under way; `false` where it is already, and then another row of it is counted.
    func enter(_ url: String) -> Bool {
        state.withLock { state in
            guard let rows = state.underWay[url] else {
                state.underWay[url] = 0
                return true
            }
            state.underWay[url] = rows + 1
            return false
        }
    }

    /// Takes a URL out, after it was committed or needs no commit. Returns how many further rows named it.
    func leave(_ url: String) -> Int { state.withLock { $0.underWay.removeValue(forKey: url) ?? 0 } }

    /// Adds a job, waiting for space; `false` where the run was given up.
    func push(_ job: Job) -> Bool {
        while true {
            let outcome = state.withLock { state -> Bool? in
                if state.isCancelled { return false }
                guard state.waiting < CollectSchedule.waitingLimit else {
                    state.isListWaiting = true
                    return nil
                }
                add(job, to: &state)
                return true
            }
            if let outcome {
                if outcome { bell.ring() }
                return outcome
            }
            space.wait()
        }
    }

    /// Says that no further rows come.
    func complete() {
        state.withLock { $0.isComplete = true }
        bell.ring()
    }

    // MARK: - The fetching side

    /// What is to be done at `now`.
    func step(at now: ContinuousClock.Instant) -> Step {
        let (step, frees) = state.withLock { state -> (Step, Bool) in
            if state.isCancelled { return (.end, false) }
            while let retry = state.retries.min, retry.time <= now {
                state.retries.removeMin()
                add(retry.job, to: &state)
            }
            if state.isComplete, state.waiting == 0, state.active == 0, state.retries.isEmpty {
                return (.end, false)
            }
            guard state.active < connections, state.uncommitted < CollectSchedule.uncommittedLimit,
                state.uncommittedBytes < CollectSchedule.uncommittedBytes
            else { return (.wait(nil), false) }
            if let turn = state.turns.min, turn.time <= now {
                state.turns.removeMin()
                let job = take(turn.host, from: &state, now)
                let frees = state.isListWaiting && state.waiting < CollectSchedule.waitingLimit / 2
                if frees { state.isListWaiting = false }
                return (.fetch(job), frees)
            }
            return (.wait([state.turns.min?.time, state.retries.min?.time].compactMap { $0 }.min()), false)
        }
        if frees { space.signal() }
        return step
    }

    /// Notes that a job is fetched and its result handed on, or is to be tried again at `time`.
    func finish(_ job: Job, retryAt time: ContinuousClock.Instant? = nil) {
        let host = job.url.host
        let turn = nextTurn(host)
        state.withLock { state in
            state.active -= 1
            if let time {
                state.number += 1
                state.retries.insert(Retry(time: time, number: state.number, job: job))
            }
            guard var known = state.hosts[host] else { return }
            known.active -= 1
            known.earliest = max(known.earliest, turn)
            queue(&known, host, &state)
            state.hosts[host] = known.jobs.isEmpty && known.active == 0 ? nil : known
        }
        bell.ring()
    }

    // MARK: - The committing side

    /// Notes that something waits for its commit, or that `count` things were committed where it is negative.
    func note(uncommitted count: Int, bytes: Int) {
        state.withLock { state in
            state.uncommitted += count
            state.uncommittedBytes += bytes
        }
        if count < 0 { bell.ring() }
    }

    /// Ends everything as soon as may be.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        space.signal()
        bell.ring()
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    // MARK: - Private

    private func add(_ job: Job, to state: inout State) {
        let host = job.url.host
        var known = state.hosts.removeValue(forKey: host) ?? Host(earliest: nextTurn(host))
        known.jobs.append(job)
        state.waiting += 1
        queue(&known, host, &state)
        state.hosts[host] = known
    }

    private func queue(_ known: inout Host, _ host: String, _ state: inout State) {
        guard !known.isQueued, !known.jobs.isEmpty, known.active < perHost else { return }
        known.isQueued = true
        state.number += 1
        state.turns.insert(Turn(time: known.earliest, number: state.number, host: host))
    }

    private func take(_ host: String, from state: inout State, _ now: ContinuousClock.Instant) -> Job {
        guard var known = state.hosts.removeValue(forKey: host), let job = known.jobs.popFirst() else {
            preconditionFailure("a host without a job was given a turn")
        }
        known.isQueued = false
        known.active += 1
        // The turn itself is taken by the fetch that begins now.
        known.earliest = now + delay
        state.waiting -= 1
        state.active += 1
        queue(&known, host, &state)
        state.hosts[host] = known
        return job
    }
}

/// Wakes one waiting task. What rings before anybody waits is heard by the next who does.
final class Bell: Sendable {
    private let state = Mutex<(isRung: Bool, waiting: CheckedContinuation<Void, Never>?)>((false, nil))

    func ring() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            if state.waiting == nil { state.isRung = true }
            return state.waiting
        }
        waiting?.resume()
    }

    func heard() async {
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                if state.isRung {
                    state.isRung = false
                    return true
                }
                state.waiting = continuation
                return false
            }
            if isRung { continuation.resume() }
        }
    }
}
