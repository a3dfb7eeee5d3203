import Base
import Synchronization

/// How often somebody may do something: so many times a minute, and a day.
///
/// A window begins with its first request and is forgotten when it is over.
public final class RequestQuota: Sendable {
    /// How many times are allowed.
    public struct Limits: Sendable, Hashable {
        public var perMinute: Int
        /// `nil` for no limit.
        public var perDay: Int?

        public init(perMinute: Int, perDay: Int? = nil) {
            self.perMinute = perMinute
            self.perDay = perDay
        }
    }

    private struct Window {
        var start: ContinuousClock.Instant
        var count = 0
    }

    private struct State {
        var minutes: [String: Window] = [:]
        var days: [String: Window] = [:]
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant
    /// Names that are remembered at a time; those whose windows are over go first.
    private static let nameLimit = 20_000

    public convenience init() { self.init { .now } }

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    /// Counts one more for `name`.
    /// - Throws: ``EngineError/Code/rateLimited`` with the time to wait, and counts nothing then.
    public func take(_ name: String, _ limits: Limits) throws {
        let now = now()
        let wait: Duration? = state.withLock { state in
            RequestQuota.forget(&state.minutes, .seconds(60), now)
            RequestQuota.forget(&state.days, .seconds(86_400), now)
            let minute = RequestQuota.window(state.minutes[name], .seconds(60), now)
            let day = RequestQuota.window(state.days[name], .seconds(86_400), now)
            if let perDay = limits.perDay, day.count >= perDay { return .seconds(86_400) - (now - day.start) }
            if minute.count >= limits.perMinute { return .seconds(60) - (now - minute.start) }
            state.minutes[name] = Window(start: minute.start, count: minute.count + 1)
            if limits.perDay != nil { state.days[name] = Window(start: day.start, count: day.count + 1) }
            return nil
        }
        guard let wait else { return }
        let day = limits.perDay.map { " and \($0) a day" } ?? ""
        throw EngineError(
            .rateLimited,
            "that was asked too often: \(limits.perMinute) times a minute\(day) are allowed; ask again in \(max(1, wait.components.seconds)) s",
            retryAfter: wait)
    }

    // MARK: - Private

    private static func window(
        _ window: Window?, _ length: Duration, _ now: ContinuousClock.Instant
    ) -> Window {
        guard let window, now - window.start < length else { return Window(start: now) }
        return window
    }

    private static func forget(
        _ windows: inout [String: Window], _ length: Duration, _ now: ContinuousClock.Instant
    ) {
        guard windows.count >= nameLimit else { return }
        windows = windows.filter { now - $0.value.start < length }
    }
}
