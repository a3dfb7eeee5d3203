import Base
import Catalog
import Synchronization

/// Who is who at a store: logins, sessions, tokens, and what guesses at them meet. There is one of every open
/// store (``Store/accessControl``).
///
/// Wherever credentials are not good, the error is the same and as slow whether or not there is such a user.
public final class AccessControl: Sendable {
    struct State {
        var directory: AccessDirectory?
        var sessions: SessionTable
        var throttle: AttemptThrottle
        var passwords = RecentPasswords()
    }

    let catalog: Catalog
    let options: AuthenticationOptions
    let audit: AuditTrail
    let state: Mutex<State>
    private let readPool: BlockingPool
    /// Threads of their own, as few as hashes may be computed at one time.
    let passwordPool: BlockingPool
    /// What a password is compared with where there is no such user, so that this takes as long.
    private let decoy: PasswordHash

    init(catalog: Catalog, readPool: BlockingPool, options: AuthenticationOptions) {
        self.catalog = catalog
        self.readPool = readPool
        self.options = options
        audit = AuditTrail(catalog: catalog, keeping: options.auditLimit)
        passwordPool = BlockingPool(
            label: "fovea-passwords", threadCount: options.passwordThreads,
            queueLimit: AccessControl.waitingPasswords)
        decoy = PasswordHash.decoy(cost: options.passwordCost)
        state = Mutex(
            State(
                sessions: SessionTable(limit: options.sessionLimit, userLimit: options.userSessionLimit),
                throttle: AttemptThrottle(options.guessing)))
    }

    /// Logins that may wait for a thread to hash their password; more are refused as overload.
    private static let waitingPasswords = 1_000
    /// Longer user names and tokens are not looked at.
    private static let longestText = 256

    // MARK: - Logging in

    /// Logs in with a password. Takes tenths of a second: see ``PasswordHash/Cost``.
    /// - Parameter origin: the address that the user comes from, without a port.
    /// - Throws: ``EngineError/Code/unauthenticated``; ``EngineError/Code/tooManyAttempts``, without looking
    ///   at the password; ``EngineError/Code/overloaded``.
    public func authenticate(
        username: String, password: String, from origin: String
    ) async throws -> Session {
        try begin(try await verifiedUser(username, password, from: origin), from: origin, event: "login")
    }

    /// Logs in with a user's token (`adbp_…`).
    /// - Parameter username: whom the token must belong to, where that is said.
    /// - Throws: ``EngineError/Code/unauthenticated``.
    public func authenticate(
        username: String?, token: String, from origin: String
    ) async throws -> Session {
        let user = try await user(withToken: token, username: username, from: origin)
        return try begin(user, from: origin, event: "login", details: "with a token")
    }

    /// Begins another session with the refresh token of an earlier one, which is of no use afterwards.
    /// - Throws: ``EngineError/Code/unauthenticated`` where the token is unknown, used or too old, or the
    ///   user has been changed since.
    public func refresh(_ refreshToken: String, from origin: String) async throws -> Session {
        guard refreshToken.utf8.count <= AccessControl.longestText else { throw AccessControl.sessionOver }
        let directory = try await directory()
        let (digest, now) = (AccessToken(text: refreshToken).digest, options.now())
        guard let entry = state.withLock({ $0.sessions.takeRefresh(digest, at: now) }),
            let user = directory.user(of: entry)
        else { throw AccessControl.sessionOver }
        return try begin(user, from: origin, event: "session_renewed")
    }

    /// Ends the session of a session token; does nothing where there is none.
    public func logOut(_ sessionToken: String) {
        guard sessionToken.utf8.count <= AccessControl.longestText else { return }
        let digest = AccessToken(text: sessionToken).digest
        state.withLock { $0.sessions.end(digest) }
    }

    // MARK: - Knowing who asks

    /// Who has a session, with the permissions of this moment. Costs a look-up in memory.
    /// - Throws: ``EngineError/Code/unauthenticated`` where there is no such session, it is over, or the user
    ///   was changed since.
    public func principal(sessionToken: String, from origin: String) async throws -> Principal {
        guard sessionToken.utf8.count <= AccessControl.longestText else { throw AccessControl.sessionOver }
        let (digest, now) = (AccessToken(text: sessionToken).digest, options.now())
        guard let entry = state.withLock({ $0.sessions.session(digest, at: now) }) else {
            throw AccessControl.sessionOver
        }
        guard let user = try await directory().user(of: entry) else {
            state.withLock { $0.sessions.end(digest) }
            throw AccessControl.sessionOver
        }
        return user.principal(from: origin)
    }

    /// Whoever has not logged in, with the permissions of a role; administration is not among them.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such role.
    public func anonymous(role name: String, from origin: String) async throws -> Principal {
        guard let role = try await directory().roles[ExactName(name)] else {
            throw EngineError(.notFound, "there is no role '\(name)' for those who have not logged in")
        }
        return Principal(kind: .anonymous, name: name, permissions: role.permissions, origin: origin)
    }

    /// Whether there is any user.
    public func hasUsers() async throws -> Bool { try await !directory().users.isEmpty }

    /// Notes that a command was denied, where `error` says that.
    public func note(_ error: EngineError, of command: String, by principal: Principal) {
        guard error.code == .forbidden else { return }
        audit.append(
            AuditEntry(
                time: .now(), who: principal.auditName, origin: principal.origin, event: "denied",
                subject: command, details: error.message), at: options.now())
    }

    // MARK: - For the parts of this type

    static let sessionOver = EngineError(
        .unauthenticated, "the session is over, or never was: log in again")
    static let wrongCredentials = EngineError(
        .unauthenticated, "the user name, the password or the token is wrong")

    /// Users and roles of the newest commit.
    func directory() async throws -> AccessDirectory {
        let newest = catalog.newestUsersCommit
        if let known = state.withLock({ $0.directory }), known.commit == newest { return known }
        let catalog = catalog
        let fresh = try await readPool.run { cancellation in
            try translating {
                try catalog.read(cancellation) {
                    try AccessDirectory(try $0.users, commit: $0.usersCommit)
                }
            }
        }
        return state.withLock { state in
            if let known = state.directory, known.commit > fresh.commit { return known }
            state.directory = fresh
            return fresh
        }
    }

    /// The user of that name, if the password is right.
    func verifiedUser(
        _ username: String, _ password: String, from origin: String
    ) async throws -> AccessDirectory.User {
        guard (1...AccessControl.longestText).contains(username.utf8.count), !password.isEmpty,
            password.utf8.count <= PasswordRule.byteLimit
        else { throw AccessControl.wrongCredentials }
        try checkThrottle(username, from: origin)
        let user = try await directory().users[ExactName(username)]
        let (hash, hasPassword) = (user?.password ?? decoy, user?.password != nil)
        let isRight = try await passwordPool.run { [self] _ in
            // While this waited, others may have failed; and who waits next must know of this one.
            try checkThrottle(username, from: origin)
            let isRight = try hash.matches(password) && hasPassword
            if !isRight { noteFailure(username, from: origin) }
            return isRight
        }
        guard isRight, let user else { throw AccessControl.wrongCredentials }
        state.withLock { $0.throttle.noteSuccess(user: username, address: origin) }
        return user
    }

    /// The user that a token belongs to. A token that is right is taken whatever was tried before: 256
    /// random bits cannot be guessed, so that there is nothing to hold up but entries of the audit log.
    func user(
        withToken token: String, username: String?, from origin: String
    ) async throws -> AccessDirectory.User {
        let directory = try await directory()
        if token.utf8.count <= AccessControl.longestText,
            let name = directory.tokens[AccessToken(text: token).digest],
            username?.hasSameBytes(as: name) ?? true,
            let user = directory.users[ExactName(name)]
        {
            return user
        }
        let who = String((username ?? "").prefix(AccessControl.longestText))
        try checkThrottle(who, from: origin)
        noteFailure(who, from: origin, details: "with a token")
        throw AccessControl.wrongCredentials
    }

    // MARK: - Private

    private func begin(
        _ user: AccessDirectory.User, from origin: String, event: String, details: String? = nil
    ) throws -> Session {
        let (session, refresh) = (AccessToken.make(.session), AccessToken.make(.refresh))
        let now = options.now()
        state.withLock {
            $0.sessions.begin(
                of: user, session: session.digest, until: now + options.sessionLifetime,
                refresh: refresh.digest, until: now + options.refreshLifetime, at: now)
        }
        audit.append(
            AuditEntry(time: .now(), who: user.name, origin: origin, event: event, details: details), at: now)
        return Session(
            sessionToken: session.text, refreshToken: refresh.text,
            sessionLifetime: options.sessionLifetime, refreshLifetime: options.refreshLifetime,
            principal: user.principal(from: origin))
    }

    private func checkThrottle(_ username: String, from origin: String) throws(EngineError) {
        let now = options.now()
        let delay = state.withLock { $0.throttle.delay(user: username, address: origin, at: now) }
        guard let delay else { return }
        let seconds = Int((delay / .seconds(1)).rounded(.up))
        throw EngineError(
            .tooManyAttempts, "too many logins have failed; try again in \(seconds) s",
            retryAfter: .seconds(seconds))
    }

    private func noteFailure(_ username: String, from origin: String, details: String? = nil) {
        let now = options.now()
        let lock = state.withLock { $0.throttle.noteFailure(user: username, address: origin, at: now) }
        audit.append(
            AuditEntry(
                time: .now(), who: username, origin: origin, event: "login_failed", details: details), at: now
        )
        guard let lock else { return }
        audit.append(
            AuditEntry(
                time: .now(), who: username, origin: origin, event: "locked_out",
                details: "for \(Int(lock / .seconds(1))) s"), at: now)
    }
}

extension AccessDirectory {
    /// The user of a session, unless it ended because the user was changed.
    fileprivate func user(of entry: SessionTable.Entry) -> User? {
        guard let user = users[ExactName(entry.user)], user.id == entry.userID,
            user.changedCommit == entry.changedCommit
        else { return nil }
        return user
    }
}

extension AccessDirectory.User {
    func principal(from origin: String) -> Principal {
        Principal(kind: .user, name: name, permissions: permissions, origin: origin)
    }
}
