#if canImport(Glibc)
    import Glibc
#endif
import Base

/// Holds up whoever guesses passwords: a growing delay after some failures, then a lock-out for a time.
///
/// Failures are counted three times: of a user from an address, of an address whatever the user, and of a
/// user wherever from. The first counts for everybody. The other two hold up only those who have not logged
/// in as that user from that address before: so nobody locks somebody else out of a place that they are
/// known at by guessing, neither from elsewhere nor by guessing other names. Names that no user has count
/// like others.
///
/// Every table has a limit, and what was used longest ago goes first. An entry comes only with a failed
/// attempt, which costs the time of a hash: a table is not emptied by flooding it within a lock-out.
public struct AttemptThrottle: Sendable {
    /// How many failures there may be before something happens.
    public struct Limits: Sendable {
        /// Failures without a delay, and before a lock-out: of a user from an address.
        public var pair: (free: Int, lock: Int) = (3, 10)
        /// The same of an address, and of a user.
        public var shared: (free: Int, lock: Int) = (20, 100)
        /// No delay short of a lock-out is longer; each is twice the one before, from a second on.
        public var longestDelay = Duration.seconds(60)
        /// How long a lock-out takes.
        public var lock = Duration.seconds(15 * 60)
        /// Failures are forgotten so long after the last one.
        public var memory = Duration.seconds(60 * 60)
        /// Entries of each table.
        public var entries = 20_000

        public init() {}
    }

    private struct Record: Sendable {
        var failures = 0
        var last: ContinuousClock.Instant
        var until: ContinuousClock.Instant
    }

    /// A hash with the process's random seed: it takes as little room for a long name as for a short one.
    private struct Key: Sendable, Hashable {
        private var words: (Int, Int)

        init(user: String?, address: String?) {
            func hash(_ tag: UInt8) -> Int {
                var hasher = Hasher()
                hasher.combine(tag)
                hasher.combine(user)
                hasher.combine(address)
                return hasher.finalize()
            }
            words = (hash(1), hash(2))
        }

        static func == (left: Key, right: Key) -> Bool { left.words == right.words }
        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }

    private let limits: Limits
    private var records: RecencyList<Key, Record>
    /// Of a user and an address that the user has logged in from.
    private var known: RecencyList<Key, Bool>

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        // A failure has three entries.
        records = RecencyList(budget: limits.entries * 3)
        known = RecencyList(budget: limits.entries)
    }

    /// How long whoever wants to log in must wait first; `nil` where they need not.
    mutating func delay(
        user: String, address: String, at now: ContinuousClock.Instant
    ) -> Duration? {
        let address = AttemptThrottle.network(of: address)
        let pair = Key(user: user, address: address)
        var until = records.use(pair)?.until
        if known.use(pair) == nil {
            for key in [Key(user: user, address: nil), Key(user: nil, address: address)] {
                guard let other = records.use(key)?.until else { continue }
                until = max(until ?? other, other)
            }
        }
        guard let until, until > now else { return nil }
        return until - now
    }

    /// Notes that a login failed.
    /// - Returns: for how long nobody may try again, where that is a lock-out.
    mutating func noteFailure(
        user: String, address: String, at now: ContinuousClock.Instant
    ) -> Duration? {
        let address = AttemptThrottle.network(of: address)
        let isLocked = note(Key(user: user, address: address), limits.pair, at: now)
        let isAddressLocked = note(Key(user: nil, address: address), limits.shared, at: now)
        let isUserLocked = note(Key(user: user, address: nil), limits.shared, at: now)
        return isLocked || isAddressLocked || isUserLocked ? limits.lock : nil
    }

    /// Notes that a login succeeded: that user is known at that address from now on.
    mutating func noteSuccess(user: String, address: String) {
        let pair = Key(user: user, address: AttemptThrottle.network(of: address))
        _ = records.remove(pair)
        _ = known.insert(true, for: pair, cost: 1)
    }

    /// How many entries there are.
    var count: Int { records.count + known.count }

    // MARK: - Private

    private mutating func note(
        _ key: Key, _ limit: (free: Int, lock: Int), at now: ContinuousClock.Instant
    ) -> Bool {
        var record = records.use(key) ?? Record(last: now, until: now)
        if now - record.last > limits.memory { record.failures = 0 }
        record.failures += 1
        record.last = now
        let isLocked = record.failures >= limit.lock
        if isLocked {
            record.until = now + limits.lock
        } else if record.failures > limit.free {
            let doublings = min(record.failures - limit.free - 1, 20)
            record.until = now + min(.seconds(1 << doublings), limits.longestDelay)
        }
        _ = records.insert(record, for: key, cost: 1)
        return isLocked
    }

    /// What one party has of the address space: an IPv4 address, or the first 64 bits of one of IPv6.
    static func network(of address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { bytes in
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            if isMapped { return bytes[12...].map { String($0) }.joined(separator: ".") }
            // Loopback and the like lie in the first network of all, with nothing else.
            return Hex.encode(Array(bytes[..<8])) + "/64"
        }
    }
}
