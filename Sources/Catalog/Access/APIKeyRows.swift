public import Base

/// A key of somebody who asks over HTTP without being a user. Of the key itself there is only its digest.
public struct StoredAPIKey: Sendable, Hashable {
    /// The SHA-256 of 256 random bits.
    public var digest: SHA256Digest
    /// The characters that it begins with, by which it is listed and removed.
    public var prefix: String
    /// Whose it is, or what for.
    public var name: String
    /// What it is good for, as the engine names it.
    public var scope: String
    public var created: DateTime

    public init(digest: SHA256Digest, prefix: String, name: String, scope: String, created: DateTime) {
        self.digest = digest
        self.prefix = prefix
        self.name = name
        self.scope = scope
        self.created = created
    }
}

/// The table `api_keys`.
enum APIKeyRows {
    /// The step from format 4 to format 5 makes it, and so does every new store.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE api_keys(
                prefix TEXT PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, name TEXT NOT NULL, scope TEXT NOT NULL,
                created INTEGER NOT NULL) WITHOUT ROWID
            """)
    }
}

extension AccessReader {
    /// All keys, by what they begin with.
    public func apiKeys() throws(CatalogError) -> [StoredAPIKey] {
        let row = try connection.statement(
            "SELECT prefix, sha256, name, scope, created FROM api_keys ORDER BY prefix")
        defer { row.reset() }
        var keys: [StoredAPIKey] = []
        while try row.step() {
            guard let digest = SHA256Digest(bytes: row.blob(1)) else {
                throw CatalogError(.corrupt, "the key \(row.text(0)) has a malformed digest")
            }
            keys.append(
                StoredAPIKey(
                    digest: digest, prefix: row.text(0), name: row.text(2), scope: row.text(3),
                    created: DateTime(microseconds: row.integer(4))))
        }
        return keys
    }
}

extension Transaction {
    /// Adds a key.
    /// - Throws: ``CatalogError/Code/conflict`` where one begins with the same characters.
    public func addAPIKey(_ key: StoredAPIKey) throws(CatalogError) {
        try beginAccess()
        let row = try connection.statement(
            "INSERT INTO api_keys(prefix, sha256, name, scope, created) VALUES(?, ?, ?, ?, ?)")
        row.bind(key.prefix, at: 1)
        row.bind(key.digest.bytes, at: 2)
        row.bind(key.name, at: 3)
        row.bind(key.scope, at: 4)
        row.bind(key.created.microseconds, at: 5)
        do {
            try row.run()
        } catch  where error.code == .uniqueViolation || error.code == .conflict {
            throw CatalogError(.conflict, "a key that begins with '\(key.prefix)' is in use already")
        }
    }

    /// Removes a key, by the characters that it begins with.
    /// - Returns: whether there was one.
    public func removeAPIKey(prefix: String) throws(CatalogError) -> Bool {
        try beginAccess()
        let row = try connection.statement("DELETE FROM api_keys WHERE prefix = ?")
        row.bind(prefix, at: 1)
        try row.run()
        return connection.changeCount > 0
    }
}
