import Base
public import Engine
import Logging
public import Query

/// Answers a message of the command language for somebody. Never throws: whatever goes wrong is a reply in
/// the dialect's own shape. Its work ends soon after the task is cancelled.
public typealias QueryAnswering =
    @Sendable (CommandMessage, CommandDialect, Principal) async -> CommandMessage

/// Answers a message with a table of what its last command lists. Throws whatever goes wrong.
public typealias TableAnswering =
    @Sendable (CommandMessage, CommandDialect, Principal) async throws -> TableAnswer

/// The command language as the faces of the server offer it: the session layer, and behind it who answers.
public struct CommandService: Sendable {
    private let authority: any SessionAuthority
    private let answering: QueryAnswering
    private let tables: TableAnswering?
    let limits: QueryMessage.Limits
    private static let logger = Logger(label: "fovea")

    /// - Parameter maxMessageBytes: Of a message in either direction; at most 2³² − 1, which a frame can say.
    public init(
        authority: any SessionAuthority, maxMessageBytes: Int = 1 << 30, tables: TableAnswering? = nil,
        answering: @escaping QueryAnswering
    ) {
        self.authority = authority
        self.answering = answering
        self.tables = tables
        limits = QueryMessage.Limits(byteCount: min(maxMessageBytes, Int(UInt32.max)))
    }

    /// Answers whoever has a session; and begins sessions.
    /// - Parameters:
    ///   - token: Of the session; `nil` for none.
    ///   - origin: The address that asks.
    func answer(
        _ message: CommandMessage, dialect: CommandDialect = .aperture, session token: String?,
        origin: String
    ) async -> CommandMessage {
        if let name = SessionCommand.name(in: message.json) {
            return await beginSession(name, message.json, origin: origin)
        }
        guard let token else { return DialectReply.unauthenticated }
        do {
            guard let principal = try await authority.principal(ofSession: token, origin: origin) else {
                return DialectReply.unauthenticated
            }
            return await answer(message, dialect: dialect, principal: principal)
        } catch {
            return DialectReply.failure(shown(error), dialect: .aperture)
        }
    }

    /// Answers with a table.
    /// - Parameters:
    ///   - principal: Who asks; `nil` for whoever has the session.
    ///   - token: Of the session; `nil` for none.
    /// - Throws: `EngineError`; of a reply that is too long, too.
    func table(
        _ message: CommandMessage, dialect: CommandDialect, by principal: Principal?, session token: String?,
        origin: String
    ) async throws -> TableAnswer {
        guard let tables else {
            throw EngineError(.notFound, "this server does not answer with tables")
        }
        var known = principal
        if known == nil, let token {
            known = try await authority.principal(ofSession: token, origin: origin)
        }
        guard let known else {
            throw EngineError(.unauthenticated, "log in first: 'Authenticate' gives a token")
        }
        let answer = try await tables(message, dialect, known)
        guard answer.byteCount <= limits.byteCount else {
            throw EngineError(
                .limitExceeded,
                "the table has \(answer.byteCount) bytes, the limit is \(limits.byteCount): ask for fewer rows at a time, with 'limit' or 'batch'"
            )
        }
        return answer
    }

    /// Answers somebody who cannot log in, in VDMS's dialect.
    func answerAnonymously(_ message: CommandMessage, origin: String) async -> CommandMessage {
        do {
            guard let principal = try await authority.anonymousPrincipal(origin: origin) else {
                return DialectReply.failure(
                    "VDMS's clients do not log in, and this server answers nobody without a role: start it with --anonymous-role ROLE to give them one",
                    dialect: .vdms)
            }
            return await answer(message, dialect: .vdms, principal: principal)
        } catch {
            return DialectReply.failure(shown(error), dialect: .vdms)
        }
    }

    /// Who sends a request of native HTTP.
    /// - Throws: ``EngineError/Code/unauthenticated`` where that is not known.
    func principal(_ credentials: Credentials, origin: String) async throws -> Principal {
        switch credentials {
        case .password(let username, let password):
            return try await authority.principal(username: username, password: password, origin: origin)
        case .key:
            throw EngineError(
                .unauthenticated,
                "a key is good for Cortex's paths alone: log in with a user's token or password")
        case .token(let token):
            guard let principal = try await authority.principal(ofSession: token, origin: origin) else {
                throw EngineError(
                    .unauthenticated, "the token is not known, or its session is over: log in again")
            }
            return principal
        }
    }

    /// Answers `principal`.
    func answer(
        _ message: CommandMessage, dialect: CommandDialect, principal: Principal
    ) async -> CommandMessage {
        let reply = await answering(message, dialect, principal)
        let count = FrameWriter.byteCount(of: reply)
        guard count > limits.byteCount else { return reply }
        return DialectReply.failure(
            "the reply has \(count) bytes, the limit is \(limits.byteCount): ask for fewer at a time, with 'limit' or 'batch'",
            dialect: dialect, status: 4)
    }

    // MARK: - Private

    private func beginSession(_ name: String, _ json: [UInt8], origin: String) async -> CommandMessage {
        do {
            let grant =
                switch try SessionCommand(name, json: json) {
                case .password(let username, let password):
                    try await authority.authenticate(username: username, password: password, origin: origin)
                case .token(let username, let token):
                    try await authority.authenticate(username: username, token: token, origin: origin)
                case .refresh(let token): try await authority.refresh(token, origin: origin)
                }
            return DialectReply.answer(
                to: name,
                [
                    "status": 0, "session_token": .string(grant.sessionToken),
                    "refresh_token": .string(grant.refreshToken),
                    "session_token_expires_in": .integer(Int64(grant.sessionSeconds)),
                    "refresh_token_expires_in": .integer(Int64(grant.refreshSeconds)),
                ])
        } catch let fault as SessionCommand.Fault {
            return refused(name, fault.message)
        } catch {
            return refused(name, shown(error))
        }
    }

    private func refused(_ command: String, _ reason: String) -> CommandMessage {
        DialectReply.answer(to: command, ["status": -1, "info": .string(reason)])
    }

    /// What of an error a client may read; what is the server's own affair is logged.
    private func shown(_ error: any Error) -> String {
        let error = EngineError(reporting: error)
        guard [.failed, .corrupt, .newerFormat].contains(error.code) else { return error.message }
        CommandService.logger.error("a session failed", metadata: ["error": "\(error)"])
        return "the server could not look this up; its log says why"
    }
}
