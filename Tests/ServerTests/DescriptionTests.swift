import Base
import Engine
import NIOCore
import SystemPackage
import Testing

@testable import Server

/// What `/openapi.json` says, held against what the server does.
@Suite(.serialized) struct DescriptionTests {
    /// An operation as the description has it.
    private struct Operation {
        var method: String
        var path: String
        var document: Document
        var id: String { document["operationId"]?.stringValue ?? "?" }
    }

    /// Headers that need no description: HTTP's own, and those of every answer.
    private static let plainHeaders: Set<String> = [
        "content-type", "content-length", "transfer-encoding", "connection", "date", "server",
        "cache-control", "accept-ranges", "content-disposition", "content-security-policy",
        "x-content-type-options", "cross-origin-resource-policy",
    ]

    private func description(_ served: ServedStore) async throws -> (Document, [Operation]) {
        let document = try #require(try await served.answer("GET", "/openapi.json").json)
        var operations: [Operation] = []
        for (path, item) in document["paths"]?.objectValue?.members ?? [] {
            for (method, operation) in item.objectValue?.members ?? [] {
                let operation = try #require(operation.objectValue)
                operations.append(Operation(method: method.uppercased(), path: path, document: operation))
            }
        }
        return (document, operations)
    }

    /// What of `answer` the description does not have.
    private func faults(
        of answer: RawClient.Answer, to operation: Operation, in document: Document, isHead: Bool = false
    ) -> [String] {
        let check = SchemaCheck(document: document)
        guard var response = operation.document["responses"]?.objectValue?[String(answer.status)]?.objectValue
        else { return ["the status \(answer.status): \(answer.text.prefix(200))"] }
        if let reference = response["$ref"]?.stringValue {
            guard let found = check.resolve(reference) else { return ["no response \(reference)"] }
            response = found
        }
        var faults: [String] = []
        let described = Set((response["headers"]?.objectValue?.keys ?? []).map { $0.lowercased() })
        for (name, _) in answer.headers where !Self.plainHeaders.union(described).contains(name) {
            faults.append("the header \(name) of \(answer.status)")
        }
        guard let content = response["content"]?.objectValue else {
            return faults + (answer.body.isEmpty ? [] : ["a body of \(answer.status)"])
        }
        let type = String((answer.header("content-type") ?? "none").prefix { $0 != ";" })
        guard let media = (content[type] ?? content["*/*"])?.objectValue else {
            return faults + ["the type \(type) of \(answer.status)"]
        }
        if isHead { return faults }
        switch type {
        case "application/json":
            // What is no JSON is told as such.
            guard let value = try? JSON.parse(answer.body) else {
                return faults + ["no JSON: \(answer.text.prefix(200))"]
            }
            faults += check.faults(of: value, in: media["schema"]?.objectValue ?? Document())
        case "application/x-ndjson":
            for line in answer.body.split(separator: 0x0A) where (try? JSON.parse(Array(line))) == nil {
                faults.append("a line that is no JSON: \(String(decoding: line, as: UTF8.self))")
            }
        default: break
        }
        return faults
    }

    @Test(
        "each operation gives the statuses, types, headers and JSON that it is described with",
        arguments: [false, true])
    func answers(isHolderSocket: Bool) async throws {
        try await ServedStore.run(isHolderSocket: isHolderSocket) { served in
            let (document, operations) = try await description(served)
            #expect(operations.count == Routes.endpoints(isHolderSocket: isHolderSocket).count)
            for (index, operation) in operations.enumerated() {
                let seed = index * 4
                let deleted = try await served.add(seed: seed)
                #expect(try await served.answer("DELETE", "/v1/entities/Image/\(deleted)").status == 200)
                let id = try await served.add(seed: seed + 1)
                let examples = RequestExamples(
                    id: id, deleted: deleted,
                    backup: served.directory.removingLastComponent().appending("backup"),
                    picture: ServedStore.ppm(width: 8, height: 8, seed: seed + 2),
                    another: ServedStore.ppm(width: 8, height: 8, seed: seed + 3))
                for example in try #require(examples.of(operation.id), "no example of \(operation.id)") {
                    try await answers(served, document, operation, example, id)
                }
            }
        }
    }

    private func answers(
        _ served: ServedStore, _ document: Document, _ operation: Operation, _ example: RequestExample,
        _ id: String
    ) async throws {
        let target = example.target(operation.path, id: id)
        let answer = try await served.answer(
            operation.method, target, headers: example.headers, body: example.body)
        let request = "\(operation.method) \(target) \(example.headers)"
        #expect(answer.status == example.status, "\(request): \(answer.text.prefix(300))")
        #expect(faults(of: answer, to: operation, in: document) == [], "\(request)")
        guard operation.method == "GET" else { return }
        let head = try await served.answer("HEAD", target, headers: example.headers)
        #expect(head.status == answer.status, "HEAD \(target)")
        #expect(faults(of: head, to: operation, in: document, isHead: true) == [], "HEAD \(target)")
    }

    @Test func `other methods get 405, which names those that there are, and OPTIONS names them too`()
        async throws
    {
        try await ServedStore.run { served in
            let (_, operations) = try await description(served)
            for (path, there) in Dictionary(grouping: operations, by: \.path) {
                let methods = Set(there.map(\.method))
                let allowed = methods.union(["OPTIONS"]).union(methods.contains("GET") ? ["HEAD"] : [])
                let target = RequestExample(405).target(path, id: "1.0.1")
                for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
                where method == "OPTIONS" || !allowed.contains(method) {
                    let answer = try await served.answer(method, target)
                    #expect(answer.status == (method == "OPTIONS" ? 204 : 405), "\(method) \(target)")
                    let named = (answer.header("allow") ?? "").split(separator: ",").map {
                        String($0.drop { $0 == " " })
                    }
                    // A literal path may be an instance of a template, which has methods of its own.
                    #expect(Set(named) == allowed, "\(method) \(target)")
                    guard method != "OPTIONS", method != "HEAD" else { continue }
                    #expect(answer.json?["error"]?.objectValue?["code"] == "invalid_request")
                }
            }
        }
    }

    /// What is wrong with a request before anybody asks what it is for.
    private static let rudeness: [(status: Int, head: @Sendable (String, String) -> String)] = [
        (400, { "\($0) \($1) HTTP/1.1\r\n\r\n" }),
        (403, { "\($0) \($1) HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\r\n" }),
        (413, { "\($0) \($1) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000000\r\n\r\n" }),
        (
            414,
            {
                "\($0) \($1)?\(String(repeating: "a", count: 32_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n"
            }
        ),
        (417, { "\($0) \($1) HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\n\r\n" }),
        (421, { "\($0) \($1) HTTP/1.1\r\nHost: evil.example\r\n\r\n" }),
        (
            431,
            {
                "\($0) \($1) HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n"
            }
        ),
        (505, { "\($0) \($1) HTTP/3.0\r\nHost: localhost\r\n\r\n" }),
    ]

    @Test func `what any request may be refused with is described at each operation`() async throws {
        try await ServedStore.run { served in
            let (document, operations) = try await description(served)
            for operation in operations {
                let target = RequestExample(0).target(operation.path, id: "1.0.1")
                for (status, head) in Self.rudeness {
                    let answer = try await served.connect { client in
                        try client.send(head(operation.method, target))
                        return try client.answer()
                    }
                    #expect(answer.status == status, "\(operation.method) \(target)")
                    #expect(faults(of: answer, to: operation, in: document) == [], "\(operation.id)")
                }
            }
        }
    }

    @Test func `what users are refused with is described at each operation`() async throws {
        let authority: @Sendable (Store) -> any SessionAuthority = { _ in MemoryAuthority(mayChange: false) }
        try await ServedStore.run(authority: authority, needsLogin: true) { served in
            let (document, operations) = try await description(served)
            let login = #"[{"Authenticate":{"username":"ada","password":"\#(MemoryAuthority.password)"}}]"#
            _ = try await served.answer("POST", "/api", json: login)
            let endpoints = Routes.endpoints(isHolderSocket: false)
            for operation in operations {
                let access = try #require(endpoints.first { $0.operationID == operation.id }).access
                let target = RequestExample(0).target(operation.path, id: "1.0.1")
                let stranger = try await served.answer(operation.method, target)
                #expect((stranger.status == 401) == (access != .anybody), "\(operation.id)")
                guard access != .anybody else { continue }
                #expect(faults(of: stranger, to: operation, in: document) == [], "\(operation.id)")
                guard access.changesStore else { continue }
                let reader = try await served.answer(
                    operation.method, target, headers: ["Authorization: Bearer adbs_1"])
                #expect(reader.status == 403, "\(operation.id)")
                #expect(faults(of: reader, to: operation, in: document) == [], "\(operation.id)")
            }
        }
    }

    @Test func `a body that does not come is described at each operation`() async throws {
        var limits = WireLimits()
        limits.body = .milliseconds(100)
        try await ServedStore.run(limits: limits) { served in
            let (document, operations) = try await description(served)
            for operation in operations {
                let target = RequestExample(0).target(operation.path, id: "1.0.1")
                let answer = try await served.connect { client in
                    try client.send(operation.method, target, headers: ["Content-Length: 10"])
                    return try client.answer()
                }
                #expect(answer.status == 408, "\(operation.id)")
                #expect(faults(of: answer, to: operation, in: document) == [], "\(operation.id)")
            }
        }
    }

    @Test func `a schema check sees what is wrong`() {
        let check = SchemaCheck(document: ["components": ["schemas": ["A": ["type": "integer"]]]])
        let schema: Document = [
            "type": "object", "required": ["a"],
            "properties": [
                "a": ["$ref": "#/components/schemas/A"],
                "b": ["type": "array", "items": ["enum": ["x", "y"]]],
                "c": ["type": "string", "pattern": "^[0-9]+$"],
            ],
        ]
        #expect(check.faults(of: ["a": 1, "b": ["x", "y"], "c": "12", "d": .null], in: schema) == [])
        let wrong: [Value] = [
            [:], [], ["a": "1"], ["a": 1.5], ["a": 1, "b": ["z"]], ["a": 1, "b": "x"], ["a": 1, "c": "1x"],
            ["a": 1, "c": 5],
        ]
        for value in wrong { #expect(check.faults(of: value, in: schema) != [], "\(value.json)") }
        #expect(check.faults(of: 1, in: ["multipleOf": 2]) != [])
    }
}
