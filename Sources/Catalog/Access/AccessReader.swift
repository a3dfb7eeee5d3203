public import Base

/// Reads users, roles, tokens and the audit log: of one commit, or of a transaction with what it has written.
/// It is of use only as long as what it came from.
public struct AccessReader {
    let connection: SQLiteConnection

    // MARK: - Users

    /// The user of that name; names are compared byte for byte.
    public func user(_ name: String) throws(CatalogError) -> StoredUser? {
        try users(where: "name = ?") { $0.bind(name, at: 1) }.first
    }

    /// The user that has a token.
    public func user(withToken digest: SHA256Digest) throws(CatalogError) -> StoredUser? {
        try users(where: "id = (SELECT user FROM access_tokens WHERE sha256 = ?)") {
            $0.bind(digest.bytes, at: 1)
        }.first
    }

    /// All users by name.
    public func users() throws(CatalogError) -> [StoredUser] { try users(where: "true") { _ in } }

    /// The users that have a role, by name.
    public func users(withRole role: String) throws(CatalogError) -> [StoredUser] {
        try users(where: "id IN (SELECT user FROM access_members WHERE role = ?)") { $0.bind(role, at: 1) }
    }

    /// How many users there are.
    public func userCount() throws(CatalogError) -> Int {
        Int(try connection.integer("SELECT count(*) FROM access_users") ?? 0)
    }

    // MARK: - Roles

    /// The role of that name, unless it is one that is built in.
    public func role(_ name: String) throws(CatalogError) -> StoredRole? {
        let row = try connection.statement("SELECT name, permissions FROM access_roles WHERE name = ?")
        defer { row.reset() }
        row.bind(name, at: 1)
        return try row.step() ? try role(in: row) : nil
    }

    /// All roles that are not built in, by name.
    public func roles() throws(CatalogError) -> [StoredRole] {
        let row = try connection.statement("SELECT name, permissions FROM access_roles ORDER BY name")
        defer { row.reset() }
        var roles: [StoredRole] = []
        while try row.step() { roles.append(try role(in: row)) }
        return roles
    }

    // MARK: - The audit log

    /// The newest `limit` entries, newest first.
    /// - Parameter id: only entries before that one.
    public func auditEntries(limit: Int, before id: Int64 = .max) throws(CatalogError) -> [AuditEntry] {
        let row = try connection.statement(
            """
            SELECT id, time, who, origin, event, subject, details FROM audit_log
            WHERE id < ? ORDER BY id DESC LIMIT ?
            """)
        defer { row.reset() }
        row.bind(id, at: 1)
        row.bind(Int64(limit), at: 2)
        var entries: [AuditEntry] = []
        while try row.step() {
            entries.append(
                AuditEntry(
                    id: row.integer(0), time: DateTime(microseconds: row.integer(1)), who: row.text(2),
                    origin: row.text(3), event: row.text(4), subject: row.optionalText(5),
                    details: row.optionalText(6)))
        }
        return entries
    }

    // MARK: - Private

    private func users(
        where condition: String, _ bind: (SQLiteStatement) -> Void
    ) throws(CatalogError) -> [StoredUser] {
        let row = try connection.statement(
            """
            SELECT id, name, password, email, created, changed_commit FROM access_users
            WHERE \(condition) ORDER BY name
            """)
        defer { row.reset() }
        bind(row)
        var users: [StoredUser] = []
        while try row.step() {
            users.append(
                StoredUser(
                    id: row.integer(0), name: row.text(1), password: row.optionalText(2),
                    email: row.optionalText(3), roles: [], tokens: [],
                    created: DateTime(microseconds: row.integer(4)),
                    changedCommit: UInt64(clamping: row.integer(5))))
        }
        // Of one user alone what belongs to it is looked up; of several the tables are read through.
        let sole = users.count == 1 ? users[0].id : nil
        let roles = users.isEmpty ? [:] : try roleNames(of: sole)
        let tokens = users.isEmpty ? [:] : try tokens(of: sole)
        for index in users.indices {
            users[index].roles = roles[users[index].id] ?? []
            users[index].tokens = tokens[users[index].id] ?? []
        }
        return users
    }

    /// The roles of a user, or of all, by the user's number.
    private func roleNames(of user: Int64?) throws(CatalogError) -> [Int64: [String]] {
        let condition = user == nil ? "" : "WHERE user = ?"
        let row = try connection.statement(
            "SELECT user, role FROM access_members \(condition) ORDER BY user, role")
        defer { row.reset() }
        if let user { row.bind(user, at: 1) }
        var names: [Int64: [String]] = [:]
        while try row.step() { names[row.integer(0), default: []].append(row.text(1)) }
        return names
    }

    /// The tokens of a user, or of all, by the user's number.
    private func tokens(of user: Int64?) throws(CatalogError) -> [Int64: [StoredToken]] {
        let condition = user == nil ? "" : "WHERE user = ?"
        let row = try connection.statement(
            """
            SELECT user, sha256, prefix, created FROM access_tokens \(condition)
            ORDER BY user, created, prefix
            """)
        defer { row.reset() }
        if let user { row.bind(user, at: 1) }
        var tokens: [Int64: [StoredToken]] = [:]
        while try row.step() {
            guard let digest = SHA256Digest(bytes: row.blob(1)) else {
                throw CatalogError(.corrupt, "the token \(row.text(2)) has a malformed digest")
            }
            tokens[row.integer(0), default: []].append(
                StoredToken(
                    digest: digest, prefix: row.text(2), created: DateTime(microseconds: row.integer(3))))
        }
        return tokens
    }

    private func role(in row: SQLiteStatement) throws(CatalogError) -> StoredRole {
        let name = row.text(0)
        guard let permissions = try StoredCell.json(row.bytes(1)).objectValue else {
            throw CatalogError(.corrupt, "the permissions of the role '\(name)' are no object")
        }
        return StoredRole(name: name, permissions: permissions)
    }
}

extension CatalogSnapshot {
    /// Users, roles and the audit log of this commit.
    public var users: AccessReader {
        get throws(CatalogError) {
            try check()
            return AccessReader(connection: connection)
        }
    }

    /// The last commit that changed a user or a role; 0 where none did. What was made of users and roles is
    /// good until this number changes.
    public var usersCommit: UInt64 { version.usersCommit }
}

extension Catalog {
    /// ``CatalogSnapshot/usersCommit`` of the newest commit, which may not be durable yet. Costs nothing, and
    /// blocks nobody.
    public var newestUsersCommit: UInt64 { ring.newest.usersCommit }
}
