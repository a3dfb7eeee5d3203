import Base
import Engine
import Testing

@testable import Server

@Suite struct AccessRouteTests {
    @Test(
        "users and roles are nothing that HTTP knows of beside the holder's socket",
        arguments: [
            ("POST", "/v1/access/CreateUser"), ("GET", "/v1/users"), ("GET", "/v1/roles"),
            ("GET", "/v1/audit"),
        ])
    func hidden(method: String, target: String) async throws {
        try await ServedStore.run { served in
            let answer = try await served.answer(method, target, body: method == "POST" ? [] : nil)
            #expect(answer.status == 404)
        }
    }

    @Test
    func `over the holder's socket a user is made, listed, changed and removed, and the log tells of it`()
        async throws
    {
        try await ServedStore.run(isHolderSocket: true) { served in
            func run(_ command: String, _ json: String) async throws -> Document? {
                let answer = try await served.answer("POST", "/v1/access/\(command)", json: json)
                #expect(answer.status == 200, "\(answer.text)")
                return answer.json
            }
            _ = try await run("CreateRole", #"{"name": "looker", "objects": {"read": true}}"#)
            _ = try await run("CreateUser", #"{"username": "ann", "roles": ["looker"]}"#)
            let users = try await served.answer("GET", "/v1/users").json?["users"]?.arrayValue
            #expect(users?.compactMap { $0.objectValue?["username"] } == ["ann"])
            let roles = try await served.answer("GET", "/v1/roles").json?["roles"]?.arrayValue
            #expect(
                roles?.compactMap { $0.objectValue?["name"] } == ["admin", "editor", "looker", "reader"])
            #expect(roles?[2].objectValue?["users"] == ["ann"])
            _ = try await run("UpdateUser", #"{"username": "ann", "email": "ann@example.org"}"#)
            #expect(try await run("GetUserDetails", #"{"username": "ann"}"#)?["email"] == "ann@example.org")
            _ = try await run("RemoveUser", #"{"username": "ann"}"#)
            let audit = try await served.answer("GET", "/v1/audit?limit=3").json?["entries"]?.arrayValue
            let events = audit?.compactMap { $0.objectValue?["event"] }
            #expect(events == ["user_removed", "user_changed", "user_created"])
            #expect(audit?.first?.objectValue?["who"] == .string(ProcessOwner.name))
            #expect(audit?.first?.objectValue?["origin"] == "holder.sock")
            let earlier = try await served.answer("GET", "/v1/audit?before=2").json?["entries"]?.arrayValue
            #expect(earlier?.compactMap { $0.objectValue?["event"] } == ["role_created"])
        }
    }

    @Test(
        "what is wrong is told with its status and place",
        arguments: [
            ("/v1/access/DropTables", "{}", 404, "command"),
            ("/v1/access/CreateUser", "{}", 400, "username"),
            ("/v1/access/CreateUser", #"{"username": "ann", "password": "short"}"#, 400, "password"),
            (
                "/v1/access/CreateUser", #"{"username": "ann", "allow_weak_password": 1}"#, 400,
                "allow_weak_password"
            ),
            ("/v1/access/RemoveUser", #"{"username": "eve"}"#, 404, "username"),
            ("/v1/access/RemoveRole", #"{"name": "admin"}"#, 409, "name"),
            ("/v1/access/CreateUser", "[]", 400, nil),
        ] as [(String, String, Int, String?)])
    func wrong(target: String, body: String, status: Int, path: String?) async throws {
        try await ServedStore.run(isHolderSocket: true) { served in
            let answer = try await served.answer("POST", target, json: body)
            #expect(answer.status == status, "\(answer.text)")
            let error = answer.json?["error"]?.objectValue
            if let path { #expect(error?["path"] == .string(path)) }
            #expect(answer.text.contains("short\"") == false)
        }
    }

    @Test func `a weak password is taken where that is said`() async throws {
        try await ServedStore.run(isHolderSocket: true) { served in
            let body = #"{"username": "ann", "password": "admin", "allow_weak_password": true}"#
            #expect(try await served.answer("POST", "/v1/access/CreateUser", json: body).status == 200)
            let session = try await served.store.accessControl.authenticate(
                username: "ann", password: "admin", from: "127.0.0.1")
            #expect(session.principal.name == "ann")
        }
    }
}
