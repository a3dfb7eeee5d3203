import Base
import Synchronization

/// For protocols in which every request brings its own credentials.
extension AccessControl {
    /// Who has a token: of a session or of a user. Nothing is begun, and nothing but failures noted.
    /// - Throws: ``EngineError/Code/unauthenticated``.
    public func principal(token: String, from origin: String) async throws -> Principal {
        guard token.hasPrefix(AccessToken.Kind.user.rawValue) else {
            return try await principal(sessionToken: token, from: origin)
        }
        return try await user(withToken: token, username: nil, from: origin).principal(from: origin)
    }

    /// Who has a password. The first time it takes as long as a login; then for some minutes it does not.
    /// - Throws: as ``authenticate(username:password:from:)``.
    public func principal(
        username: String, password: String, from origin: String
    ) async throws -> Principal {
        let now = options.now()
        if let user = try await directory().users[ExactName(username)],
            state.withLock({ $0.passwords.contains(user, password, at: now) })
        {
            return user.principal(from: origin)
        }
        let user = try await verifiedUser(username, password, from: origin)
        state.withLock { $0.passwords.insert(user, password, at: now) }
        return user.principal(from: origin)
    }
}
