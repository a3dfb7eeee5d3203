import Base
import Crypto

/// Passwords that were right a moment ago, for HTTP's Basic scheme, which sends them with every request: who
/// has just been verified is not put through scrypt again.
///
/// What is kept is an HMAC under a key that this process has drawn, for a few minutes, in memory alone.
struct RecentPasswords: Sendable {
    private struct Entry: Sendable {
        var changedCommit: UInt64
        var end: ContinuousClock.Instant
    }

    private static let lifetime = Duration.seconds(300)
    private static let limit = 1_000
    private let key = SymmetricKey(size: .bits256)
    private var entries = RecencyList<[UInt8], Entry>(budget: RecentPasswords.limit)

    mutating func insert(
        _ user: AccessDirectory.User, _ password: String, at now: ContinuousClock.Instant
    ) {
        let entry = Entry(changedCommit: user.changedCommit, end: now + RecentPasswords.lifetime)
        _ = entries.insert(entry, for: code(user.name, password), cost: 1)
    }

    /// Whether that was right a moment ago, and the user has not been changed since.
    mutating func contains(
        _ user: AccessDirectory.User, _ password: String, at now: ContinuousClock.Instant
    ) -> Bool {
        guard let entry = entries.use(code(user.name, password)) else { return false }
        return entry.changedCommit == user.changedCommit && entry.end > now
    }

    private func code(_ user: String, _ password: String) -> [UInt8] {
        // No name has a NUL in it.
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(user)\0\(password)".utf8), using: key)
        return code.withUnsafeBytes { Array($0) }
    }
}
