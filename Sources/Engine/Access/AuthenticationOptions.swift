/// How users log in, and for how long.
public struct AuthenticationOptions: Sendable {
    /// For how long a session token is good.
    public var sessionLifetime: Duration
    /// For how long a refresh token is good.
    public var refreshLifetime: Duration
    /// Sessions at one time; of the user with the most, the oldest ends when there would be more.
    public var sessionLimit: Int
    /// Sessions of one user at one time; the oldest ends when there would be more.
    public var userSessionLimit: Int
    /// The cost of the hash of a new password.
    public var passwordCost: PasswordHash.Cost
    /// Passwords that are hashed at one time: each takes the memory of ``passwordCost``.
    public var passwordThreads: Int
    /// Entries that the audit log keeps; the oldest go.
    public var auditLimit: Int
    /// What holds up whoever guesses passwords.
    public var guessing: AttemptThrottle.Limits
    /// The clock, for tests to turn.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    public init(
        sessionLifetime: Duration = .seconds(3_600), refreshLifetime: Duration = .seconds(86_400),
        sessionLimit: Int = 20_000, userSessionLimit: Int = 1_000,
        passwordCost: PasswordHash.Cost = .standard, passwordThreads: Int = 2, auditLimit: Int = 100_000,
        guessing: AttemptThrottle.Limits = .init()
    ) {
        self.sessionLifetime = sessionLifetime
        self.refreshLifetime = refreshLifetime
        self.sessionLimit = sessionLimit
        self.userSessionLimit = userSessionLimit
        self.passwordCost = passwordCost
        self.passwordThreads = passwordThreads
        self.auditLimit = auditLimit
        self.guessing = guessing
    }
}
