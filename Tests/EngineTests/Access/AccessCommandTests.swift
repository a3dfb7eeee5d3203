import Base
import Testing

@testable import Catalog
@testable import Engine

@Suite struct AccessCommandTests {
    private func user(_ name: String, _ permissions: Permissions) -> Principal {
        Principal(kind: .user, name: name, permissions: permissions, origin: AccessStore.address)
    }

    @Test func `the answers are those that clients read`() async throws {
        let access = try await AccessStore()
        let role = try await access.run(
            .createRole,
            ["name": "staff", "objects": ["create": true, "read": true], "indexes": ["read": true]])
        #expect(role == ["status": 0])
        let created = try await access.run(
            .createUser,
            [
                "username": "john", "password": "correct horse 1!", "email": "john@example.org",
                "roles": ["staff", "reader"],
            ])
        #expect(created == ["status": 0])
        let details = try await access.run(.getUserDetails, ["username": "john"])
        #expect(details["status"] == 0 && details["email"] == "john@example.org")
        #expect(details["roles"] == ["reader", "staff"] && details["tokens"] == [])
        let permissions = details["permissions"]?.objectValue
        #expect(
            permissions?["objects"] == ["create": true, "read": true, "update": false, "delete": false])
        #expect(
            permissions?["access_control"]
                == ["create": false, "read": false, "update": false, "delete": false])
        let own = try await access.run(.getUserDetails, [:], by: user("john", .none))
        #expect(own == details)
    }

    @Test(
        "without access_control everything is denied",
        arguments: [
            (.createRole, ["name": "x"]), (.updateRole, ["name": "staff"]), (.removeRole, ["name": "staff"]),
            (.createUser, ["username": "x", "password": "correct horse 1!"]),
            (.updateUser, ["username": "other", "password": "correct horse 1!"]),
            (.updateUser, ["username": "anna", "roles": []]), (.removeUser, ["username": "other"]),
            (.removeUser, ["username": "anna"]), (.getUserDetails, ["username": "other"]),
        ] as [(AccessCommand, Document)])
    func denied(command: AccessCommand, parameters: Document) async throws {
        let access = try await AccessStore()
        try await access.run(.createRole, ["name": "staff"])
        for name in ["anna", "other"] { try await access.addUser(name) }
        let editor = user("anna", Permissions(objects: .all, indexes: .all))
        #expect(try await access.code { try await access.run(command, parameters, by: editor) } == .forbidden)
        let denial = try #require(try await access.events().last)
        #expect(denial.event == "denied" && denial.who == "anna" && denial.subject == command.rawValue)
        #expect(denial.origin == AccessStore.address)
    }

    @Test func `users may change what is their own: password, tokens and address, but not their roles`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let anna = user("anna", .none)
        let token = try #require(try await access.run(.generateToken, [:], by: anna)["token"])
        try await access.run(
            .updateUser, ["username": "anna", "password": "another horse 2!", "add_tokens": [token]], by: anna
        )
        _ = try await access.logIn("anna", "another horse 2!")
        // Their name alone makes nobody a user.
        let impostor = Principal(kind: .anonymous, name: "anna", permissions: .all, origin: "x")
        #expect(
            try await access.code {
                try await access.run(.updateUser, ["username": "anna", "email": "x"], by: impostor)
            } == .forbidden)
    }

    @Test func `nobody gives or takes over what they do not have themselves`() async throws {
        let access = try await AccessStore()
        try await access.run(.createRole, ["name": "strong", "objects": ["delete": true]])
        try await access.addUser("boss", roles: ["admin"])
        try await access.addUser("anna")
        let clerk = user("clerk", Permissions(objects: .read, accessControl: .all))
        for (command, parameters) in [
            (.createUser, ["username": "puppet", "roles": ["admin"]]),
            (.updateUser, ["username": "anna", "roles": ["strong"]]),
            (.updateUser, ["username": "boss", "password": "another horse 2!"]),
            (.removeUser, ["username": "boss"]), (.removeRole, ["name": "strong"]),
            (.createRole, ["name": "mine", "objects": ["Person": ["update": true]]]),
            (.updateRole, ["name": "strong", "objects": ["delete": false]]),
        ] as [(AccessCommand, Document)] {
            #expect(
                try await access.code { try await access.run(command, parameters, by: clerk) } == .forbidden)
        }
        try await access.run(.createUser, ["username": "helper", "roles": ["reader"]], by: .owner)
        try await access.run(.createRole, ["name": "look", "objects": ["read": true]], by: clerk)
        try await access.run(.updateUser, ["username": "anna", "roles": ["look"]], by: clerk)
    }

    @Test func `the last one who may do everything is neither removed nor demoted`() async throws {
        let access = try await AccessStore()
        try await access.run(
            .createRole, ["name": "root", "objects": true, "indexes": true, "access_control": true])
        try await access.addUser("anna", roles: ["root"])
        try await access.addUser("bernd", roles: ["reader"])
        for (command, parameters) in [
            (.removeUser, ["username": "anna"]), (.updateUser, ["username": "anna", "roles": ["reader"]]),
            (.updateRole, ["name": "root", "indexes": ["delete": false]]), (.removeRole, ["name": "root"]),
        ] as [(AccessCommand, Document)] {
            #expect(try await access.code { try await access.run(command, parameters) } == .conflict)
        }
        #expect(try await access.logIn("anna").principal.permissions.covers(.all))
        try await access.run(.updateUser, ["username": "bernd", "roles": ["admin"]])
        try await access.run(.removeUser, ["username": "anna"])
        try await access.run(.removeRole, ["name": "root"])
        #expect(
            try await access.code { try await access.run(.removeUser, ["username": "bernd"]) } == .conflict)
    }

    @Test("what is built in stays as it is", arguments: ["admin", "editor", "reader"])
    func builtIn(name: String) async throws {
        let access = try await AccessStore()
        for command in [AccessCommand.createRole, .updateRole, .removeRole] {
            #expect(
                try await access.code { try await access.run(command, ["name": .string(name)]) } == .conflict)
        }
    }

    @Test(
        "wrong parameters are refused with their path",
        arguments: [
            (.createUser, [:], "username"), (.createUser, ["username": 1], "username"),
            (.createUser, ["username": "a b"], "username"), (.createUser, ["username": "a:b"], "username"),
            (.createUser, ["username": "_system"], "username"), (.createUser, ["username": ""], "username"),
            (.createUser, ["username": .string(String(repeating: "a", count: 65))], "username"),
            (.createUser, ["username": "a\u{202E}b"], "username"),
            (.createUser, ["username": "anna", "password": "short"], "password"),
            (.createUser, ["username": "anna", "password": 12_345_678_901], "password"),
            (.createUser, ["username": "anna", "role": "admin"], "role"),
            (.createUser, ["username": "anna", "roles": "admin"], "roles"),
            (.createUser, ["username": "anna", "roles": [1]], "roles[0]"),
            (.updateUser, ["username": "anna", "add_tokens": ["adbp_guess"]], "add_tokens[0]"),
            (.createRole, ["name": "x", "object": true], "object"),
            (.createRole, ["name": "x", "objects": ["read": 1]], "objects.read"),
            (.generateToken, ["username": "anna"], "username"), (.getUserDetails, [:], "username"),
        ] as [(AccessCommand, Document, String)])
    func malformed(command: AccessCommand, parameters: Document, path: String) async throws {
        let access = try await AccessStore()
        do {
            try await access.run(command, parameters)
            Issue.record("\(command.rawValue) took \(parameters.json)")
        } catch let error as EngineError {
            #expect(error.code == .invalidRequest && error.path == path)
        }
        #expect(try await access.store.users().isEmpty)
    }

    @Test func `what there is not, and what there is already, is said`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        for (command, parameters, code) in [
            (.createUser, ["username": "anna"], .conflict), (.updateUser, ["username": "eve"], .notFound),
            (.removeUser, ["username": "eve"], .notFound), (.getUserDetails, ["username": "eve"], .notFound),
            (.createUser, ["username": "eve", "roles": ["nothing"]], .notFound),
            (.updateRole, ["name": "nothing"], .notFound), (.removeRole, ["name": "nothing"], .notFound),
        ] as [(AccessCommand, Document, EngineError.Code)] {
            #expect(try await access.code { try await access.run(command, parameters) } == code)
        }
        #expect(try await access.store.users().count == 1, "a refused user leaves nothing")
    }

    @Test func `a token that somebody has cannot be given to another, and nothing of that command is kept`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        try await access.addUser("bernd")
        let token = try #require(try await access.run(.generateToken, [:])["token"])
        try await access.run(.updateUser, ["username": "anna", "add_tokens": [token]])
        #expect(
            try await access.code {
                try await access.run(
                    .updateUser, ["username": "bernd", "email": "b@example.org", "add_tokens": [token]])
            } == .conflict)
        #expect(try await access.run(.getUserDetails, ["username": "bernd"])["email"] == .null)
    }

    @Test func `several commands in one transaction see each other, and fail together`() async throws {
        let access = try await AccessStore()
        let catalog = access.store.catalog
        func prepare(_ command: AccessCommand, _ parameters: Document) async throws -> PreparedAccessCommand {
            try await access.control.prepare(command, parameters, by: .owner)
        }
        let role = try await prepare(.createRole, ["name": "staff", "objects": ["read": true]])
        let user = try await prepare(.createUser, ["username": "anna", "roles": ["staff"]])
        let details = try await prepare(.getUserDetails, ["username": "anna"])
        let bad = try await prepare(.removeUser, ["username": "nobody"])
        await #expect(throws: EngineError.self) {
            try await access.store.readPool.run { _ in
                try catalog.write { transaction in
                    for command in [role, user, bad] { _ = try command.run(in: transaction) }
                }
            }
        }
        #expect(try await access.store.users().isEmpty)
        let answer = try await access.store.readPool.run { _ in
            try catalog.write { transaction in
                for command in [role, user] { _ = try command.run(in: transaction) }
                return try details.run(in: transaction)
            }
        }
        #expect(answer["roles"] == ["staff"])
    }

    @Test func `the audit log says who changed what, from where, and no secret`() async throws {
        let access = try await AccessStore()
        try await access.run(.createRole, ["name": "staff", "objects": ["read": true]])
        try await access.addUser("anna", roles: ["staff"])
        let token = try #require(try await access.run(.generateToken, [:])["token"]?.stringValue)
        try await access.run(
            .updateUser, ["username": "anna", "password": "another horse 2!", "add_tokens": [.string(token)]])
        _ = try await access.code { try await access.logIn("anna", "wrong") }
        _ = try await access.logIn("anna", "another horse 2!")
        try await access.run(.removeUser, ["username": "anna"])
        let events = try await access.events()
        #expect(
            events.map(\.event) == [
                "role_created", "user_created", "user_changed", "login_failed", "login", "user_removed",
            ])
        #expect(events.map(\.who) == ["owner", "owner", "owner", "anna", "anna", "owner"])
        #expect(
            events[2].subject == "anna" && events[2].details == "password; token \(token.prefix(13)) added")
        #expect(events[4].origin == AccessStore.address)
        #expect(events.map(\.id) == [1, 2, 3, 4, 5, 6])
        for event in events {
            #expect(event.details?.contains("horse") != true && event.details?.contains(token) != true)
        }
    }

    @Test func `the audit log keeps its newest entries, and a flood of denials does not wash it out`()
        async throws
    {
        let access = try await AccessStore { $0.auditLimit = 50 }
        for number in 0..<60 {
            try await access.run(.createRole, ["name": .string("role\(number)")])
        }
        #expect(try await access.events().map(\.subject) == (10..<60).map { "role\($0)" })

        let flooded = try await AccessStore()
        let anna = user("anna", .none)
        for _ in 0..<2_000 {
            flooded.control.note(EngineError(.forbidden, "no"), of: "DeleteEntity", by: anna)
        }
        #expect(try await flooded.store.auditEntries(limit: 5_000).count <= 600)
        flooded.clock.turn(.seconds(61))
        flooded.control.note(EngineError(.forbidden, "no"), of: "DeleteEntity", by: anna)
        let last = try await flooded.events().suffix(2)
        #expect(last.map(\.event) == ["omitted", "denied"])
        #expect(last.first?.details?.hasPrefix("1400 entries") == true)
        flooded.control.note(EngineError(.notFound, "nothing"), of: "DeleteEntity", by: anna)
        #expect(try await flooded.events().count == 602)
    }
}
