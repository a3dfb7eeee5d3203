import Base

/// The tables of who may do what: users, their roles and tokens, roles, and the audit log.
///
/// Secrets are not in them: of a password there is what a memory-hard function made of it, of a token the
/// SHA-256 of 256 random bits.
enum AccessStorage {
    /// The step from format 2 to format 3 makes these, and so does every new store.
    static func createTables(_ connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(tables)
    }

    /// A role is named in `access_members`, not numbered: the built-in ones have no row.
    private static let tables = """
        CREATE TABLE access_users(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT, email TEXT,
            created INTEGER NOT NULL, changed_commit INTEGER NOT NULL);
        CREATE TABLE access_roles(
            name TEXT PRIMARY KEY, permissions TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE access_members(
            user INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY(user, role)) WITHOUT ROWID;
        CREATE TABLE access_tokens(
            sha256 BLOB PRIMARY KEY, user INTEGER NOT NULL, prefix TEXT NOT NULL, created INTEGER NOT NULL,
            UNIQUE(user, prefix)) WITHOUT ROWID;
        CREATE TABLE audit_log(
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL,
            event TEXT NOT NULL, subject TEXT, details TEXT);
        """
}
