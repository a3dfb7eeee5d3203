import Base
import Engine
import Testing

@testable import Server

/// The query port on real sockets, byte by byte: who is let in, and in which shape they are answered.
@Suite(.serialized) struct QueryPortTests {
    private static let query = #"[{"FindEntity":{"with_class":"A"}}]"#

    @Test func `a hello is answered with a hello, a login with tokens, a query with its answer`() async throws
    {
        let authority = MemoryAuthority()
        try await ServedPort.run(authority: authority) { served in
            let (hello, login, reply) = try await served.connect { client in
                try client.send(RawClient.hello())
                let hello = try client.readFrame()
                try client.sendQuery(
                    #"[{"Authenticate":{"username":"ada","password":"\#(MemoryAuthority.password)"}}]"#)
                let login = try client.reply()
                try client.sendQuery(Self.query, blobs: [[1], [2, 3]], token: "adbs_1")
                return (hello, login, try client.reply())
            }
            #expect(hello == [1, 0, 0, 0, 1, 0, 0, 0])
            #expect(
                login.json == [
                    [
                        "Authenticate": [
                            "status": 0, "session_token": "adbs_1", "refresh_token": "adbr_1",
                            "session_token_expires_in": 3_600, "refresh_token_expires_in": 36_000,
                        ]
                    ]
                ])
            #expect(
                reply.first == [
                    "status": 0, "dialect": "aperture", "principal": "ada", "query": .string(Self.query),
                    "blobs": [1, 2],
                ])
            #expect(reply.blobs == [[2, 3], [1]])
            #expect(authority.origins == ["127.0.0.1"])
        }
    }

    @Test(
        "whoever has no session is told so in the words that clients know",
        arguments: [nil, "", "adbs_999", "adbr_1"] as [String?])
    func noSession(token: String?) async throws {
        try await ServedPort.run { served in
            let reply = try await served.connect { client in
                _ = try client.logIn()
                try client.sendQuery(Self.query, token: token)
                return try client.reply()
            }
            #expect(
                reply.json == ["status": -1, "info": "Not Authenticated!", "code": "unauthenticated"])
            #expect(reply.blobs.isEmpty)
        }
    }

    @Test func `a session that has expired is renewed with its refresh token, once`() async throws {
        let authority = MemoryAuthority()
        try await ServedPort.run(authority: authority) { served in
            let refresh = #"[{"RefreshToken":{"refresh_token":"adbr_1"}}]"#
            let replies = try await served.connect { client in
                let token = try client.logIn()
                authority.expireSessions()
                var replies: [RawClient.Reply] = []
                for (query, token) in [
                    (Self.query, token), (refresh, token), (Self.query, "adbs_2"), (refresh, ""),
                ] {
                    try client.sendQuery(query, token: token)
                    replies.append(try client.reply())
                }
                return replies
            }
            #expect(replies[0].json.objectValue?["code"] == "unauthenticated")
            #expect(replies[1].first?["session_token"] == "adbs_2")
            #expect(replies[2].first?["principal"] == "ada")
            #expect(
                replies[3].json == [
                    ["RefreshToken": ["status": -1, "info": "the refresh token is spent"]]
                ])
        }
    }

    @Test(
        "a login that fails says so as the answer to its command",
        arguments: [
            #"{"username":"ada","password":"wrong"}"#, #"{"username":"eve","token":"adbp_x"}"#,
            #"{"token":"adbp_x"}"#, #"{"username":"ada"}"#, "{}",
        ])
    func failedLogin(parameters: String) async throws {
        try await ServedPort.run { served in
            let reply = try await served.connect { client in
                try client.send(RawClient.hello())
                _ = try client.readFrame()
                try client.sendQuery(#"[{"Authenticate":\#(parameters)}]"#)
                return try client.reply()
            }
            let answer = reply.json.arrayValue?.first?.objectValue?["Authenticate"]?.objectValue
            #expect(answer?["status"] == -1)
            #expect(answer?["info"]?.stringValue?.isEmpty == false)
            #expect(answer?["session_token"] == nil)
        }
    }

    @Test(arguments: [#""username":"ada","#, ""])
    func `a user's token logs in, with or without the user's name`(name: String) async throws {
        try await ServedPort.run { served in
            let reply = try await served.connect { client in
                try client.send(RawClient.hello())
                _ = try client.readFrame()
                try client.sendQuery(#"[{"Authenticate":{\#(name)"token":"\#(MemoryAuthority.userToken)"}}]"#)
                return try client.reply()
            }
            #expect(reply.first?["status"] == 0)
        }
    }

    @Test(
        "a hello that asks for what there is not is told what there is, and no more",
        arguments: [(UInt8(7), QueryPort.Plain.loopback, UInt8(1)), (1, .nowhere, 2)])
    func otherTransport(wanted: UInt8, plain: QueryPort.Plain, offered: UInt8) async throws {
        try await ServedPort.run(plain: plain) { served in
            let bytes = try await served.connect { client in
                try client.send(RawClient.hello(transport: wanted))
                return try client.readToEnd()
            }
            #expect(bytes == RawClient.hello(transport: offered))
        }
    }

    @Test func `VDMS's clients are refused, and told how they would not be`() async throws {
        try await ServedPort.run { served in
            let replies = try await served.connect { client in
                try client.sendQuery(Self.query)
                let first = try client.reply()
                try client.sendQuery(Self.query)
                return [first, try client.reply()]
            }
            for reply in replies {
                let answer = reply.json.arrayValue?.first?.objectValue
                #expect(reply.json.arrayValue?.count == 1)
                #expect(answer?["status"] == -1)
                #expect(answer?["FailedCommand"] == "Transaction")
                #expect(answer?["info"]?.stringValue?.contains("--anonymous-role") == true)
            }
        }
    }

    @Test func `VDMS's clients act in the anonymous role`() async throws {
        try await ServedPort.run(authority: MemoryAuthority(role: "reader")) { served in
            let reply = try await served.connect { client in
                try client.sendQuery(Self.query, blobs: [[9]])
                return try client.reply()
            }
            #expect(reply.first?["dialect"] == "vdms")
            #expect(reply.first?["principal"] == "reader")
            #expect(reply.blobs == [[9]])
        }
    }

    @Test func `without TLS nobody is served where clients must have certificates`() async throws {
        let authority = MemoryAuthority(role: "reader")
        try await ServedPort.run(authority: authority, plain: .nowhere) { served in
            let reply = try await served.connect { client in
                try client.sendQuery(Self.query)
                return try client.reply()
            }
            #expect(reply.text.contains("over TLS only"))
            let answer = try await served.connect { client in
                try client.send("GET", "/v1/stats")
                return try client.answer()
            }
            #expect(answer.status == 403)
        }
    }

    @Test func `requests that come at once are answered in their order`() async throws {
        try await ServedPort.run(authority: MemoryAuthority(role: "reader")) { served in
            let replies = try await served.connect { client in
                let frames = (0..<50).flatMap { number in
                    RawClient.frame(
                        RawClient.message("[\(number)]", blobs: [[UInt8](repeating: 1, count: number)]))
                }
                try client.send(frames)
                return try (0..<50).map { _ in try client.reply() }
            }
            for (number, reply) in replies.enumerated() {
                #expect(reply.first?["query"] == .string("[\(number)]"))
                #expect(reply.blobs == [[UInt8](repeating: 1, count: number)])
            }
        }
    }

    @Test func `a session comes byte by byte and is understood`() async throws {
        try await ServedPort.run { served in
            let reply = try await served.connect { client in
                let login =
                    #"[{"Authenticate":{"username":"ada","password":"\#(MemoryAuthority.password)"}}]"#
                let bytes =
                    RawClient.hello() + RawClient.frame(RawClient.message(login))
                    + RawClient.frame(RawClient.message(Self.query, blobs: [[5]], token: "adbs_1"))
                for byte in bytes { try client.send([byte]) }
                _ = try client.readFrame()
                _ = try client.reply()
                return try client.reply()
            }
            #expect(reply.first?["principal"] == "ada")
        }
    }

    @Test func `blobs of megabytes go there and back`() async throws {
        try await ServedPort.run(authority: MemoryAuthority(role: "reader")) { served in
            let blobs = [3_000_000, 0, 9_000_001].map { count in
                (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            }
            let reply = try await served.connect { client in
                try client.sendQuery("[]", blobs: blobs)
                return try client.reply()
            }
            #expect(reply.blobs == blobs.reversed())
            #expect(served.bodies.takenByteCount == 0)
        }
    }

    @Test func `what is no HTTP face of its own is the same on this port`() async throws {
        try await ServedPort.run { served in
            let (health, missing) = try await served.connect { client in
                try client.send("GET", "/health")
                let health = try client.answer()
                try client.send("GET", "/v1/nothing")
                return (health, try client.answer())
            }
            #expect(health.json?["status"] == "ok")
            #expect(missing.status == 404)
        }
    }

    @Test func `where other machines can ask, native HTTP is for those who have a session`() async throws {
        try await ServedPort.run(authority: MemoryAuthority(mayChange: false), needsLogin: true) { served in
            let statuses = try await served.connect { client in
                let token = try RawClient(port: served.port).logIn()
                let session = ["Authorization: Bearer \(token)"]
                var statuses: [Int] = []
                for (method, target, headers) in [
                    ("GET", "/health", []), ("GET", "/v1/stats", []), ("GET", "/v1/operations", []),
                    ("GET", "/v1/stats", ["Authorization: Bearer adbs_9"]), ("GET", "/v1/stats", session),
                    ("GET", "/v1/operations", session), ("DELETE", "/v1/entities/Image/1.0.1", session),
                ] {
                    try client.send(method, target, headers: headers)
                    statuses.append(try client.answer().status)
                }
                return statuses
            }
            #expect(statuses == [200, 401, 401, 401, 200, 200, 403])
        }
    }
}
