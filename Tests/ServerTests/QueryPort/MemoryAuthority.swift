import Engine
import Synchronization

@testable import Server

/// Users and sessions in memory.
final class MemoryAuthority: SessionAuthority {
    private struct State {
        var sessions: [String: String] = [:]
        var refreshes: [String: String] = [:]
        var origins: [String] = []
        var count = 0
    }

    static let password = "Correct-Horse-9"
    static let userToken = "adbp_7fXk2QpLw9sVb3NcRt6YhJm4ZaEd8GuTq1xK5oWiPyB0vCrSnM"

    private let role: String?
    private let mayChange: Bool
    private let seconds: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - role: For those who cannot log in.
    ///   - seconds: What sessions are said to last.
    init(role: String? = nil, mayChange: Bool = true, seconds: Int = 3_600) {
        self.role = role
        self.mayChange = mayChange
        self.seconds = seconds
    }

    /// Ends every session; whoever has a refresh token goes on.
    func expireSessions() { state.withLock { $0.sessions = [:] } }

    /// Where logins came from.
    var origins: [String] { state.withLock { $0.origins } }

    func authenticate(username: String, password: String, origin: String) async throws -> SessionGrant {
        guard username == "ada", password == MemoryAuthority.password else {
            throw EngineError(.invalidRequest, "the user name or the password is wrong")
        }
        state.withLock { $0.origins.append(origin) }
        return grant("ada")
    }

    func authenticate(username: String?, token: String, origin: String) async throws -> SessionGrant {
        guard token == MemoryAuthority.userToken, username ?? "ada" == "ada" else {
            throw EngineError(.invalidRequest, "the token is not known")
        }
        return grant("ada")
    }

    func refresh(_ refreshToken: String, origin: String) async throws -> SessionGrant {
        guard let user = state.withLock({ $0.refreshes.removeValue(forKey: refreshToken) }) else {
            throw EngineError(.invalidRequest, "the refresh token is spent")
        }
        return grant(user)
    }

    func principal(ofSession token: String, origin: String) async throws -> Principal? {
        state.withLock { $0.sessions[token] }.map(principal)
    }

    func anonymousPrincipal(origin: String) async throws -> Principal? {
        role.map(principal)
    }

    func principal(username: String, password: String, origin: String) async throws -> Principal {
        guard username == "ada", password == MemoryAuthority.password else {
            throw EngineError(.unauthenticated, "the user name or the password is wrong")
        }
        return principal("ada")
    }

    private func grant(_ user: String) -> SessionGrant {
        state.withLock { state in
            state.count += 1
            state.sessions["adbs_\(state.count)"] = user
            state.refreshes["adbr_\(state.count)"] = user
            return SessionGrant(
                sessionToken: "adbs_\(state.count)", refreshToken: "adbr_\(state.count)",
                sessionSeconds: seconds, refreshSeconds: 10 * seconds)
        }
    }

    private func principal(_ name: String) -> Principal {
        var principal = Principal.owner
        principal.name = name
        if !mayChange { principal.permissions = Permissions(objects: .read) }
        return principal
    }
}
