import Base
import Dispatch
public import Engine
import Logging
import Synchronization

/// Keeps what rules label true while the store changes: each commit makes it look again, on a thread of its
/// own.
///
/// It waits until nothing was committed for a moment, but not for long, and takes no more than a tenth of a
/// thread: after a pass of a second it rests for nine.
public final class RuleKeeper: Sendable {
    private struct State {
        var isStopping = false
        var isRunning = false
        /// Whether something was committed that was not answered yet; the semaphore has counted it.
        var hasNews = false
        /// What was last said about rules that cannot be applied or do not settle, so that it is said once.
        var told: [String] = []
        /// Whether rules did not come to rest the last time.
        var isRestless = false
    }

    private let store: Store
    private let logger = Logger(label: "fovea.rules")
    private let state = Mutex(State())
    private let cancellation = Cancellation()
    private let news = DispatchSemaphore(value: 0)
    private let isToEnd = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    /// How long nothing is to be committed before rules are applied, and how long that is waited for.
    private static let quiet = DispatchTimeInterval.milliseconds(100)
    private static let patience = DispatchTimeInterval.seconds(2)

    public init(store: Store) { self.store = store }

    /// Begins with a look at what changed while nobody kept the rules.
    public func start() {
        guard store.access == .readWrite else { return }
        state.withLock { $0.isRunning = true }
        // The store may outlive its keeper.
        store.onCommit { [weak self] in self?.notice() }
        WorkerThread.start { [self] in
            run()
            hasEnded.signal()
        }
    }

    /// Ends after the rule that is being applied. Returns once the thread has ended.
    public func stop() async {
        let isRunning = state.withLock { state in
            defer { state.isRunning = false }
            state.isStopping = true
            return state.isRunning
        }
        guard isRunning else { return }
        store.onCommit(nil)
        cancellation.cancel()
        isToEnd.signal()
        news.signal()
        await withCheckedContinuation { continuation in
            WorkerThread.start { [hasEnded] in
                hasEnded.wait()
                continuation.resume()
            }
        }
    }

    /// Applies the rules once, as a command does before it lets go of a store.
    public func settle() async {
        await withCheckedContinuation { continuation in
            WorkerThread.start { [self] in
                _ = settled()
                continuation.resume()
            }
        }
    }

    // MARK: - Private

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func notice() {
        let isFirst = state.withLock { state in
            defer { state.hasNews = true }
            return !state.hasNews
        }
        if isFirst { news.signal() }
    }

    private func run() {
        var last: UInt64?
        while !isStopping {
            if last != store.newestCommit {
                let start = DispatchTime.now()
                last = settled()
                let spent = Int(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds)
                if isToEnd.wait(timeout: .now() + .nanoseconds(9 * spent)) == .success { return }
            }
            news.wait()
            let deadline = DispatchTime.now() + Self.patience
            repeat {
                state.withLock { $0.hasNews = false }
            } while !isStopping && DispatchTime.now() < deadline
                && news.wait(timeout: .now() + Self.quiet) == .success
        }
    }

    /// - Returns: the commit up to which all is done; `nil` where it is to be tried again after the next one.
    private func settled() -> UInt64? {
        do {
            let settlement = try store.settleRules(
                cancellation, restless: state.withLock { $0.isRestless })
            var told = settlement.failures.map { "the rule '\($0.rule)' cannot be applied: \($0.reason)" }
            if !settlement.unsettled.isEmpty {
                let rules = settlement.unsettled.map { "'\($0)'" }.joined(separator: ", ")
                told.append(
                    "the rules \(rules) change each other's labels without end: one says what another denies")
            }
            let fresh = state.withLock { state in
                defer { state.told = told }
                state.isRestless = !settlement.unsettled.isEmpty
                return told.filter { !state.told.contains($0) }
            }
            for message in fresh { logger.warning("\(message)") }
            return settlement.commit
        } catch is CancelledError {
            return nil
        } catch {
            logger.warning("rules were not applied: \(error)")
            return nil
        }
    }
}
