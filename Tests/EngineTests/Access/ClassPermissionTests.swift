import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// What somebody learns of classes that their role keeps from them, by commands about others.
@Suite struct ClassPermissionTests {
    /// `Q` —knows, hidden→ `P` with a name; an image with a region; a descriptor that `Q` is connected with.
    func filled() async throws -> CommandClient {
        let client = try await CommandClient()
        let added = try await client.ask(
            """
            [{"AddEntity": {"class": "P", "_ref": 1, "properties": {"name": "secret", "age": 3}}},
             {"AddEntity": {"class": "Q", "_ref": 2}},
             {"AddConnection": {"class": "knows", "src": 2, "dst": 1}},
             {"AddConnection": {"class": "hidden", "src": 2, "dst": 1, "properties": {"w": 5}}},
             {"AddImage": {"_ref": 3}},
             {"AddBoundingBox": {"image_ref": 3, "rectangle": {"x": 0, "y": 0, "width": 2, "height": 2}}},
             {"AddDescriptorSet": {"name": "d", "dimensions": 1}},
             {"AddDescriptor": {"set": "d", "connect": {"ref": 2, "class": "has"}}}]
            """, [Picture.ppm(width: 4, height: 4), [0, 0, 0, 0]])
        #expect(added.reply.arrayValue?.count == 8, "\(added.reply.json)")
        return client
    }

    /// Who may read everything but some classes.
    func reader(without denied: String...) throws -> Principal {
        try principal(["read": true, "classes": .object(Document(denied.map { ($0, ["read": false]) }))])
    }

    func principal(_ objects: Document) throws -> Principal {
        var permissions = Permissions.none
        try permissions.apply(["objects": .object(objects)])
        return Principal(kind: .user, name: "ann", permissions: permissions, origin: "192.0.2.1")
    }

    func ask(
        _ client: CommandClient, _ query: String, as principal: Principal,
        _ dialect: CommandDialect = .aperture
    ) async throws -> (reply: Value, blobs: Int) {
        let answer = await client.temporary.store.answer(
            CommandMessage(json: Array(query.utf8)), dialect: dialect, principal: principal)
        return (try JSON.parse(answer.json), answer.blobs.count)
    }

    /// Expects that a query is refused for want of a permission for a class, and hands nothing out.
    func expectRefused(
        _ query: String, for name: String, _ client: CommandClient, as principal: Principal,
        _ dialect: CommandDialect = .aperture
    ) async throws {
        let (reply, blobs) = try await ask(client, query, as: principal, dialect)
        #expect(
            reply.json.contains("objects of the class '\(name)'") && blobs == 0, "\(query): \(reply.json)")
        #expect(!reply.json.contains("secret"))
    }

    @Test(
        "the ends of connections tell their properties only to who may read them",
        arguments: [
            #"[{"FindConnection": {"with_class": "knows", "results": {"group": ["_dst.name"], "count": true}}}]"#,
            #"""
            [{"FindConnection": {"with_class": "knows",
              "results": {"group": ["_dst.name", "_dst.age"], "count": true}}}]
            """#,
        ])
    func ends(query: String) async throws {
        let client = try await filled()
        try await expectRefused(query, for: "P", client, as: try reader(without: "P"))
        #expect(try await ask(client, query, as: try reader(without: "Q")).reply.json.contains("secret"))
    }

    @Test func `a region hands out its pixels only to who may read the image`() async throws {
        let client = try await filled()
        for query in [
            #"[{"FindBoundingBox": {"blobs": true}}]"#,
            #"[{"FindEntity": {"with_class": "_BoundingBox", "blobs": true}}]"#,
        ] {
            try await expectRefused(query, for: "_Image", client, as: try reader(without: "_Image"))
            #expect(try await ask(client, query, as: try reader(without: "P")).blobs == 1)
        }
    }

    @Test func `classes have the same permissions in both dialects`() async throws {
        let client = try await filled()
        let query = #"[{"FindImage": {"results": {"blob": true}}}]"#
        try await expectRefused(query, for: "VD:IMG", client, as: try reader(without: "_Image"), .vdms)
        #expect(try await ask(client, query, as: try reader(without: "P"), .vdms).blobs == 1)
    }

    @Test func `connections that may not be read lead nowhere`() async throws {
        let client = try await filled()
        func query(_ link: String) -> String {
            """
            [{"FindEntity": {"with_class": "Q", "_ref": 1}},
             {"FindEntity": {"with_class": "P", "is_connected_to": {"ref": 1\(link)}, "results": {"count": true}}}]
            """
        }
        let count = { (reply: Value) in
            reply.arrayValue?.last?.objectValue?["FindEntity"]?.objectValue?["count"]
        }
        let some = try reader(without: "hidden")
        try await expectRefused(
            query(#", "connection_class": "hidden", "constraints": {"w": ["==", 5]}"#), for: "hidden", client,
            as: some)
        #expect(count(try await ask(client, query(""), as: some).reply) == 1, "by the one that may be read")
        let none = try reader(without: "hidden", "knows")
        #expect(count(try await ask(client, query(""), as: none).reply) == 0)
        try await expectRefused(
            query(#", "connection_class": "neverUsed""#), for: "neverUsed", client,
            as: try reader(without: "neverUsed"))
    }

    @Test func `who may read images and regions finds the one by the other, unless a role says otherwise`()
        async throws
    {
        let client = try await filled()
        let query = """
            [{"FindImage": {"_ref": 1, "blobs": false}},
             {"FindBoundingBox": {"image_ref": 1, "results": {"count": true}}}]
            """
        let count = { (reply: Value) in
            reply.arrayValue?.last?.objectValue?["FindBoundingBox"]?.objectValue?["count"]
        }
        let both: Document = ["classes": ["_Image": ["read": true], "_BoundingBox": ["read": true]]]
        #expect(count(try await ask(client, query, as: try principal(both)).reply) == 1)
        let denied = try reader(without: "_ImageToBoundingBox")
        #expect(count(try await ask(client, query, as: denied).reply) == 0)
    }

    @Test func `the schema has the classes that may be read`() async throws {
        let client = try await filled()
        let reply = try await ask(
            client, #"[{"GetSchema": {}}]"#, as: try reader(without: "P", "hidden", "_Descriptor")
        ).reply
        let schema = try #require(reply.arrayValue?.first?.objectValue?["GetSchema"]?.objectValue)
        func classes(_ part: String) -> [String]? {
            schema[part]?.objectValue?["classes"]?.objectValue?.keys
        }
        #expect(classes("entities") == ["Q", "_BoundingBox", "_DescriptorSet", "_Image"])
        #expect(classes("connections") == ["_ImageToBoundingBox", "has", "knows"])
    }

    @Test func `whether there is something already is told to who may read it`() async throws {
        let client = try await filled()
        var objects: Document = ["create": true]
        let add = #"""
            [{"AddEntity": {"class": "P", "if_not_found": {"name": ["==", "secret"]}}}]
            """#
        try await expectRefused(add, for: "P", client, as: try principal(objects))
        objects["read"] = true
        let reply = try await ask(client, add, as: try principal(objects)).reply
        #expect(reply == [["AddEntity": ["status": 2, "info": "Object Exists!"]]])
    }

    @Test func `whether a set of descriptors is there is told to who may read sets`() async throws {
        let client = try await filled()
        for name in ["d", "other"] {
            for dialect in [CommandDialect.aperture, .vdms] {
                let add = #"[{"AddDescriptorSet": {"name": "\#(name)", "dimensions": 1}}]"#
                let (reply, _) = try await ask(
                    client, add, as: try principal(["create": true]), dialect)
                #expect(
                    reply.json.contains("may not read objects of the class '_DescriptorSet'"), "\(reply.json)"
                )
            }
        }
        let both = try principal(["create": true, "_DescriptorSet": ["read": true]])
        let reply = try await ask(
            client, #"[{"AddDescriptorSet": {"name": "d", "dimensions": 1}}]"#, as: both)
        #expect(reply.reply == [["AddDescriptorSet": ["status": 2, "info": "Object Exists!"]]])
    }

    @Test func `a set is deleted by who may delete its descriptors, too`() async throws {
        let client = try await filled()
        let delete = #"[{"DeleteDescriptorSet": {"with_name": "d"}}]"#
        var objects: Document = ["read": true, "_DescriptorSet": ["delete": true]]
        let half = try await ask(client, delete, as: try principal(objects))
        #expect(
            half.reply.json.contains("may not delete objects of the class '_Descriptor'"),
            "\(half.reply.json)")
        objects["_Descriptor"] = ["delete": true]
        let whole = try await ask(client, delete, as: try principal(objects))
        #expect(
            whole.reply.arrayValue?.first?.objectValue?["DeleteDescriptorSet"]?.objectValue?["count"] == 1)
    }

    @Test func `what may not be explained is noted as what may not be done`() async throws {
        let client = try await filled()
        let store = client.temporary.store
        let error = await #expect(throws: EngineError.self) {
            try await store.explain(
                CommandMessage(json: Array(#"[{"FindEntity": {"with_class": "P"}}]"#.utf8)),
                dialect: .aperture, principal: try principal(["Q": ["read": true]]))
        }
        #expect(error?.code == .forbidden)
        try store.catalog.write { _ in }
        let log = try await store.auditEntries(limit: 10).filter { $0["event"] == "denied" }
        #expect(log.map { $0["who"] } == ["ann"] && log.map { $0["subject"] } == ["FindEntity"])
    }

    @Test func `indexes are told to who may read indexes`() async throws {
        let client = try await filled()
        let reply = try await ask(client, #"[{"GetIndexes": {}}]"#, as: try reader()).reply
        #expect(reply.json.contains("may not read indexes"), "\(reply.json)")
    }
}
