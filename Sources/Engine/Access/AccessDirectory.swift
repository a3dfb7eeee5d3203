import Base
import Catalog

/// Users and roles as they are at one commit, in memory: to know who somebody is, no disk is asked.
struct AccessDirectory: Sendable {
    /// What logging in needs of a user.
    struct User: Sendable {
        var id: Int64
        var name: String
        var password: PasswordHash?
        /// The commit that changed the user last: sessions from before are over.
        var changedCommit: UInt64
        var permissions: Permissions
    }

    /// The commit that changed users or roles last.
    let commit: UInt64
    let users: [ExactName: User]
    /// The users' names by the digests of their tokens.
    let tokens: [SHA256Digest: String]
    /// All roles, those that are built in too.
    let roles: [ExactName: Role]

    /// Keys by what they begin with.
    let apiKeys: [String: StoredAPIKey]

    /// - Throws: ``EngineError/Code/corrupt`` where a role or a password cannot be read.
    init(_ reader: AccessReader, commit: UInt64) throws {
        self.commit = commit
        roles = try AccessDirectory.roles(reader)
        var users: [ExactName: User] = [:]
        var tokens: [SHA256Digest: String] = [:]
        for stored in try reader.users() {
            users[ExactName(stored.name)] = try User(stored, roles: roles)
            for token in stored.tokens { tokens[token.digest] = stored.name }
        }
        self.users = users
        self.tokens = tokens
        apiKeys = Dictionary(try reader.apiKeys().map { ($0.prefix, $0) }) { first, _ in first }
    }

    /// All roles, those that are built in too.
    static func roles(_ reader: AccessReader) throws -> [ExactName: Role] {
        let roles = Role.builtIn + (try reader.roles().map(Role.init))
        return Dictionary(roles.map { (ExactName($0.name), $0) }) { builtIn, _ in builtIn }
    }
}

extension AccessDirectory.User {
    init(_ stored: StoredUser, roles: [ExactName: Role]) throws(EngineError) {
        id = stored.id
        name = stored.name
        changedCommit = stored.changedCommit
        permissions = Permissions.joined(stored.roles, roles)
        guard let text = stored.password else { return }
        guard let hash = PasswordHash(text) else {
            throw EngineError(.corrupt, "what is stored of the password of '\(stored.name)' cannot be read")
        }
        password = hash
    }
}

extension Permissions {
    /// What roles allow together. One that there is not any more allows nothing.
    static func joined(_ names: [String], _ roles: [ExactName: Role]) -> Permissions {
        names.compactMap { roles[ExactName($0)]?.permissions }.reduce(.none) { $0.union($1) }
    }
}
