import Base
import Engine
import Testing

@testable import Server

/// The Model Context Protocol, message by message.
@Suite struct ModelContextTests {
    private func call(
        _ served: ServedStore, _ message: String, path: String = "/mcp"
    ) async throws -> Document {
        let answer = try await served.answer("POST", path, body: Array(message.utf8))
        #expect(answer.status == 200)
        return try #require(answer.json)
    }

    private func tool(
        _ served: ServedStore, _ name: String, _ arguments: String = "{}", path: String = "/mcp"
    ) async throws -> Document {
        let answer = try await call(
            served,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(name)","arguments":\#(arguments)}}"#,
            path: path)
        return try #require(answer["result"]?.objectValue)
    }

    @Test(
        "a revision that is known is agreed to, another answered with the newest",
        arguments: [
            ("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
            ("2026-07-28", "2025-11-25"), ("nonsense", "2025-11-25"),
        ])
    func initialize(asked: String, agreed: String) async throws {
        try await ServedStore.run { served in
            let answer = try await call(
                served,
                #"{"jsonrpc":"2.0","id":"x","method":"initialize","params":{"protocolVersion":"\#(asked)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
            )
            #expect(answer["id"] == "x")
            let result = answer["result"]?.objectValue
            #expect(result?["protocolVersion"]?.stringValue == agreed)
            #expect(result?["capabilities"]?.objectValue?["tools"] != nil)
            #expect(result?["serverInfo"]?.objectValue?["name"] == "fovea")
        }
    }

    @Test func `tools that change the store are offered and called only where that was allowed`() async throws
    {
        try await ServedStore.run { served in
            func names(_ path: String) async throws -> [String] {
                let answer = try await call(
                    served, #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, path: path)
                let tools = answer["result"]?.objectValue?["tools"]?.arrayValue ?? []
                return tools.compactMap { $0.objectValue?["name"]?.stringValue }
            }
            let reading = ["schema", "query", "search", "similar", "statistics", "show"]
            #expect(try await names("/mcp") == reading)
            #expect(try await names("/mcp/writing") == reading + ["declare_classes"])
            let refused = try await call(
                served,
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"declare_classes","arguments":{"classes":[{"class":"cat"}]}}}"#
            )
            #expect(refused["error"]?.objectValue?["code"] == -32602)
            let done = try await tool(
                served, "declare_classes", #"{"classes":[{"class":"cat"}]}"#, path: "/mcp/writing")
            #expect(done["structuredContent"]?.objectValue?["added"] == 1)
        }
    }

    @Test func `tools answer with what the store says`() async throws {
        try await ServedStore.run { served in
            let id = try await served.add()
            let query = try await tool(served, "query", #"{"question":"images wider than 0","limit":5}"#)
            let found = query["structuredContent"]?.objectValue
            #expect(found?["count"] == 1 && found?["filter"] == ["width": ["$gt": 0]])
            let text = query["content"]?.arrayValue?.first?.objectValue?["text"]?.stringValue
            #expect(text == found?.json)
            let shown = try await tool(served, "show", #"{"id":"\#(id)","size":16}"#)
            let image = shown["content"]?.arrayValue?.first?.objectValue
            #expect(image?["type"] == "image" && image?["mimeType"] == "image/jpeg")
            let bytes = image?["data"]?.stringValue.flatMap { Base64.decode(Array($0.utf8)) }
            #expect(bytes?.starts(with: [0xFF, 0xD8, 0xFF]) == true)
            let alike = try await tool(served, "similar", #"{"id":"\#(id)"}"#)
            #expect(alike["structuredContent"]?.objectValue?["entities"]?.arrayValue?.count == 1)
            let schema = try await tool(served, "schema")
            #expect(schema["structuredContent"]?.objectValue?["classes"]?.arrayValue?.isEmpty == false)
            let statistics = try await tool(served, "statistics")
            #expect(statistics["structuredContent"]?.objectValue?["store"] == nil)
            let facets = try await tool(served, "statistics", #"{"properties":["format"]}"#)
            #expect(facets["structuredContent"]?.objectValue?["count"] == 1)
        }
    }

    @Test func `what is wrong with a call is told to the model, with the protocol's other errors apart`()
        async throws
    {
        try await ServedStore.run { served in
            let wrong = try await tool(served, "query", #"{"filter":{"width":{"$gtt":1}}}"#)
            #expect(wrong["isError"] == true)
            let text = wrong["content"]?.arrayValue?.first?.objectValue?["text"]?.stringValue
            #expect(text?.contains("did you mean $gt") == true)
            #expect(try await tool(served, "show", #"{"id":"1.0.99"}"#)["isError"] == true)
            #expect(try await tool(served, "schema", #"{"surplus":1}"#)["isError"] == true)
            for (message, code) in [
                (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, -32601),
                (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drop"}}"#, -32602),
                (#"{"id":1,"method":"ping"}"#, -32600),
            ] as [(String, Int64)] {
                let answer = try await call(served, message)
                #expect(answer["error"]?.objectValue?["code"] == .integer(code), "\(message)")
            }
        }
    }
}
