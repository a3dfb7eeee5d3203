public import Engine

/// Who is who at the query port: proves users, and knows whose a session is.
///
/// `origin` is where a request comes from, for the audit log and against guessing: a network address. What is
/// thrown is an ``EngineError``; clients read its message, unless it is the server's own fault.
public protocol SessionAuthority: Sendable {
    /// Begins a session for a user who knows the password.
    /// - Throws: where user or password is wrong, or must wait.
    func authenticate(username: String, password: String, origin: String) async throws -> SessionGrant
    /// Begins a session for the user whom a token belongs to.
    /// - Parameter username: As the client has it; `nil` where it names nobody, as newer clients do.
    /// - Throws: where the token is not known, or another user's.
    func authenticate(username: String?, token: String, origin: String) async throws -> SessionGrant
    /// Begins a session in the place of one that was begun before.
    /// - Throws: where the token is not known, spent, or has expired.
    func refresh(_ refreshToken: String, origin: String) async throws -> SessionGrant
    /// Whose a session is; `nil` for one that is not known or has expired. Asked with every request, so it
    /// should take no longer than a look-up.
    func principal(ofSession token: String, origin: String) async throws -> Principal?
    /// For whom clients act that cannot log in, which are VDMS's; `nil` refuses them.
    func anonymousPrincipal(origin: String) async throws -> Principal?
    /// Who has a password, for protocols that send it with every request. Begins no session.
    /// - Throws: as ``authenticate(username:password:origin:)``.
    func principal(username: String, password: String, origin: String) async throws -> Principal
}

/// A session that was begun.
public struct SessionGrant: Sendable {
    public var sessionToken: String
    public var refreshToken: String
    /// Seconds until the session token expires.
    public var sessionSeconds: Int
    /// Seconds until the refresh token expires.
    public var refreshSeconds: Int

    public init(sessionToken: String, refreshToken: String, sessionSeconds: Int, refreshSeconds: Int) {
        self.sessionToken = sessionToken
        self.refreshToken = refreshToken
        self.sessionSeconds = sessionSeconds
        self.refreshSeconds = refreshSeconds
    }
}
