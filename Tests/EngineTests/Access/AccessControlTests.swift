import Base
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Catalog
@testable import Engine

@Suite struct AccessControlTests {
    @Test func `a login gives tokens that stand for the user, each kind only for what it is for`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna", roles: ["reader"])
        let session = try await access.logIn("anna")
        #expect(session.sessionToken.hasPrefix("adbs_") && session.refreshToken.hasPrefix("adbr_"))
        #expect(session.sessionLifetime == .seconds(3_600) && session.refreshLifetime == .seconds(86_400))
        let principal = try await access.principal(session)
        #expect(
            principal.name == "anna" && principal.kind == .user && principal.origin == AccessStore.address)
        try principal.check(.read, class: "Person")
        for action in [Permissions.Action.create, .update, .delete] {
            #expect(throws: EngineError.self) { try principal.check(action, class: "Person") }
        }
        #expect(
            try await access.code {
                try await access.control.principal(
                    sessionToken: session.refreshToken, from: AccessStore.address)
            } == .unauthenticated)
        #expect(
            try await access.code {
                try await access.control.refresh(session.sessionToken, from: AccessStore.address)
            } == .unauthenticated)
    }

    @Test func `a wrong password, an unknown user and one without a password are told the same`() async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        try await access.run(.createUser, ["username": "tokens-only"])
        var messages: Set<String> = []
        for (name, password) in [
            ("anna", "wrong"), ("nobody", AccessStore.password), ("tokens-only", AccessStore.password),
            ("", "x"), ("anna", ""), (String(repeating: "a", count: 10_000), "x"),
            ("anna", String(repeating: "a", count: 10_000)),
        ] {
            do {
                _ = try await access.logIn(name, password)
                Issue.record("\(name.prefix(20)) logged in")
            } catch let error as EngineError {
                #expect(error.code == .unauthenticated)
                messages.insert(error.message)
            }
        }
        #expect(messages.count == 1)
    }

    @Test func `a session ends after an hour, and a refresh token renews it, once, within a day`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let first = try await access.logIn("anna")
        access.clock.turn(.seconds(3_599))
        _ = try await access.principal(first)
        access.clock.turn(.seconds(1))
        #expect(try await access.code { try await access.principal(first) } == .unauthenticated)
        let second = try await access.control.refresh(first.refreshToken, from: AccessStore.address)
        #expect(try await access.principal(second).name == "anna")
        #expect(
            try await access.code {
                try await access.control.refresh(first.refreshToken, from: AccessStore.address)
            } == .unauthenticated)
        access.clock.turn(.seconds(86_400))
        #expect(
            try await access.code {
                try await access.control.refresh(second.refreshToken, from: AccessStore.address)
            } == .unauthenticated)
    }

    @Test func `renewing a session leaves the old one to requests that are under way`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let first = try await access.logIn("anna")
        _ = try await access.control.refresh(first.refreshToken, from: AccessStore.address)
        #expect(try await access.principal(first).name == "anna")
    }

    @Test(
        "any change of a user ends that user's sessions and refresh tokens, and nobody else's",
        arguments: [
            ["username": "anna", "password": "another horse 2!"],
            ["username": "anna", "email": "a@example.org"],
            ["username": "anna", "roles": ["reader"]], ["username": "anna"],
        ] as [Document])
    func updateEndsSessions(change: Document) async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        try await access.addUser("bernd")
        let (anna, bernd) = (try await access.logIn("anna"), try await access.logIn("bernd"))
        try await access.run(.updateUser, change)
        #expect(try await access.code { try await access.principal(anna) } == .unauthenticated)
        #expect(
            try await access.code {
                try await access.control.refresh(anna.refreshToken, from: AccessStore.address)
            } == .unauthenticated)
        #expect(try await access.principal(bernd).name == "bernd")
    }

    @Test func `a removed user's sessions do not become those of a later user of that name`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna", roles: ["admin"])
        try await access.addUser("bernd", roles: ["admin"])
        let session = try await access.logIn("bernd")
        try await access.run(.removeUser, ["username": "bernd"])
        #expect(try await access.code { try await access.principal(session) } == .unauthenticated)
        try await access.addUser("bernd")
        #expect(try await access.code { try await access.principal(session) } == .unauthenticated)
    }

    @Test func `a change of a role acts on the next request of a session`() async throws {
        let access = try await AccessStore()
        try await access.run(.createRole, ["name": "staff", "objects": ["read": true]])
        try await access.addUser("anna", roles: ["staff"])
        let session = try await access.logIn("anna")
        #expect(try await access.principal(session).permissions[class: "A"] == .read)
        try await access.run(.updateRole, ["name": "staff", "objects": ["create": true, "read": false]])
        #expect(try await access.principal(session).permissions[class: "A"] == .create)
        try await access.run(.removeRole, ["name": "staff"])
        #expect(try await access.principal(session).permissions == .none)
    }

    @Test
    func `a token is of no use until a user has it, then logs in without a password, until it is taken away`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        try await access.addUser("bernd")
        let token = try #require(try await access.run(.generateToken, [:])["token"]?.stringValue)
        #expect(token.hasPrefix("adbp_"))
        func logIn(_ name: String?) async throws -> EngineError.Code? {
            try await access.code {
                try await access.control.authenticate(username: name, token: token, from: AccessStore.address)
            }
        }
        #expect(try await logIn(nil) == .unauthenticated)
        try await access.run(.updateUser, ["username": "anna", "add_tokens": [.string(token)]])
        #expect(try await logIn(nil) == nil)
        #expect(try await logIn("anna") == nil)
        #expect(try await logIn("bernd") == .unauthenticated)
        #expect(
            try await access.control.principal(token: token, from: AccessStore.address).name == "anna")
        let details = try await access.run(.getUserDetails, ["username": "anna"])
        #expect(details["tokens"] == [.string(String(token.prefix(13)))])
        try await access.run(
            .updateUser, ["username": "anna", "remove_tokens": [.string(String(token.prefix(13)))]])
        #expect(try await logIn(nil) == .unauthenticated)
        let again = try await access.code {
            try await access.run(.updateUser, ["username": "anna", "remove_tokens": [.string(token)]])
        }
        #expect(again == .notFound)
    }

    @Test func `whoever guesses is refused without a look at the password, and the right one is refused too`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        for _ in 0..<4 {
            #expect(try await access.code { try await access.logIn("anna", "wrong") } == .unauthenticated)
        }
        #expect(try await access.code { try await access.logIn("anna") } == .tooManyAttempts)
        access.clock.turn(.seconds(1))
        #expect(try await access.code { try await access.logIn("anna") } == nil)
        #expect(try await access.code { try await access.logIn("anna", "wrong") } == .unauthenticated)
    }

    @Test func `whoever is held up is told for how long, in whole seconds`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        for _ in 0..<4 { _ = try await access.code { try await access.logIn("anna", "wrong") } }
        for wait in [1, 2, 4] {
            let error = await #expect(throws: EngineError.self) { try await access.logIn("anna") }
            #expect(error?.retryAfter == .seconds(wait))
            access.clock.turn(.milliseconds(wait * 1_000 - 1))
            let last = await #expect(throws: EngineError.self) { try await access.logIn("anna") }
            #expect(last?.retryAfter == .seconds(1), "not 0, which would be too early")
            access.clock.turn(.milliseconds(1))
            #expect(try await access.code { try await access.logIn("anna", "wrong") } == .unauthenticated)
        }
    }

    @Test func `guessing many times at once is held up like guessing one by one`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let codes = try await withThrowingTaskGroup(of: EngineError.Code?.self) { group in
            for number in 0..<60 {
                group.addTask { try await access.code { try await access.logIn("anna", "guess \(number)") } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Four are free, and as many as threads hash at one time may be under way when the delay begins.
        let looked = codes.filter { $0 == .unauthenticated }.count
        #expect((4...4 + access.control.options.passwordThreads).contains(looked))
        #expect(codes.filter { $0 == .tooManyAttempts }.count == 60 - looked)
    }

    @Test func `many right logins at once all succeed`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { try await access.principal(access.logIn("anna")).name } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names == Array(repeating: "anna", count: 100))
    }

    @Test func `no text but the very token is taken for it`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let session = try await access.logIn("anna")
        let token = try #require(try await access.run(.generateToken, [:])["token"]?.stringValue)
        try await access.run(.createUser, ["username": "robot", "add_tokens": [.string(token)]])
        var generator = SeededGenerator(seed: 11)
        for original in [session.sessionToken, token] {
            for _ in 0..<300 {
                var bytes = Array(original.utf8)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
                case 1: bytes.append(UInt8.random(in: 0...127, using: &generator))
                case 2: bytes = (0..<5_000).map { _ in UInt8.random(in: 0...127, using: &generator) }
                default:
                    bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                        1 << UInt8.random(in: 0..<7, using: &generator)
                }
                let text = String(decoding: bytes, as: UTF8.self)
                let code = try await access.code {
                    try await access.control.principal(token: text, from: AccessStore.address)
                }
                #expect(code == .unauthenticated || code == .tooManyAttempts, "\(text)")
            }
            #expect(
                try await access.code {
                    try await access.control.principal(token: original, from: AccessStore.address)
                } == nil)
        }
    }

    @Test func `unknown users are held up like those that there are`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        for name in ["anna", "nobody"] {
            for _ in 0..<4 { _ = try await access.code { try await access.logIn(name, "wrong") } }
            #expect(try await access.code { try await access.logIn(name, "wrong") } == .tooManyAttempts)
        }
    }

    @Test func `of sessions beyond the limits the user's oldest end`() async throws {
        let access = try await AccessStore {
            $0.userSessionLimit = 3
            $0.sessionLimit = 4
        }
        try await access.addUser("anna")
        try await access.addUser("bernd")
        var sessions: [Session] = []
        for _ in 0..<5 { sessions.append(try await access.logIn("anna")) }
        var alive: [Bool] = []
        for session in sessions {
            alive.append(try await access.code { try await access.principal(session) } == nil)
        }
        #expect(alive == [false, false, true, true, true])
        let bernd = [try await access.logIn("bernd"), try await access.logIn("bernd")]
        for session in bernd { #expect(try await access.principal(session).name == "bernd") }
        #expect(try await access.code { try await access.principal(sessions[2]) } == .unauthenticated)
        #expect(access.control.state.withLock { $0.sessions.count } == 4)
    }

    @Test func `the anonymous have a role's permissions, but never those of administration`() async throws {
        let access = try await AccessStore()
        let principal = try await access.control.anonymous(role: "admin", from: AccessStore.address)
        try principal.check(.delete, class: "Person")
        #expect(throws: EngineError.self) { try principal.checkAccessControl(.read) }
        #expect(
            try await access.code { try await access.run(.generateToken, [:], by: principal) } == .forbidden)
        #expect(
            try await access.code {
                try await access.control.anonymous(role: "nothing", from: AccessStore.address)
            } == .notFound)
    }

    @Test func `a password just verified is good again for minutes, unless the user was changed`()
        async throws
    {
        let access = try await AccessStore()
        try await access.addUser("anna")
        func principal(_ password: String) async throws -> Principal {
            try await access.control.principal(
                username: "anna", password: password, from: AccessStore.address)
        }
        #expect(try await principal(AccessStore.password).name == "anna")
        let user = try #require(try await access.control.directory().users[ExactName("anna")])
        func isKnown(_ password: String) -> Bool {
            access.control.state.withLock { $0.passwords.contains(user, password, at: access.clock.now) }
        }
        #expect(isKnown(AccessStore.password) && !isKnown("wrong"))
        #expect(try await access.code { try await principal("wrong") } == .unauthenticated)
        access.clock.turn(.seconds(300))
        #expect(!isKnown(AccessStore.password))
        #expect(try await principal(AccessStore.password).name == "anna")
        try await access.run(.updateUser, ["username": "anna", "password": "another horse 2!"])
        #expect(try await access.code { try await principal(AccessStore.password) } == .unauthenticated)
    }

    @Test func `users, roles and tokens are there after the store was closed, sessions are not`() async throws
    {
        let access = try await AccessStore()
        try await access.run(.createRole, ["name": "staff", "objects": ["Person": ["read": true]]])
        try await access.addUser("anna", roles: ["staff"])
        let session = try await access.logIn("anna")
        try await access.store.close()
        let catalog = try Catalog.open(access.store.directory)
        let again = AccessControl(
            catalog: catalog, readPool: access.store.readPool, options: access.control.options)
        let fresh = try await again.authenticate(
            username: "anna", password: AccessStore.password, from: AccessStore.address)
        #expect(fresh.principal.permissions[class: "Person"] == .read)
        #expect(
            try await access.code {
                try await again.principal(sessionToken: session.sessionToken, from: AccessStore.address)
            } == .unauthenticated)
        let events = try catalog.read { try $0.users.auditEntries(limit: 10).map(\.event) }
        #expect(
            events.last == "role_created" && events.contains("login"),
            "the first login was written on closing")
        catalog.close()
    }

    @Test func `no secret reaches the store's files`() async throws {
        let access = try await AccessStore()
        try await access.addUser("anna")
        let token = try #require(try await access.run(.generateToken, [:])["token"]?.stringValue)
        try await access.run(.updateUser, ["username": "anna", "add_tokens": [.string(token)]])
        let session = try await access.logIn("anna")
        _ = try await access.code { try await access.logIn("anna", "a wrong password 3?") }
        _ = try await access.events()
        try await access.store.close()
        let bytes = try contents(of: access.store.directory.appending("catalog.sqlite"))
        #expect(bytes.contains(Array("anna".utf8)) && bytes.contains(Array(token.utf8.prefix(13))))
        for secret in [
            AccessStore.password, token, session.sessionToken, session.refreshToken, "a wrong password 3?",
        ] {
            #expect(!bytes.contains(Array(secret.utf8)))
        }
    }
}
