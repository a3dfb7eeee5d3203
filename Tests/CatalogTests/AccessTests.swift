import Base
@testable import Catalog
import SystemPackage
import Testing

@Suite struct AccessTests {
    private let store: TemporaryStore
    private let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
    }

    private func token(_ number: Int, _ prefix: String) -> StoredToken {
        StoredToken(digest: SHA256Digest(number: number), prefix: prefix, created: DateTime(microseconds: 1))
    }

    private func code(_ body: @escaping @Sendable (Transaction) throws -> Void) -> CatalogError.Code? {
        #expect(throws: CatalogError.self) { try catalog.write(body) }?.code
    }

    @Test func `what is not named in a change of a user stays, and an empty address goes`() throws {
        try catalog.write { try $0.addUser("ann", password: "p", email: "e", roles: ["b", "a"]) }
        try catalog.write { try $0.updateUser("ann", roles: ["c"]) }
        func ann() throws -> StoredUser { try #require(try catalog.read { try $0.users.user("ann") }) }
        #expect(try ann().password == "p" && ann().email == "e" && ann().roles == ["c"])
        try catalog.write { try $0.updateUser("ann", password: "q", email: "") }
        #expect(try ann().password == "q" && ann().email == nil && ann().roles == ["c"])
    }

    @Test
    func `the commit that changed a user last is told, and that of all users, also after opening again`()
        throws
    {
        try catalog.write { try $0.addUser("ann", password: nil, email: nil, roles: []) }
        let first = try catalog.read { ($0.commit, $0.usersCommit, try $0.users.user("ann")?.changedCommit) }
        #expect(first == (first.0, first.0, first.0))
        try catalog.write { try $0.insert("Image", ["width": 1]) }
        try catalog.write {
            try $0.appendAudit(
                AuditEntry(time: $0.time, who: "ann", origin: "", event: "login"), keeping: 10)
        }
        #expect(try catalog.read { $0.usersCommit } == first.0 && catalog.newestUsersCommit == first.0)
        try catalog.write { try $0.updateUser("ann") }
        let second = try catalog.read { ($0.commit, try $0.users.user("ann")?.changedCommit) }
        #expect(second.0 == second.1 && second.0 > first.0 && catalog.newestUsersCommit == second.0)
        catalog.close()
        let again = try Catalog.open(store.directory)
        #expect(again.newestUsersCommit == second.0)
        again.close()
    }

    @Test func `a transaction sees its own users, and one that fails leaves none`() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try catalog.write { transaction in
                try transaction.addUser("ann", password: nil, email: nil, roles: ["a"])
                #expect(try transaction.users.user("ann")?.roles == ["a"])
                throw Stop()
            }
        }
        #expect(try catalog.read { try $0.users.userCount() } == 0)
        #expect(catalog.newestUsersCommit == 0)
    }

    @Test func `names and tokens are unique, and users are asked for by both`() throws {
        let (one, other, third) = (token(1, "adbp_1"), token(2, "adbp_1"), token(3, "adbp_1"))
        try catalog.write { transaction in
            try transaction.addUser("ann", password: nil, email: nil, roles: [])
            try transaction.addUser("bob", password: nil, email: nil, roles: [])
            try transaction.addToken(one, to: "ann")
            try transaction.addToken(other, to: "bob")
        }
        #expect(code { try $0.addUser("ann", password: nil, email: nil, roles: []) } == .conflict)
        #expect(code { try $0.addToken(one, to: "bob") } == .conflict)
        #expect(code { try $0.addToken(third, to: "bob") } == .conflict)
        #expect(try catalog.read { try $0.users.user(withToken: other.digest)?.name } == "bob")
        #expect(try catalog.write { try $0.removeToken(prefix: "adbp_1", from: "ann") })
        #expect(try !catalog.write { try $0.removeToken(prefix: "adbp_1", from: "ann") })
        #expect(try catalog.read { try $0.users.user(withToken: one.digest) } == nil)
        #expect(try catalog.read { try $0.users.user("Ann") } == nil, "names are the same bytes")
    }

    @Test func `whom and what there is not is not found`() {
        let token = token(1, "x")
        #expect(code { try $0.updateUser("eve") } == .notFound)
        #expect(code { try $0.removeUser("eve") } == .notFound)
        #expect(code { try $0.addToken(token, to: "eve") } == .notFound)
        #expect(code { _ = try $0.removeToken(prefix: "x", from: "eve") } == .notFound)
        #expect(code { try $0.removeRole("none") } == .notFound)
    }

    @Test func `removing a user takes roles and tokens along, removing a role takes it from its users`()
        throws
    {
        let mine = token(1, "adbp_1")
        try catalog.write { transaction in
            try transaction.setRole(StoredRole(name: "staff", permissions: [:]))
            for name in ["ann", "bob"] {
                try transaction.addUser(name, password: nil, email: nil, roles: ["staff"])
            }
            try transaction.addToken(mine, to: "ann")
            try transaction.removeUser("ann")
        }
        #expect(try catalog.read { try $0.users.users(withRole: "staff").map(\.name) } == ["bob"])
        try catalog.write { transaction in
            try transaction.addToken(mine, to: "bob")
            try transaction.removeRole("staff")
        }
        #expect(try catalog.read { try $0.users.user("bob")?.roles } == [])
        #expect(try catalog.read { try $0.users.roles() } == [])
        for table in ["access_members", "access_tokens"] {
            let orphans = try catalog.read {
                try $0.connection.integer(
                    "SELECT count(*) FROM \(table) WHERE user NOT IN (SELECT id FROM access_users)")
            }
            #expect(orphans == 0)
        }
    }

    @Test func `many users have each their own roles and tokens`() throws {
        let tokens = (0..<40).map { token($0, "adbp_\($0)") }
        try catalog.write { transaction in
            for number in 0..<40 {
                let name = "user\(number)"
                try transaction.addUser(
                    name, password: nil, email: nil, roles: (0..<number % 4).map { "role\($0)" })
                if number.isMultiple(of: 3) { try transaction.addToken(tokens[number], to: name) }
            }
        }
        try catalog.read { snapshot in
            let all = try snapshot.users.users()
            #expect(all.map(\.name) == (0..<40).map { "user\($0)" }.sorted())
            for user in all { #expect(try snapshot.users.user(user.name) == user) }
            #expect(all.first { $0.name == "user39" }?.roles == ["role0", "role1", "role2"])
            #expect(all.first { $0.name == "user39" }?.tokens == [tokens[39]])
        }
    }

    @Test(
        "what the tables say wrongly of users is found",
        arguments: [
            ("INSERT INTO access_members VALUES(7, 'staff')", "user number 7"),
            ("INSERT INTO access_tokens VALUES(zeroblob(32), 8, 'adbp_x', 0)", "user number 8"),
            ("INSERT INTO access_tokens VALUES(zeroblob(5), 1, 'adbp_x', 0)", "adbp_x"),
            ("UPDATE access_roles SET permissions = '{'", "'staff'"),
            ("UPDATE access_users SET changed_commit = 1000", "'ann'"),
        ])
    func findings(sql: String, name: String) throws {
        try catalog.write { transaction in
            try transaction.addUser("ann", password: nil, email: nil, roles: ["staff"])
            try transaction.setRole(StoredRole(name: "staff", permissions: [:]))
        }
        #expect(try catalog.findings() == [])
        catalog.close()
        let connection = try SQLiteConnection(
            path: store.directory.appending("catalog.sqlite").string, mode: .readWrite)
        try connection.execute(sql)
        let again = try Catalog.open(store.directory)
        let findings = try again.findings()
        #expect(findings.count == 1 && findings.first?.message.contains(name) == true, "\(findings)")
        again.close()
    }

    @Test func `the audit log keeps as many entries as it is told, and pages backwards`() throws {
        for number in 0..<25 {
            try catalog.write {
                try $0.appendAudit(
                    AuditEntry(
                        time: DateTime(microseconds: Int64(number)), who: "w\(number)", origin: "o",
                        event: "e",
                        subject: number.isMultiple(of: 2) ? "s" : nil), keeping: 10)
            }
        }
        let all = try catalog.read { try $0.users.auditEntries(limit: 100) }
        #expect(all.map(\.who) == (15..<25).reversed().map { "w\($0)" })
        #expect(all.map { $0.subject == nil } == (15..<25).reversed().map { !$0.isMultiple(of: 2) })
        let page = try catalog.read { try $0.users.auditEntries(limit: 3, before: all[2].id) }
        #expect(page == Array(all[3..<6]))
    }
}
