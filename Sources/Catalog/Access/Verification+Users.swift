import Base

extension Verification {
    /// Checks what the tables of users and roles say of each other.
    mutating func checkUsers() throws(CatalogError) {
        let connection = snapshot.connection
        for table in ["access_members", "access_tokens"] {
            let scan = try SQLiteStatement(
                """
                SELECT DISTINCT user FROM \(table)
                WHERE NOT EXISTS (SELECT 1 FROM access_users WHERE id = user)
                """, on: connection)
            while try scan.step() {
                add(.reference, "\(table) names the user number \(scan.integer(0)), who does not exist")
            }
        }
        let tokens = try SQLiteStatement(
            "SELECT prefix FROM access_tokens WHERE length(sha256) <> 32", on: connection)
        while try tokens.step() { add(.row, "the token \(tokens.text(0)) has a malformed digest") }
        let roles = try SQLiteStatement(
            "SELECT name FROM access_roles WHERE NOT json_valid(permissions)", on: connection)
        while try roles.step() { add(.row, "the role '\(roles.text(0))' has malformed permissions") }
        let users = try SQLiteStatement(
            "SELECT name FROM access_users WHERE changed_commit > \(snapshot.commit)", on: connection)
        while try users.step() { add(.row, "the user '\(users.text(0))' was changed by a later commit") }
        let keys = try SQLiteStatement(
            "SELECT prefix FROM api_keys WHERE length(sha256) <> 32", on: connection)
        while try keys.step() { add(.row, "the key '\(keys.text(0))' has a malformed digest") }
    }
}
