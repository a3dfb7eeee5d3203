import Base
import Query
import Testing

@testable import Engine

/// Queries that must be refused to who may not read a class; `nil` is one that names no class.
private let refusals: [(query: String, denied: String, named: String?)] = [
    (#"[{"FindEntity": {"with_class": "P", "results": {"list": ["name"]}}}]"#, "P", "P"),
    // Without rows a table still has the columns of the class.
    (
        #"[{"FindEntity": {"with_class": "P", "constraints": {"age": [">", 9]}, "results": {"list": ["name"]}}}]"#,
        "P", "P"
    ),
    (#"[{"FindEntity": {"results": {"list": ["name"]}}}]"#, "P", nil),
    (#"[{"FindConnection": {"results": {"list": ["w"]}}}]"#, "hidden", nil),
    (#"[{"FindConnection": {"with_class": "hidden", "results": {"list": ["w"]}}}]"#, "hidden", "hidden"),
    (
        """
        [{"FindEntity": {"with_class": "Q", "_ref": 1}},
         {"FindEntity": {"with_class": "P", "is_connected_to": {"ref": 1, "connection_class": "hidden"},
           "results": {"list": ["name"]}}}]
        """, "hidden", "hidden"
    ),
    (#"[{"FindDescriptor": {"set": "d", "results": {"list": ["a"]}}}]"#, "_Descriptor", "_Descriptor"),
    (
        #"[{"FindDescriptorSet": {"with_name": "d", "results": {"list": ["_count"]}}}]"#, "_Descriptor",
        "_Descriptor"
    ),
    (#"[{"FindBoundingBox": {"results": {"list": ["_area"]}}}]"#, "_BoundingBox", "_BoundingBox"),
]

/// The same for answers of other forms: tables, explanations, overlaps, groups, and what expires.
@Suite struct ClassAnswerPermissionTests {
    private let tests = ClassPermissionTests()

    /// The bytes of a table as text, a character each.
    private func table(
        _ client: CommandClient, _ query: String, as principal: Principal
    ) async throws -> String {
        let answer = try await client.temporary.store.answerTable(
            CommandMessage(json: Array(query.utf8)), dialect: .aperture, principal: principal)
        return String(String.UnicodeScalarView(answer.pieces.joined().map { Unicode.Scalar($0) }))
    }

    private func explained(
        _ client: CommandClient, _ query: String, _ blobs: [[UInt8]] = [], as principal: Principal
    ) async throws -> Document {
        try await client.temporary.store.explain(
            CommandMessage(json: Array(query.utf8), blobs: blobs), dialect: .aperture, principal: principal)
    }

    @Test("a table of what may not be read is refused, its columns too", arguments: refusals.indices)
    func refusedTables(index: Int) async throws {
        let (query, denied, named) = refusals[index]
        let client = try await tests.filled()
        let error = await #expect(throws: EngineError.self) {
            try await table(client, query, as: try tests.reader(without: denied))
        }
        #expect(error?.code == .forbidden, "\(query)")
        let names = error?.message.contains("'\(denied)'") ?? false
        #expect(names == (named != nil), "\(error?.message ?? "")")
        _ = try await table(client, query, as: .owner)
    }

    @Test func `a table lists what is reached by connections that may be read`() async throws {
        let client = try await tests.filled()
        let query = """
            [{"FindEntity": {"with_class": "Q", "_ref": 1}},
             {"FindEntity": {"with_class": "P", "is_connected_to": {"ref": 1}, "results": {"list": ["name"]}}}]
            """
        #expect(try await table(client, query, as: try tests.reader(without: "hidden")).contains("secret"))
        let none = try await table(client, query, as: try tests.reader(without: "hidden", "knows"))
        #expect(!none.contains("secret"))
    }

    @Test(
        "what may not be read is not explained either",
        arguments: refusals.indices.filter { !refusals[$0].query.contains("_count") })
    func refusedExplanations(index: Int) async throws {
        let (query, denied, named) = refusals[index]
        let client = try await tests.filled()
        let error = await #expect(throws: EngineError.self) {
            try await explained(client, query, as: try tests.reader(without: denied))
        }
        #expect(error?.code == .forbidden, "\(query)")
        let names = error?.message.contains("'\(denied)'") ?? false
        #expect(names == (named != nil), "\(error?.message ?? "")")
    }

    @Test(
        "to explain a change or a search tells as little as to do it",
        arguments: [
            (#"[{"UpdateEntity": {"with_class": "P", "properties": {"age": 4}}}]"#, "P"),
            (#"[{"DeleteEntity": {"with_class": "P"}}]"#, "P"),
            (#"[{"DeleteConnection": {"with_class": "hidden"}}]"#, "hidden"),
            (#"[{"FindDescriptor": {"set": "d", "k_neighbors": 1}}]"#, "_Descriptor"),
        ])
    func explainedChanges(query: String, denied: String) async throws {
        let client = try await tests.filled()
        let blobs: [[UInt8]] = query.contains("k_neighbors") ? [[0, 0, 0, 0]] : []
        let error = await #expect(throws: EngineError.self) {
            try await explained(client, query, blobs, as: try tests.reader(without: denied))
        }
        #expect(error?.code == .forbidden && error?.message.contains("'\(denied)'") == true, "\(query)")
        _ = try await explained(client, query, blobs, as: .owner)
    }

    @Test func `an explanation counts what connections that may be read lead to`() async throws {
        let client = try await tests.filled()
        let query = """
            [{"FindEntity": {"with_class": "Q", "_ref": 1}},
             {"FindEntity": {"with_class": "P", "is_connected_to": {"ref": 1}}}]
            """
        func told(_ principal: Principal) async throws -> Document? {
            try await explained(client, query, as: principal)["commands"]?.arrayValue?.last?.objectValue
        }
        #expect(try await told(try tests.reader(without: "hidden"))?["count"] == 1)
        let none = try await told(try tests.reader(without: "hidden", "knows"))
        #expect(none?["count"] == 0)
        let step = none?["steps"]?.arrayValue?.last?.objectValue
        #expect(step?["step"] == "connected to 1" && step?["estimated"] == 0 && step?["ids"] == 0)
    }

    @Test func `overlaps are told of regions that may be read and reached`() async throws {
        let client = try await tests.filled()
        _ = try await client.ask(
            """
            [{"FindImage": {"_ref": 1, "blobs": false}},
             {"AddPolygon": {"image_ref": 1, "polygons": [[[0, 0], [2, 0], [2, 1], [0, 1]]]}}]
            """)
        let query = """
            [{"FindImage": {"_ref": 1, "blobs": false}},
             {"FindBoundingBox": {"_ref": 2, "image_ref": 1}}, {"FindPolygon": {"_ref": 3, "image_ref": 1}},
             {"RegionIoU": {"roi_1": 2, "roi_2": 3}}]
            """
        func overlaps(_ principal: Principal) async throws -> Value? {
            try await tests.ask(client, query, as: principal).reply.arrayValue?.last?
                .objectValue?["RegionIoU"]?.objectValue?["IoU"]
        }
        // A box of 2 × 2, and a polygon that is its upper half.
        #expect(try await overlaps(try tests.reader(without: "P")) == [[0.5]])
        for denied in ["_BoundingBox", "_Polygon", "_Image"] {
            try await tests.expectRefused(query, for: denied, client, as: try tests.reader(without: denied))
        }
        #expect(try await overlaps(try tests.reader(without: "_ImageToBoundingBox")) == [])
        #expect(try await overlaps(try tests.reader(without: "_ImageToPolygon")) == [[]])
    }

    @Test func `groups have sources and members that may be read, along connections that may be`()
        async throws
    {
        let client = try await tests.filled()
        func query(_ first: String, _ second: String, _ link: String = "") -> String {
            """
            [{"FindEntity": {"with_class": "\(first)", "_ref": 1}},
             {"FindEntity": {"with_class": "\(second)", "is_connected_to": {"ref": 1\(link)},
               "group_by_source": true, "results": {"list": ["name"]}}}]
            """
        }
        for (first, second) in [("P", "Q"), ("Q", "P")] {
            try await tests.expectRefused(
                query(first, second), for: "P", client, as: try tests.reader(without: "P"))
        }
        try await tests.expectRefused(
            query("Q", "P", #", "connection_class": "hidden""#), for: "hidden", client,
            as: try tests.reader(without: "hidden"))
        func groups(_ principal: Principal) async throws -> Document? {
            try await tests.ask(client, query("Q", "P"), as: principal).reply.arrayValue?.last?
                .objectValue?["FindEntity"]?.objectValue?["entities"]?.objectValue
        }
        let some = try await groups(try tests.reader(without: "hidden"))
        #expect(some?.members.map(\.value) == [[["name": "secret"]]])
        #expect(try await groups(try tests.reader(without: "hidden", "knows")) == [:])
        // The members may each be connected with sources that are not of the earlier result.
        #expect(try await groups(.owner) == some)
    }

    @Test func `who names no class is not told the names of those that may not be read`() async throws {
        let client = try await tests.filled()
        let onlyQ = try tests.principal(["classes": ["Q": ["read": true], "knows": ["read": true]]])
        let all = #"{"constraints": {"_uniqueid": ["!=", "0.0.0"]}}"#
        for command in ["FindEntity", "FindConnection", "DeleteEntity", "DeleteConnection"] {
            let reply = try await tests.ask(client, #"[{"\#(command)": \#(all)}]"#, as: onlyQ).reply.json
            #expect(reply.contains("name a class"), "\(command): \(reply)")
            for name in ["P", "hidden", "has", "_Image", "_BoundingBox", "_Descriptor"] {
                #expect(!reply.contains("'\(name)'"), "\(command): \(reply)")
            }
        }
    }
}

/// What `DeleteExpired` tells of classes that may not be read, or not be deleted from.
@Suite struct ExpiryPermissionTests {
    private let tests = ClassPermissionTests()

    /// `P`, of which one has expired or will in an hour, and `Q`, which cannot expire.
    private func filled(expired: Bool) async throws -> CommandClient {
        let client = try await CommandClient(.vdms)
        let reply = try await client.ask(
            """
            [{"AddEntity": {"class": "P", "properties": {"n": 1, "_expiration": \(expired ? 0 : 3_600)}}},
             {"AddEntity": {"class": "Q", "properties": {"n": 1}}}]
            """
        ).reply
        #expect(reply == [["AddEntity": ["status": 0]], ["AddEntity": ["status": 0]]])
        return client
    }

    private func count(_ client: CommandClient) async throws -> Value? {
        try await client.first(#"[{"FindEntity": {"class": "P", "results": {"count": ""}}}]"#)["count"]
    }

    @Test(
        "who may not read a class is told the same whether or not anything of it has expired",
        arguments: [
            #"[{"DeleteExpired": {}}]"#, #"[{"DeleteExpired": {"results": {"count": ""}}}]"#,
            #"[{"DeleteExpired": {"results": {"list": ["n"]}}}]"#,
            #"[{"DeleteExpired": {"results": {"sum": "n"}}}]"#,
        ])
    func reading(query: String) async throws {
        let blind = try tests.principal(["read": true, "delete": true, "P": ["read": false]])
        var replies: [Value] = []
        for expired in [true, false] {
            let client = try await filled(expired: expired)
            replies.append(try await tests.ask(client, query, as: blind, .vdms).reply)
            let isRefused = replies.last?.json.contains("FailedCommand") ?? true
            #expect(isRefused == query.contains("results"))
            #expect(try await count(client) == (expired && !isRefused ? 0 : 1))
        }
        #expect(replies[0] == replies[1])
        let sighted = try tests.principal(["read": true, "delete": true])
        let reply = try await tests.ask(try await filled(expired: false), query, as: sighted, .vdms).reply
        #expect(reply.json.contains("No entities found"), "\(reply.json)")
    }

    @Test func `who may not delete of a class is refused whether or not anything of it has expired`()
        async throws
    {
        let query = #"[{"DeleteExpired": {}}]"#
        for objects in [["delete": true, "P": ["delete": false]], ["Q": ["delete": true]]] as [Document] {
            var replies: [String] = []
            for expired in [true, false] {
                let client = try await filled(expired: expired)
                let reply = try await tests.ask(client, query, as: try tests.principal(objects), .vdms).reply
                replies.append(reply.json)
                #expect(try await count(client) == 1)
            }
            #expect(replies[0] == replies[1] && !replies[0].contains("'P'"))
            #expect(replies[0].contains("name a class"), "\(replies[0])")
        }
    }

    @Test func `a class that nothing of can expire needs no permission`() async throws {
        let client = try await filled(expired: true)
        let onlyP = try tests.principal(["P": ["read": true, "delete": true]])
        let reply = try await tests.ask(
            client, #"[{"DeleteExpired": {"results": {"count": ""}}}]"#, as: onlyP, .vdms
        ).reply
        #expect(
            reply.arrayValue?.first?.objectValue?["DeleteExpired"]?.objectValue?["count"] == 1,
            "\(reply.json)")
        #expect(try await count(client) == 0)
    }
}
