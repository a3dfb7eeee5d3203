import Base

/// The sessions that there are, by the digests of their tokens. They are in memory alone: who asks after a
/// restart logs in again, as clients do by themselves.
struct SessionTable: Sendable {
    /// One session: it has a session token, and a refresh token until that is used.
    struct Entry: Sendable {
        var user: String
        var userID: Int64
        /// ``AccessDirectory/User/changedCommit`` at the login.
        var changedCommit: UInt64
        fileprivate var session: SHA256Digest
        fileprivate var refresh: SHA256Digest
        fileprivate var sessionEnd: ContinuousClock.Instant
        fileprivate var refreshEnd: ContinuousClock.Instant
    }

    private let limit: Int
    private let userLimit: Int
    private var entries: [Int: Entry] = [:]
    private var numbers: [SHA256Digest: Int] = [:]
    private var lastNumber = 0
    /// The numbers of each user's sessions, oldest first; some may be over.
    private var byUser: [ExactName: [Int]] = [:]

    init(limit: Int, userLimit: Int) {
        self.limit = limit
        self.userLimit = userLimit
    }

    /// How many sessions there are, those that are over but not forgotten included.
    var count: Int { entries.count }

    /// Begins a session.
    mutating func begin(
        of user: AccessDirectory.User, session: SHA256Digest, until sessionEnd: ContinuousClock.Instant,
        refresh: SHA256Digest, until refreshEnd: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) {
        if let mine = byUser[ExactName(user.name)], mine.count >= userLimit { end(mine[0]) }
        if entries.count >= limit { makeRoom(at: now) }
        lastNumber += 1
        entries[lastNumber] = Entry(
            user: user.name, userID: user.id, changedCommit: user.changedCommit, session: session,
            refresh: refresh, sessionEnd: sessionEnd, refreshEnd: refreshEnd)
        numbers[session] = lastNumber
        numbers[refresh] = lastNumber
        byUser[ExactName(user.name), default: []].append(lastNumber)
    }

    /// The session of a session token; `nil` where there is none, or it is over.
    mutating func session(_ token: SHA256Digest, at now: ContinuousClock.Instant) -> Entry? {
        guard let number = numbers[token], let entry = entries[number], entry.session == token else {
            return nil
        }
        guard entry.sessionEnd > now else {
            if entry.refreshEnd <= now { end(number) }
            return nil
        }
        return entry
    }

    /// The session of a refresh token, which is of no use afterwards. The session itself goes on to its end:
    /// requests may be under way with it.
    mutating func takeRefresh(_ token: SHA256Digest, at now: ContinuousClock.Instant) -> Entry? {
        guard let number = numbers[token], let entry = entries[number], entry.refresh == token else {
            return nil
        }
        numbers[token] = nil
        entries[number]!.refreshEnd = now
        if entry.sessionEnd <= now { end(number) }
        return entry.refreshEnd > now ? entry : nil
    }

    /// Ends the session of a token of either kind.
    mutating func end(_ token: SHA256Digest) {
        if let number = numbers[token] { end(number) }
    }

    // MARK: - Private

    private mutating func end(_ number: Int) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        numbers[entry.session] = nil
        numbers[entry.refresh] = nil
        byUser[ExactName(entry.user)]?.removeAll { $0 == number }
        if byUser[ExactName(entry.user)]?.isEmpty == true { byUser[ExactName(entry.user)] = nil }
    }

    /// Forgets what is over; where that is nothing, ends the oldest session of the user with the most.
    private mutating func makeRoom(at now: ContinuousClock.Instant) {
        let over = entries.filter { $0.value.sessionEnd <= now && $0.value.refreshEnd <= now }.map(\.key)
        for number in over { end(number) }
        guard over.isEmpty else { return }
        if let most = byUser.values.max(by: { $0.count < $1.count }), let oldest = most.first { end(oldest) }
    }
}
