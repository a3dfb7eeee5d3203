import Engine

/// Who is who at a store, as the query port asks for it.
struct StoreAuthority: SessionAuthority {
    let accessControl: AccessControl
    /// The role of those who cannot log in; `nil` where they are refused.
    let anonymousRole: String?

    func authenticate(username: String, password: String, origin: String) async throws -> SessionGrant {
        SessionGrant(
            try await accessControl.authenticate(username: username, password: password, from: origin))
    }

    func authenticate(username: String?, token: String, origin: String) async throws -> SessionGrant {
        SessionGrant(try await accessControl.authenticate(username: username, token: token, from: origin))
    }

    func refresh(_ refreshToken: String, origin: String) async throws -> SessionGrant {
        SessionGrant(try await accessControl.refresh(refreshToken, from: origin))
    }

    func principal(ofSession token: String, origin: String) async throws -> Principal? {
        do {
            return try await accessControl.principal(token: token, from: origin)
        } catch let error as EngineError where error.code == .unauthenticated {
            return nil
        }
    }

    func principal(username: String, password: String, origin: String) async throws -> Principal {
        try await accessControl.principal(username: username, password: password, from: origin)
    }

    func anonymousPrincipal(origin: String) async throws -> Principal? {
        guard let anonymousRole else { return nil }
        return try await accessControl.anonymous(role: anonymousRole, from: origin)
    }
}

extension SessionGrant {
    fileprivate init(_ session: Session) {
        self.init(
            sessionToken: session.sessionToken, refreshToken: session.refreshToken,
            sessionSeconds: Int(session.sessionLifetime.components.seconds),
            refreshSeconds: Int(session.refreshLifetime.components.seconds))
    }
}
