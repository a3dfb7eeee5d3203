import Base

/// Changes of users and roles. Whether names, passwords and permissions are as they should be, and who may do
/// it, is for the caller to know.
extension Transaction {
    /// Users and roles with what this transaction has done to them.
    public var users: AccessReader { AccessReader(connection: connection) }

    // MARK: - Users

    /// Adds a user without tokens.
    /// - Throws: ``CatalogError/Code/conflict`` where there is one of that name.
    public func addUser(
        _ name: String, password: String?, email: String?, roles: [String]
    ) throws(CatalogError) {
        try beginAccess()
        let row = try connection.statement(
            "INSERT INTO access_users(name, password, email, created, changed_commit) VALUES(?, ?, ?, ?, ?)")
        row.bind(name, at: 1)
        row.bind(password, at: 2)
        row.bind(email, at: 3)
        row.bind(time.microseconds, at: 4)
        row.bind(Int64(commit), at: 5)
        do {
            try row.run()
        } catch  where error.code == .uniqueViolation {
            throw CatalogError(.conflict, "there is a user '\(name)' already")
        }
        let id = try id(ofUser: name)
        try critical { () throws(CatalogError) in try setRoles(roles, of: id) }
    }

    /// Changes a user: what is `nil` stays as it is. Whatever is changed, even if nothing is, the user counts
    /// as changed (``StoredUser/changedCommit``).
    /// - Parameters:
    ///   - email: the empty text for none.
    ///   - roles: all that the user has from now on.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such user.
    public func updateUser(
        _ name: String, password: String? = nil, email: String? = nil, roles: [String]? = nil
    ) throws(CatalogError) {
        try beginAccess()
        let id = try id(ofUser: name)
        try critical { () throws(CatalogError) in
            let row = try connection.statement(
                """
                UPDATE access_users SET password = coalesce(?, password),
                    email = nullif(coalesce(?, email), ''), changed_commit = ? WHERE id = ?
                """)
            row.bind(password, at: 1)
            row.bind(email, at: 2)
            row.bind(Int64(commit), at: 3)
            row.bind(id, at: 4)
            try row.run()
            if let roles { try setRoles(roles, of: id) }
        }
    }

    /// Removes a user with all tokens.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such user.
    public func removeUser(_ name: String) throws(CatalogError) {
        try beginAccess()
        let id = try id(ofUser: name)
        try critical { () throws(CatalogError) in
            for sql in [
                "DELETE FROM access_tokens WHERE user = ?", "DELETE FROM access_members WHERE user = ?",
                "DELETE FROM access_users WHERE id = ?",
            ] {
                let row = try connection.statement(sql)
                row.bind(id, at: 1)
                try row.run()
            }
        }
    }

    /// Gives a user a token.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such user; ``CatalogError/Code/conflict``
    ///   where somebody has the token, or the user one that begins with the same characters.
    public func addToken(_ token: StoredToken, to name: String) throws(CatalogError) {
        try beginAccess()
        let row = try connection.statement(
            "INSERT INTO access_tokens(sha256, user, prefix, created) VALUES(?, ?, ?, ?)")
        row.bind(token.digest.bytes, at: 1)
        row.bind(try id(ofUser: name), at: 2)
        row.bind(token.prefix, at: 3)
        row.bind(token.created.microseconds, at: 4)
        do {
            try row.run()
        } catch  where error.code == .uniqueViolation || error.code == .conflict {
            throw CatalogError(
                .conflict, "a token that begins with '\(token.prefix)' is in use already; generate another")
        }
    }

    /// Takes a token from a user, by the characters that it begins with.
    /// - Returns: whether the user had it.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such user.
    public func removeToken(prefix: String, from name: String) throws(CatalogError) -> Bool {
        try beginAccess()
        let row = try connection.statement("DELETE FROM access_tokens WHERE user = ? AND prefix = ?")
        row.bind(try id(ofUser: name), at: 1)
        row.bind(prefix, at: 2)
        try row.run()
        return connection.changeCount > 0
    }

    // MARK: - Roles

    /// Adds a role, or gives the one of that name other permissions.
    public func setRole(_ role: StoredRole) throws(CatalogError) {
        try beginAccess()
        let text = try StoredCell.jsonText(.object(role.permissions), of: "permissions", options.valueLimit)
        let row = try connection.statement(
            "INSERT OR REPLACE INTO access_roles(name, permissions) VALUES(?, ?)")
        row.bind(role.name, at: 1)
        row.bind(text: text, at: 2)
        try row.run()
    }

    /// Removes a role, and takes it from the users that have it.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such role.
    public func removeRole(_ name: String) throws(CatalogError) {
        try beginAccess()
        guard try users.role(name) != nil else {
            throw CatalogError(.notFound, "there is no role '\(name)'")
        }
        try critical { () throws(CatalogError) in
            for sql in [
                "DELETE FROM access_members WHERE role = ?", "DELETE FROM access_roles WHERE name = ?",
            ] {
                let row = try connection.statement(sql)
                row.bind(name, at: 1)
                try row.run()
            }
        }
    }

    // MARK: - The audit log

    /// Appends an entry to the audit log, and removes the oldest ones beyond `limit`.
    public func appendAudit(_ entry: AuditEntry, keeping limit: Int) throws(CatalogError) {
        try begin()
        let row = try connection.statement(
            """
            INSERT INTO audit_log(time, who, origin, event, subject, details) VALUES(?, ?, ?, ?, ?, ?)
            """)
        row.bind(entry.time.microseconds, at: 1)
        row.bind(entry.who, at: 2)
        row.bind(entry.origin, at: 3)
        row.bind(entry.event, at: 4)
        row.bind(entry.subject, at: 5)
        row.bind(entry.details, at: 6)
        try row.run()
        let last = try connection.integer("SELECT max(id) FROM audit_log") ?? 0
        let removal = try connection.statement("DELETE FROM audit_log WHERE id <= ?")
        removal.bind(last - Int64(limit), at: 1)
        try removal.run()
    }

    // MARK: - Private

    /// Begins a change of users, roles or keys.
    func beginAccess() throws(CatalogError) {
        try begin()
        try StoreFormat.setMeta("users_commit", Int64(commit), on: connection)
        changes.isOfUsers = true
    }

    private func id(ofUser name: String) throws(CatalogError) -> Int64 {
        let row = try connection.statement("SELECT id FROM access_users WHERE name = ?")
        defer { row.reset() }
        row.bind(name, at: 1)
        guard try row.step() else { throw CatalogError(.notFound, "there is no user '\(name)'") }
        return row.integer(0)
    }

    private func setRoles(_ roles: [String], of user: Int64) throws(CatalogError) {
        let removal = try connection.statement("DELETE FROM access_members WHERE user = ?")
        removal.bind(user, at: 1)
        try removal.run()
        let row = try connection.statement("INSERT OR IGNORE INTO access_members(user, role) VALUES(?, ?)")
        for role in roles {
            row.bind(user, at: 1)
            row.bind(role, at: 2)
            try row.run()
        }
    }
}
