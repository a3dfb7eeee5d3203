public import Base
import Catalog

/// The commands about users and roles.
public enum AccessCommand: String, Sendable, CaseIterable {
    case createRole = "CreateRole"
    case updateRole = "UpdateRole"
    case removeRole = "RemoveRole"
    case createUser = "CreateUser"
    case updateUser = "UpdateUser"
    case removeUser = "RemoveUser"
    case getUserDetails = "GetUserDetails"
    case generateToken = "GenerateToken"

    /// Whether it changes nothing.
    public var isReading: Bool { self == .getUserDetails || self == .generateToken }
}

/// A command about users and roles, read and checked as far as that goes without the catalog. What takes long
/// is done: the password is hashed.
struct PreparedAccessCommand: Sendable {
    let command: AccessCommand
    let principal: Principal
    let request: AccessRequest
    let auditLimit: Int

    /// Carries it out, and notes it in the audit log.
    /// - Returns: what the command answers, `status` 0 with it.
    /// - Throws: ``EngineError/Code/forbidden``, ``EngineError/Code/notFound``,
    ///   ``EngineError/Code/conflict``, ``EngineError/Code/limitExceeded``. The transaction is to be undone
    ///   then.
    func run(in transaction: Transaction) throws -> Document {
        if command.isReading { return try answer(transaction.users) }
        let change = AccessChange(
            transaction: transaction, principal: principal, auditLimit: auditLimit)
        try change.run(command, request)
        return ["status": 0]
    }

    /// Answers one that changes nothing.
    func run(in snapshot: CatalogSnapshot) throws -> Document {
        precondition(command.isReading)
        return try answer(try snapshot.users)
    }

    // MARK: - Private

    private func answer(_ reader: AccessReader) throws -> Document {
        guard command == .getUserDetails else {
            guard principal.kind != .anonymous else {
                throw EngineError(.forbidden, "\(principal) may not generate tokens: log in first")
            }
            return ["status": 0, "token": .string(AccessToken.make(.user).text)]
        }
        let name = try request.name ?? principal.ownName()
        if !principal.isUser(name) { try principal.checkAccessControl(.read) }
        guard let user = try reader.user(name) else { throw AccessChange.noUser(name) }
        var details: Document = ["status": 0]
        for member in user.document(roles: try AccessDirectory.roles(reader)).members {
            details[member.key] = member.value
        }
        return details
    }
}

extension AccessControl {
    /// Reads the parameters of a command, and hashes the password if there is one.
    /// - Parameter allowsWeakPassword: takes passwords that are easily guessed.
    /// - Throws: ``EngineError/Code/invalidRequest`` with the path of the parameter;
    ///   ``EngineError/Code/overloaded``.
    func prepare(
        _ command: AccessCommand, _ parameters: Document, by principal: Principal,
        allowsWeakPassword: Bool = false
    ) async throws -> PreparedAccessCommand {
        var request = try AccessRequest(command, parameters)
        if let password = request.password {
            try PasswordRule.check(password, allowsWeak: allowsWeakPassword)
            // Who may not do it at all is told so before anything is hashed.
            if command == .createUser {
                try principal.checkAccessControl(.create)
            } else if let name = request.name, !principal.isUser(name) {
                try principal.checkAccessControl(.update)
            }
            let cost = options.passwordCost
            request.password = try await passwordPool.run { _ in
                try PasswordHash(of: password, cost: cost).description
            }
        }
        return PreparedAccessCommand(
            command: command, principal: principal, request: request, auditLimit: options.auditLimit)
    }
}

extension Store {
    /// Carries out a command about users and roles, in a transaction of its own.
    /// - Parameter allowsWeakPassword: takes passwords that are easily guessed.
    /// - Throws: ``EngineError/Code/forbidden``, which the audit log gets to know of;
    ///   ``EngineError/Code/invalidRequest``, ``EngineError/Code/notFound``, ``EngineError/Code/conflict``,
    ///   ``EngineError/Code/limitExceeded``, ``EngineError/Code/readOnly``.
    public func perform(
        _ command: AccessCommand, _ parameters: Document, by principal: Principal,
        allowsWeakPassword: Bool = false
    ) async throws -> Document {
        do {
            let prepared = try await accessControl.prepare(
                command, parameters, by: principal, allowsWeakPassword: allowsWeakPassword)
            if command.isReading { return try await read { try prepared.run(in: $0) } }
            try checkWritable()
            let catalog = catalog
            return try await readPool.run { _ in
                try translating { try catalog.write { try prepared.run(in: $0) } }
            }
        } catch let error as EngineError {
            accessControl.note(error, of: command.rawValue, by: principal)
            throw error
        }
    }

    /// All users, by name, as `GetUserDetails` shows them.
    public func users() async throws -> [Document] {
        try await read { snapshot in
            let reader = try snapshot.users
            let roles = try AccessDirectory.roles(reader)
            return try reader.users().map { $0.document(roles: roles) }
        }
    }

    /// All roles, by name: `name`, `permissions`, `built_in`, and `users` who have it.
    public func roles() async throws -> [Document] {
        try await read { snapshot in
            let reader = try snapshot.users
            return try AccessDirectory.roles(reader).values.sorted { $0.name < $1.name }.map { role in
                [
                    "name": .string(role.name), "built_in": .boolean(role.isBuiltIn),
                    "users": .array(try reader.users(withRole: role.name).map { .string($0.name) }),
                    "permissions": .object(role.permissions.document),
                ]
            }
        }
    }

    /// The newest `limit` entries of the audit log, newest first.
    /// - Parameter id: only entries before that one.
    public func auditEntries(limit: Int, before id: Int64 = .max) async throws -> [Document] {
        try await read { try $0.users.auditEntries(limit: limit, before: id).map(\.document) }
    }
}

extension StoredUser {
    /// As `GetUserDetails` shows a user: of tokens only what they begin with.
    func document(roles all: [ExactName: Role]) -> Document {
        [
            "username": .string(name), "email": email.map { .string($0) } ?? .null,
            "roles": .array(roles.map { .string($0) }),
            "permissions": .object(Permissions.joined(roles, all).document),
            "tokens": .array(tokens.map { .string($0.prefix) }), "has_password": .boolean(password != nil),
            "created": .string(created.iso8601),
        ]
    }
}

extension AuditEntry {
    var document: Document {
        var document: Document = [
            "id": .integer(id), "time": .string(time.iso8601), "who": .string(who),
            "origin": .string(origin), "event": .string(event),
        ]
        if let subject { document["subject"] = .string(subject) }
        if let details { document["details"] = .string(details) }
        return document
    }
}
