import Base
import Catalog
import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Server

/// Native HTTP where users log in: who is let in, to what, and what is told and noted of the rest.
@Suite struct LoginTests {
    private static let password = "correct: horse 1!"

    /// Serves a store with users: `ann`, an admin; `bob`, who may read; `cyd`, who may read images alone.
    private func run(_ body: (ServedStore, _ tokens: [String: String]) async throws -> Void) async throws {
        var options = StoreOptions(computeThreads: 1, readThreads: 1)
        options.authentication.passwordCost = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1)
        // A clock that stands still: what must wait, waits.
        let now = ContinuousClock.now
        options.authentication.now = { now }
        let users: @Sendable (Store) -> any SessionAuthority = {
            StoreAuthority(accessControl: $0.accessControl, anonymousRole: nil)
        }
        try await ServedStore.run(options: options, authority: users, needsLogin: true) { served in
            let store = served.store
            _ = try await store.perform(
                .createRole, ["name": "images", "objects": ["Image": ["read": true]]], by: .owner)
            var tokens: [String: String] = [:]
            for (name, role) in [("ann", "admin"), ("bob", "reader"), ("cyd", "images")] {
                _ = try await store.perform(
                    .createUser,
                    [
                        "username": .string(name), "password": .string(Self.password),
                        "roles": [.string(role)],
                    ],
                    by: .owner)
                let token = try await store.perform(.generateToken, [:], by: .owner)["token"] ?? .null
                _ = try await store.perform(
                    .updateUser, ["username": .string(name), "add_tokens": [token]], by: .owner)
                tokens[name] = token.stringValue
            }
            try await body(served, tokens)
        }
    }

    private func basic(_ name: String, _ password: String = LoginTests.password) -> String {
        "Authorization: Basic \(Data("\(name):\(password)".utf8).base64EncodedString())"
    }

    private func code(_ answer: RawClient.Answer) -> String? {
        answer.json?["error"]?.objectValue?["code"]?.stringValue
    }

    @Test func `a password, a user's token and a session's let in; nothing and what is wrong do not`()
        async throws
    {
        try await run { served, tokens in
            let login = #"[{"Authenticate": {"username": "ann", "password": "\#(Self.password)"}}]"#
            let grant = try await served.answer("POST", "/api", json: login).json?["json"]?.arrayValue?.first?
                .objectValue?["Authenticate"]?.objectValue
            let session = try #require(grant?["session_token"]?.stringValue)
            let token = try #require(tokens["ann"])
            for good in [basic("ann"), "Authorization: bearer \(token)", "Authorization: Bearer \(session)"] {
                #expect(try await served.answer("GET", "/v1/stats", headers: [good]).status == 200, "\(good)")
            }
            let wrong = [
                nil, basic("ann", "wrong"), basic("eve"), "Authorization: Bearer adbs_x",
                "Authorization: Bearer adbp_x", "Authorization: Basic ???", "Authorization: Digest x",
            ]
            for header in wrong {
                let answer = try await served.answer("GET", "/v1/stats", headers: header.map { [$0] } ?? [])
                #expect(answer.status == 401 && code(answer) == "unauthenticated", "\(header ?? "none")")
                // Without the word Basic no browser would ask.
                let schemes = answer.headers.filter { $0.name == "www-authenticate" }.map(\.value)
                #expect(schemes == ["Bearer", #"Basic realm="fovea", charset="UTF-8""#])
            }
            for open in ["/health", "/ready", "/openapi.json", "/"] {
                #expect(try await served.answer("GET", open).status == 200, "\(open)")
            }
        }
    }

    @Test func `roles say what of native HTTP a user may do, class by class, and denials are noted`()
        async throws
    {
        try await run { served, tokens in
            let picture = ServedStore.ppm(width: 4, height: 3, seed: 1)
            let read = "/v1/entities/Image/count"
            let everything: [(user: String, method: String, target: String, body: [UInt8]?, status: Int)] = [
                ("ann", "POST", "/v1/entities/Image", picture, 201),
                ("bob", "POST", "/v1/entities/Image", picture, 403), ("bob", "POST", read, [], 200),
                ("bob", "DELETE", "/v1/entities/Image/1.0.1", nil, 403),
                ("bob", "POST", "/v1/entities/Image/delete", Array(#"{"ids": []}"#.utf8), 403),
                ("bob", "GET", "/v1/schema", nil, 200), ("cyd", "POST", read, [], 200),
                ("cyd", "GET", "/v1/entities/Person/find", nil, 403), ("cyd", "GET", "/v1/schema", nil, 403),
            ]
            for (user, method, target, body, status) in everything {
                let answer = try await served.answer(
                    method, target, headers: ["Authorization: Bearer \(tokens[user] ?? "")"], body: body)
                #expect(answer.status == status, "\(user): \(method) \(target): \(answer.text)")
                if status == 403 { #expect(code(answer) == "forbidden") }
            }
            // What was noted is written with, or before, the next transaction.
            try served.store.catalog.write { _ in }
            let log = try await served.store.auditEntries(limit: 100).filter { $0["event"] == "denied" }
            #expect(
                log.reversed().map { "\($0["who"]?.stringValue ?? "") \($0["subject"]?.stringValue ?? "")" }
                    == [
                        "bob addImage", "bob deleteEntity", "bob deleteEntities", "cyd findEntitiesByURL",
                        "cyd getSchema",
                    ])
            #expect(log.allSatisfy { $0["origin"] == "127.0.0.1" })
        }
    }

    @Test func `reviewers answer under their own names, and need a role that may update`() async throws {
        try await run { served, tokens in
            let label = try served.store.catalog.write { transaction in
                let id = try transaction.insert("Image", ["width": 4])
                return try transaction.addLabel(NewLabel(.class, "cat", source: "model:m@1"), to: id)
            }
            func answer(_ name: String, _ more: String = "") async throws -> RawClient.Answer {
                try await served.answer(
                    "POST", "/v1/reviews", headers: ["Authorization: Bearer \(tokens[name] ?? "")"],
                    body: Array(#"{"label": \#(label), "answer": "accept"\#(more)}"#.utf8))
            }
            #expect(try await answer("bob").status == 403)
            #expect(try await answer("ann", #", "user": "bob""#).status == 403)
            #expect(try await answer("ann", #", "user": "ann""#).status == 200)
            let reviews = try served.store.catalog.read { try $0.reviews(of: label) }
            #expect(reviews.map(\.reviewer) == ["ann"])
        }
    }

    @Test func `whoever guesses passwords is held up as at the query port`() async throws {
        try await run { served, tokens in
            func status(_ header: String) async throws -> Int {
                try await served.answer("GET", "/v1/stats", headers: [header]).status
            }
            // Three failures are free; the fourth makes the next wait, be it right or wrong.
            for _ in 0..<4 { #expect(try await status(basic("ann", "wrong")) == 401) }
            let answer = try await served.answer("GET", "/v1/stats", headers: [basic("ann")])
            #expect(answer.status == 429 && code(answer) == "too_many_attempts")
            #expect(answer.header("retry-after") == "1")
            let login = #"[{"Authenticate": {"username": "ann", "password": "\#(Self.password)"}}]"#
            let reply = try await served.answer("POST", "/api", json: login)
            #expect(reply.text.contains("too many logins have failed"))
            #expect(try await status("Authorization: Bearer \(tokens["ann"] ?? "")") == 200)
            #expect(try await status(basic("bob")) == 200)
        }
    }

    @Test(
        "an answer that time makes good says in whole seconds how long that takes",
        arguments: [
            (.tooManyAttempts, .seconds(900), "900"), (.tooManyAttempts, .milliseconds(1_001), "2"),
            (.tooManyAttempts, .zero, "1"), (.overloaded, nil, "1"), (.overloaded, .seconds(7), "7"),
            (.unauthenticated, nil, nil), (.forbidden, nil, nil),
        ] as [(EngineError.Code, Duration?, String?)])
    func retryAfter(code: EngineError.Code, wait: Duration?, expected: String?) {
        let response = Response.failure(EngineError(code, "", retryAfter: wait))
        #expect(
            response.headers.filter { $0.name == "Retry-After" }.map(\.value) == (expected.map { [$0] } ?? [])
        )
    }

    @Test(
        "credentials are read as their schemes write them",
        arguments: [
            ("Bearer a", .token("a")), ("bEARER   a", .token("a")), ("Bearer", nil), ("Bearer ", nil),
            ("Basic YTpi", .password(username: "a", password: "b")),
            ("basic YTpiOmM=", .password(username: "a", password: "b:c")),
            ("Basic Og==", .password(username: "", password: "")), ("Basic YQ==", nil), ("Basic YTpi=", nil),
            ("Basic YTp", nil), ("Basic //o6", nil), ("Digest YTpi", nil), ("", nil),
        ] as [(String, Credentials?)])
    func credentials(header: String, expected: Credentials?) {
        #expect(Credentials(header) == expected)
    }

    @Test func `base64 is decoded as Foundation does, and refused where Foundation refuses it`() {
        var random = SeededGenerator(seed: 5)
        for count in 0..<200 {
            let bytes = (0..<count % 40).map { _ in UInt8.random(in: 0...255, using: &random) }
            var text = Array(Data(bytes).base64EncodedString().utf8)
            #expect(Base64.decode(text) == bytes)
            guard let place = text.indices.randomElement(using: &random) else { continue }
            text[place] = UInt8(ascii: "!")
            #expect(Base64.decode(text) == nil)
        }
        // Bits that stand for nothing, and padding where there is none.
        for text in ["QQ=", "QR==", "Q===", "====", "QUI", "QUJ=", "QQ==QQ=="] {
            #expect(Base64.decode(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
