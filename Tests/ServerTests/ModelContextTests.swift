import Base
import Catalog
import Testing

@testable import Engine
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
            let reading = ["schema", "query", "search", "similar", "statistics", "show", "jobs"]
            #expect(try await names("/mcp") == reading)
            let writing = [
                "declare_classes", "add_labels", "review_labels", "remove_labels", "label_images",
                "run_rules",
            ]
            #expect(try await names("/mcp/writing") == reading + writing)
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

    @Test func `labels are given, reviewed and taken back, and a job is added`() async throws {
        try await ServedStore.run { served in
            let id = try await served.add()
            func write(_ name: String, _ arguments: String) async throws -> Document {
                let done = try await tool(served, name, arguments, path: "/mcp/writing")
                #expect(done["isError"] == nil, "\(done.json)")
                return done["structuredContent"]?.objectValue ?? [:]
            }
            let added = try await write(
                "add_labels",
                #"{"id":"\#(id)","labels":[{"class":"cat"},{"class":"dog","x":1,"y":1,"width":3,"height":2,"confidence":0.5},{"kind":"caption","geometry":"a cat"}]}"#
            )
            let numbers = (added["labels"]?.arrayValue ?? []).compactMap(\.integerValue)
            #expect(numbers.count == 3)
            let labels = try await served.answer("GET", "/v1/entities/Image/\(id)").json?["labels"]?
                .arrayValue
            #expect(labels?.map { $0.objectValue?["kind"] } == ["class", "box", "caption"])
            #expect(labels?.allSatisfy { $0.objectValue?["source"] == "human:http" } == true)
            // Nobody reviews their own.
            let own = try await write(
                "review_labels",
                #"{"reviews":[{"label":\#(numbers[0]),"answer":"accept"},{"label":999,"answer":"reject"}]}"#)
            let errors = own["reviews"]?.arrayValue?.compactMap { $0.objectValue?["error"]?.stringValue }
            #expect(errors?.count == 2 && errors?[0].contains("their own") == true)
            let model = try await served.store.change { transaction in
                try transaction.addLabel(
                    NewLabel(.class, "cow", source: "model:m@1"), to: try #require(EntityID(id)))
            }
            let reviewed = try await write(
                "review_labels",
                #"{"reviews":[{"label":\#(model),"answer":"correct","class":"ox"}]}"#)
            let outcome = reviewed["reviews"]?.arrayValue?.first?.objectValue
            #expect(outcome?["state"] == "corrected" && outcome?["successor"] != nil)
            #expect(try await write("remove_labels", #"{"labels":[\#(numbers[1])]}"#)["removed"] == 1)
            let again = try await tool(
                served, "remove_labels", #"{"labels":[\#(numbers[2]),\#(numbers[1])]}"#, path: "/mcp/writing")
            #expect(again["isError"] == true)
            let left = try await served.answer("GET", "/v1/entities/Image/\(id)").json?["labels"]?.arrayValue
            #expect(left?.compactMap { $0.objectValue?["kind"] } == ["class", "caption", "class"])
            let job = try await write("label_images", #"{"taggers":["resolution"]}"#)["job"]?.objectValue
            let number = try #require(job?["job"]?.integerValue)
            let told = try await tool(served, "jobs", #"{"job":\#(number)}"#)
            let jobs = told["structuredContent"]?.objectValue?["jobs"]?.arrayValue
            #expect(jobs?.count == 1 && jobs?[0].objectValue?["kind"] == "label")
            #expect(try await write("run_rules", "{}")["rules"] == [])
        }
    }

    @Test(
        "what a writing tool cannot do is told, and nothing of it is done",
        arguments: [
            ("add_labels", #"{"id":"1.0.0","labels":[]}"#), ("add_labels", #"{"id":"1.0.0"}"#),
            ("add_labels", #"{"id":"9.0.0","labels":[{"class":"cat"}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"cat"},{"class":""}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"cat"},{"kind":"nose","class":"a"}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"cat"},{"class":"a","x":1}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"a","x":1,"y":1,"width":0,"height":2}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"a","confidence":2}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"kind":"mask","class":"a","geometry":[1]}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"kind":"caption","geometry":""}]}"#),
            ("add_labels", #"{"id":"1.0.0","labels":[{"class":"a","source":"human:eve"}]}"#),
            ("remove_labels", #"{"labels":["1"]}"#), ("remove_labels", #"{"labels":[77]}"#),
            ("review_labels", #"{"reviews":[{"label":1,"answer":"perhaps"}]}"#),
            ("review_labels", #"{"reviews":[{"label":"1","answer":"accept"}]}"#),
            ("label_images", "{}"), ("label_images", #"{"taggers":["smell"]}"#),
            ("run_rules", #"{"rules":["nothing"]}"#),
        ])
    func refused(name: String, arguments: String) async throws {
        try await ServedStore.run { served in
            _ = try await served.add()
            let before = served.store.catalog.newestCommit
            let answer = try await tool(served, name, arguments, path: "/mcp/writing")
            #expect(answer["isError"] == true, "\(answer.json)")
            #expect(served.store.catalog.newestCommit == before)
        }
    }

    @Test func `messages of a list are answered by a list, but for those that want no answer`() async throws {
        try await ServedStore.run { served in
            func answers(_ messages: String) async throws -> (status: Int, list: [Value]?) {
                let answer = try await served.answer("POST", "/mcp", body: Array(messages.utf8))
                let list = answer.body.isEmpty ? nil : try JSON.parse(answer.body).arrayValue
                return (answer.status, list)
            }
            let (status, list) = try await answers(
                #"[{"jsonrpc":"2.0","id":4,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},7,{"jsonrpc":"2.0","id":"b","method":"tools/list"}]"#
            )
            let told = (list ?? []).map { $0.objectValue ?? [:] }
            #expect(status == 200 && told.compactMap { $0["id"] } == [4, .null, "b"])
            #expect(told[1]["error"]?.objectValue?["code"] == -32600)
            #expect(told[2]["result"]?.objectValue?["tools"] != nil)
            let silent = try await answers(#"[{"jsonrpc":"2.0","method":"notifications/initialized"}]"#)
            #expect(silent.status == 202 && silent.list == nil)
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
                (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32602),
                (
                    #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"schema","arguments":"x"}}"#,
                    -32602
                ),
                (
                    #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"jobs","arguments":["a"]}}"#,
                    -32602
                ),
            ] as [(String, Int64)] {
                let answer = try await call(served, message)
                #expect(answer["error"]?.objectValue?["code"] == .integer(code), "\(message)")
            }
        }
    }
}
