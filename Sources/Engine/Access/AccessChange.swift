import Base
import Catalog

/// Changes users and roles in a transaction, for somebody who must be allowed to: with `access_control`, and
/// never beyond what they may do themselves. So nobody gives away, or takes over, what they do not have.
struct AccessChange {
    let transaction: Transaction
    let principal: Principal
    let auditLimit: Int

    static let userLimit = 10_000
    static let roleLimit = 1_000
    private static let tokenLimit = 100

    /// - Throws: ``EngineError/Code/forbidden``; ``EngineError/Code/notFound``;
    ///   ``EngineError/Code/conflict`` for a name that is taken, a role that is built in, and what would
    ///   leave nobody who may do everything; ``EngineError/Code/limitExceeded``.
    func run(_ command: AccessCommand, _ request: AccessRequest) throws {
        let name = request.name ?? ""
        switch command {
        case .createRole: try createRole(name, request.permissions)
        case .updateRole: try keepingAdministrator { try updateRole(name, request.permissions) }
        case .removeRole: try keepingAdministrator { try removeRole(name) }
        case .createUser: try createUser(name, request)
        case .updateUser: try keepingAdministrator { try updateUser(name, request) }
        case .removeUser: try keepingAdministrator { try removeUser(name) }
        case .getUserDetails, .generateToken: preconditionFailure("\(command.rawValue) changes nothing")
        }
    }

    static func noUser(_ name: String) -> EngineError {
        EngineError(.notFound, "there is no user '\(name.prefix(100))'", path: "username")
    }

    // MARK: - Roles

    private func createRole(_ name: String, _ document: Document) throws {
        try principal.checkAccessControl(.create)
        let roles = try AccessDirectory.roles(transaction.users)
        guard roles[ExactName(name)] == nil else {
            throw EngineError(.conflict, "there is a role '\(name)' already", path: "name")
        }
        guard roles.count < AccessChange.roleLimit else {
            throw EngineError(.limitExceeded, "there are \(roles.count) roles, which is the limit")
        }
        var permissions = Permissions.none
        try permissions.apply(document)
        try checkCovers(permissions, path: "name")
        try transaction.setRole(StoredRole(name: name, permissions: permissions.document))
        try note("role_created", name, document.json)
    }

    private func updateRole(_ name: String, _ document: Document) throws {
        try principal.checkAccessControl(.update)
        var permissions = try changeableRole(name).permissions
        try checkCovers(permissions, path: "name")
        try permissions.apply(document)
        try checkCovers(permissions, path: "name")
        try transaction.setRole(StoredRole(name: name, permissions: permissions.document))
        try note("role_changed", name, document.json)
    }

    private func removeRole(_ name: String) throws {
        try principal.checkAccessControl(.delete)
        try checkCovers(try changeableRole(name).permissions, path: "name")
        let users = try transaction.users.users(withRole: name).map(\.name)
        try transaction.removeRole(name)
        try note("role_removed", name, users.isEmpty ? nil : "taken from \(users.joined(separator: ", "))")
    }

    private func changeableRole(_ name: String) throws -> Role {
        guard Role.builtIn(name) == nil else {
            throw EngineError(
                .conflict, "the role '\(name)' is built in and stays as it is: create one of another name",
                path: "name")
        }
        guard let stored = try transaction.users.role(name) else {
            throw EngineError(.notFound, "there is no role '\(name.prefix(100))'", path: "name")
        }
        return try Role(stored)
    }

    // MARK: - Users

    private func createUser(_ name: String, _ request: AccessRequest) throws {
        try principal.checkAccessControl(.create)
        guard try transaction.users.user(name) == nil else {
            throw EngineError(.conflict, "there is a user '\(name)' already", path: "username")
        }
        let count = try transaction.users.userCount()
        guard count < AccessChange.userLimit else {
            throw EngineError(.limitExceeded, "there are \(count) users, which is the limit")
        }
        try checkMayGive(request.roles ?? [])
        try transaction.addUser(
            name, password: request.password, email: request.email, roles: request.roles ?? [])
        try changeTokens(of: name, request)
        try note("user_created", name, summary(request))
    }

    private func updateUser(_ name: String, _ request: AccessRequest) throws {
        let isOwn = principal.isUser(name)
        if !isOwn || request.roles != nil { try principal.checkAccessControl(.update) }
        guard let user = try transaction.users.user(name) else { throw AccessChange.noUser(name) }
        if !isOwn { try checkMayChange(user) }
        if let roles = request.roles { try checkMayGive(roles.filter { !user.roles.contains($0) }) }
        try transaction.updateUser(
            name, password: request.password, email: request.email, roles: request.roles)
        try changeTokens(of: name, request)
        try note("user_changed", name, summary(request))
    }

    private func removeUser(_ name: String) throws {
        try principal.checkAccessControl(.delete)
        guard let user = try transaction.users.user(name) else { throw AccessChange.noUser(name) }
        try checkMayChange(user)
        try transaction.removeUser(name)
        try note("user_removed", name, nil)
    }

    private func changeTokens(of name: String, _ request: AccessRequest) throws {
        for (index, prefix) in request.removedTokens.enumerated() {
            guard try transaction.removeToken(prefix: prefix, from: name) else {
                throw EngineError(
                    .notFound, "'\(name)' has no token that begins with '\(prefix)'",
                    path: "remove_tokens[\(index)]")
            }
        }
        for token in request.addedTokens {
            try transaction.addToken(
                StoredToken(
                    digest: token.digest, prefix: AccessToken.prefix(of: token.text),
                    created: transaction.time),
                to: name)
        }
        guard !request.addedTokens.isEmpty, let user = try transaction.users.user(name) else { return }
        guard user.tokens.count <= AccessChange.tokenLimit else {
            throw EngineError(
                .limitExceeded,
                "'\(name)' would have \(user.tokens.count) tokens; the limit is \(AccessChange.tokenLimit)",
                path: "add_tokens")
        }
    }

    // MARK: - What must not happen

    private func checkMayGive(_ names: [String]) throws {
        let roles = try AccessDirectory.roles(transaction.users)
        for name in names {
            guard let role = roles[ExactName(name)] else {
                throw EngineError(.notFound, "there is no role '\(name.prefix(100))'", path: "roles")
            }
            try checkCovers(role.permissions, path: "roles")
        }
    }

    private func checkMayChange(_ user: StoredUser) throws {
        let permissions = Permissions.joined(user.roles, try AccessDirectory.roles(transaction.users))
        try checkCovers(permissions, path: "username")
    }

    private func checkCovers(_ permissions: Permissions, path: String) throws(EngineError) {
        guard !principal.permissions.covers(permissions) else { return }
        throw EngineError(
            .forbidden, "\(principal) may not deal in permissions that they do not have themselves",
            path: path)
    }

    /// Undoes, by throwing, what would leave a store that had an administrator without one.
    private func keepingAdministrator(_ body: () throws -> Void) throws {
        let hadOne = try hasAdministrator()
        try body()
        guard hadOne, try !hasAdministrator() else { return }
        throw EngineError(
            .conflict,
            "that would leave nobody who may do everything: give another user the role 'admin' first")
    }

    private func hasAdministrator() throws -> Bool {
        let roles = try AccessDirectory.roles(transaction.users)
        return try transaction.users.users().contains {
            Permissions.joined($0.roles, roles).covers(.all)
        }
    }

    // MARK: - The audit log

    private func note(_ event: String, _ subject: String, _ details: String?) throws {
        try transaction.appendAudit(
            AuditEntry(
                time: transaction.time, who: principal.auditName, origin: principal.origin, event: event,
                subject: subject, details: details.map { String($0.prefix(2_000)) }), keeping: auditLimit)
    }

    /// What was asked to be changed, without secrets.
    private func summary(_ request: AccessRequest) -> String? {
        var parts: [String] = []
        if request.password != nil { parts.append("password") }
        if request.email != nil { parts.append("email") }
        if let roles = request.roles { parts.append("roles: \(roles.joined(separator: ", "))") }
        for token in request.addedTokens {
            parts.append("token \(AccessToken.prefix(of: token.text)) added")
        }
        for prefix in request.removedTokens { parts.append("token \(prefix) removed") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
