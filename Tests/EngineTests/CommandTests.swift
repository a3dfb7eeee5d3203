import Base
import Engine
import Query
import TestSupport
import Testing

/// Queries of the command language, asked of a store as clients ask them.
struct CommandClient {
    let temporary: TemporaryStore
    var dialect = CommandDialect.aperture

    init(_ dialect: CommandDialect = .aperture) async throws {
        temporary = try await TemporaryStore()
        self.dialect = dialect
    }

    /// Asks a store that is there already.
    init(on temporary: TemporaryStore, _ dialect: CommandDialect = .aperture) {
        self.temporary = temporary
        self.dialect = dialect
    }

    /// The reply, and the blobs with it.
    func ask(_ query: String, _ blobs: [[UInt8]] = []) async throws -> (reply: Value, blobs: [[UInt8]]) {
        let answer = await temporary.store.answer(
            CommandMessage(json: Array(query.utf8), blobs: blobs), dialect: dialect, principal: .owner)
        return (try JSON.parse(answer.json), answer.blobs)
    }

    /// What the `index`th command of a query is answered.
    func first(_ query: String, _ blobs: [[UInt8]] = [], at index: Int = 0) async throws -> Document {
        let reply = try await ask(query, blobs).reply
        let commands = try #require(reply.arrayValue, "\(reply.json)")
        return try #require(commands[index].objectValue?.members.first?.value.objectValue)
    }

    /// What a query that must fail is answered.
    func failure(_ query: String, _ blobs: [[UInt8]] = []) async throws -> Document {
        let reply = try await ask(query, blobs).reply
        return try #require(
            dialect == .aperture ? reply.objectValue : reply.arrayValue?.first?.objectValue, "\(reply.json)")
    }
}

@Suite struct ApertureCommandTests {
    @Test func `entities are added, found, counted, changed and removed`() async throws {
        let client = try await CommandClient()
        let added = try await client.ask(
            """
            [{"AddEntity": {"class": "Person", "properties": {"name": "Ann", "age": 41}}},
             {"AddEntity": {"class": "Person", "properties": {"name": "Bob", "age": 27}}}]
            """)
        #expect(added.reply == [["AddEntity": ["status": 0]], ["AddEntity": ["status": 0]]])
        let found = try await client.first(
            """
            [{"FindEntity": {"with_class": "Person", "constraints": {"age": [">", 30]},
              "results": {"list": ["name", "town"], "count": true}}}]
            """)
        #expect(found["returned"] == 1 && found["count"] == 1 && found["status"] == 0)
        #expect(found["entities"] == [["name": "Ann", "town": .null]])
        let changed = try await client.first(
            """
            [{"UpdateEntity": {"with_class": "Person", "constraints": {"name": ["==", "Bob"]},
              "properties": {"age": 28}}}]
            """)
        #expect(changed["count"] == 1 && changed["status"] == 0)
        let sums = try await client.first(
            """
            [{"FindEntity": {"with_class": "Person",
              "results": {"sum": ["age"], "average": ["age"], "min": ["age"], "max": ["name"]}}}]
            """)
        #expect(sums["sum"] == ["age": 69] && sums["average"] == ["age": 34.5])
        #expect(sums["min"] == ["age": 28] && sums["max"] == ["name": "Bob"])
        let removed = try await client.first(
            #"[{"DeleteEntity": {"with_class": "Person", "constraints": {"age": ["<", 30]}}}]"#)
        #expect(removed["count"] == 1)
        let left = try await client.first(
            #"[{"FindEntity": {"with_class": "Person", "results": {"count": true}}}]"#)
        #expect(left["count"] == 1)
    }

    @Test func `a query is kept whole or not at all`() async throws {
        let client = try await CommandClient()
        let failed = try await client.failure(
            """
            [{"AddEntity": {"_ref": 1, "class": "A"}},
             {"FindEntity": {"_ref": 2, "with_class": "B"}},
             {"AddBoundingBox": {"image_ref": 2, "rectangle": {"x": 0, "y": 0, "width": 1, "height": 1}}}]
            """)
        #expect(failed["status"] == -1)
        let left = try await client.first(
            #"[{"FindEntity": {"with_class": "A", "results": {"count": true}}}]"#)
        #expect(left["count"] == 0)
    }

    @Test func `what is not found is added, and what is there is the result`() async throws {
        let client = try await CommandClient()
        let query = """
            [{"AddEntity": {"_ref": 1, "class": "P", "properties": {"id": 7}, "if_not_found": {"id": ["==", 7]}}},
             {"AddEntity": {"class": "Q", "connect": {"ref": 1, "class": "of", "direction": "in"}}},
             {"AddEntity": {"class": "P", "properties": {"id": 7}, "if_not_found": {"id": ["==", 7]}}}]
            """
        #expect(try await client.first(query)["status"] == 0)
        let again = try await client.ask(query).reply.arrayValue
        #expect(again?[0] == ["AddEntity": ["status": 2, "info": "Object Exists!"]])
        #expect(again?[2] == ["AddEntity": ["status": 2, "info": "Object Exists!"]])
        let found = try await client.ask(
            """
            [{"FindEntity": {"_ref": 1, "with_class": "P"}},
             {"FindEntity": {"with_class": "Q", "is_connected_to": {"ref": 1, "connection_class": "of",
               "direction": "out"}, "results": {"count": true}}},
             {"FindEntity": {"with_class": "Q", "is_connected_to": {"ref": 1, "direction": "in"},
               "results": {"count": true}}}]
            """
        ).reply.arrayValue
        #expect(found?[0] == ["FindEntity": ["returned": 0, "status": 0]])
        #expect(found?[1].objectValue?["FindEntity"]?.objectValue?["count"] == 2)
        #expect(found?[2].objectValue?["FindEntity"]?.objectValue?["count"] == 0)
    }

    @Test func `one that must be unique and is not ends the query`() async throws {
        let client = try await CommandClient()
        _ = try await client.ask(#"[{"AddEntity": {"class": "A"}}, {"AddEntity": {"class": "A"}}]"#)
        let failed = try await client.failure(
            #"[{"AddEntity": {"class": "C"}}, {"FindEntity": {"_ref": 1, "with_class": "A", "unique": true}}]"#
        )
        #expect(failed["status"] == 3)
        #expect(failed["info"]?.stringValue?.contains("JSON Command 1") == true)
        #expect(failed["info"]?.stringValue?.contains("expecting 1 but got 2") == true)
    }

    @Test func `images come back as they were given, and processed where that is asked`() async throws {
        let client = try await CommandClient()
        let picture = Picture.ppm(width: 40, height: 20)
        let added = try await client.first(
            #"[{"AddImage": {"properties": {"id": 1, "width": "wide", "label": "x"}}}]"#, [picture])
        #expect(added["status"] == 0)
        let found = try await client.ask(
            """
            [{"FindImage": {"constraints": {"id": ["==", 1]}, "blobs": true, "uniqueids": true,
              "results": {"list": ["width", "label", "_width", "_height"]}}},
             {"FindImage": {"constraints": {"width": ["==", "wide"]}, "blobs": true, "as_format": "png",
              "operations": [{"type": "resize", "width": 10, "height": 6}]}}]
            """)
        #expect(found.blobs.count == 2 && found.blobs[0] == picture)
        let first = try #require(found.reply.arrayValue?[0].objectValue?["FindImage"]?.objectValue)
        let entity = try #require(first["entities"]?.arrayValue?.first?.objectValue)
        #expect(entity["width"] == "wide" && entity["label"] == "x")
        #expect(entity["_width"] == 40 && entity["_height"] == 20)
        #expect(first["blobs_start"] == 0 && entity["_blob_index"] == 0)
        #expect(found.blobs[1].starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let none = try await client.first(#"[{"FindImage": {"blobs": false, "uniqueids": true}}]"#)
        #expect(none["blobs_start"] == nil)
        let bad = try await client.failure(#"[{"AddImage": {}}]"#, [[1, 2, 3]])
        #expect(bad["status"] == -1)
    }

    @Test func `a lower quality is fewer bytes, in JPEG where nothing else is said`() async throws {
        let client = try await CommandClient()
        _ = try await client.ask(#"[{"AddImage": {}}]"#, [Picture.ppm(width: 64, height: 48, seed: 5)])
        func bytes(_ parameters: String) async throws -> [UInt8] {
            try await client.ask(#"[{"FindImage": {"blobs": true, \#(parameters)}}]"#).blobs[0]
        }
        let best = try await bytes(#""quality": 100"#)
        let usual = try await bytes(#""as_format": "jpg""#)
        let low = try await bytes(#""as_format": "jpg", "quality": 20"#)
        #expect(best.starts(with: [0xFF, 0xD8, 0xFF]))
        #expect(low.count < usual.count && usual.count < best.count)
        #expect(usual == (try await bytes(#""as_format": "jpg", "quality": 95"#)))
        let small = try await bytes(#""as_format": "webp", "quality": 10"#)
        #expect(small.count < (try await bytes(#""as_format": "webp""#)).count)
    }

    @Test func `boxes are regions of their image`() async throws {
        let client = try await CommandClient()
        _ = try await client.ask(
            """
            [{"AddImage": {"_ref": 1}},
             {"AddBoundingBox": {"image_ref": 1, "label": "cat", "properties": {"n": 1},
               "rectangle": {"x": 2, "y": 3, "width": 10, "height": 4}}},
             {"AddBoundingBox": {"image_ref": 1, "label": "dog",
               "rectangle": {"x": 20, "y": 10, "width": 5, "height": 5}}},
             {"AddPolygon": {"image_ref": 1, "label": "road", "polygons": [[[0, 0], [4, 0], [4, 4], [0, 4]]]}}]
            """, [Picture.ppm(width: 40, height: 20)])
        let found = try await client.ask(
            """
            [{"FindImage": {"_ref": 1, "blobs": false}},
             {"FindBoundingBox": {"_ref": 2, "image_ref": 1, "blobs": true, "with_label": "cat", "labels": true,
               "coordinates": true, "areas": true}},
             {"FindBoundingBox": {"image_ref": 1, "in_rectangle": {"x": 15, "y": 5, "width": 20, "height": 12},
               "labels": true}},
             {"FindPolygon": {"_ref": 3, "bounds": true, "areas": true, "vertices": true}},
             {"RegionIoU": {"roi_1": 2, "roi_2": 3}}]
            """)
        let replies = try #require(found.reply.arrayValue)
        let box = replies[1].objectValue?["FindBoundingBox"]?.objectValue?["entities"]?.arrayValue?.first?
            .objectValue
        #expect(box?["_coordinates"] == ["x": 2, "y": 3, "width": 10, "height": 4])
        #expect(box?["_label"] == "cat" && box?["_area"] == 40)
        #expect(found.blobs.count == 1)
        let dogs = replies[2].objectValue?["FindBoundingBox"]?.objectValue?["entities"]
        #expect(dogs == [["_label": "dog"]])
        let polygon = replies[3].objectValue?["FindPolygon"]?.objectValue?["entities"]?.arrayValue?.first?
            .objectValue
        #expect(polygon?["_area"] == 16 && polygon?["_bounds"] == ["x": 0, "y": 0, "width": 4, "height": 4])
        // The box covers 2 x 1 pixels of the polygon.
        let iou = replies[4].objectValue?["RegionIoU"]?.objectValue?["IoU"]?.arrayValue?.first?.arrayValue?
            .first
        #expect(abs((iou?.floatValue ?? 0) - 2 / (40 + 16 - 2)) < 1e-9)
    }

    @Test func `the nearest descriptors come first, within the conditions`() async throws {
        let client = try await CommandClient()
        #expect(
            try await client.ask(
                #"[{"AddDescriptorSet": {"name": "d", "dimensions": 2, "metric": "L2", "engine": "HNSW"}}]"#
            ).reply == [["AddDescriptorSet": ["status": 0]]])
        func vector(_ x: Float, _ y: Float) -> [UInt8] {
            [x, y].flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
        }
        for number in 0..<10 {
            let reply = try await client.first(
                """
                [{"AddDescriptor": {"set": "d", "label": "\(number % 2 == 0 ? "even" : "odd")",
                  "properties": {"number": \(number)}}}]
                """, [vector(Float(number), 0)])
            #expect(reply["status"] == 0)
        }
        let found = try await client.first(
            """
            [{"FindDescriptor": {"set": "d", "k_neighbors": 3, "distances": true, "labels": true,
              "constraints": {"number": [">=", 5]}, "results": {"list": ["number"]}}}]
            """, [vector(2, 0)])
        let entities = try #require(found["entities"]?.arrayValue)
        #expect(entities.map { $0.objectValue?["number"] } == [5, 6, 7])
        #expect(entities.map { $0.objectValue?["_distance"]?.floatValue } == [9, 16, 25])
        #expect(entities.first?.objectValue?["_label"] == "odd")
        let wrong = try await client.failure(#"[{"AddDescriptor": {"set": "d"}}]"#, [[0, 0, 0, 0]])
        #expect(wrong["status"] == -1)
        let label = try await client.first(
            #"[{"ClassifyDescriptor": {"set": "d", "k_neighbors": 3}}]"#, [vector(4.1, 0)])
        #expect(label["label"] == "odd")
        _ = try await client.ask(#"[{"DeleteDescriptorSet": {"with_name": "d"}}]"#)
        #expect(
            try await client.ask(#"[{"AddDescriptorSet": {"name": "d", "dimensions": 3}}]"#).reply
                == [["AddDescriptorSet": ["status": 0]]])
    }

    @Test func `the schema counts classes, properties and connections`() async throws {
        let client = try await CommandClient()
        let empty = try await client.first(#"[{"GetSchema": {}}]"#)
        #expect(empty["entities"] == .null && empty["connections"] == .null)
        _ = try await client.ask(
            """
            [{"AddEntity": {"_ref": 1, "class": "A", "properties": {"n": 1}}},
             {"AddEntity": {"_ref": 2, "class": "B", "connect": {"ref": 1, "class": "of"}}}]
            """)
        _ = try await client.ask(
            #"[{"CreateIndex": {"index_type": "entity", "class": "A", "property_key": "n"}}]"#)
        let schema = try await client.first(#"[{"GetSchema": {}}]"#)
        #expect(
            schema["entities"]
                == [
                    "returned": 2,
                    "classes": [
                        "A": ["matched": 1, "properties": ["n": [1, true, "Number"]]],
                        "B": ["matched": 1, "properties": [:]],
                    ],
                ])
        #expect(
            schema["connections"]
                == [
                    "returned": 1,
                    "classes": ["of": ["matched": 1, "properties": [:], "src": "B", "dst": "A"]],
                ])
    }

    @Test func `of several classes that do not fit, the first is told each time`() async throws {
        let client = try await CommandClient()
        let names = "ABCDEFGH"
        _ = try await client.ask(
            "[\(names.map { #"{"AddEntity": {"class": "\#($0)"}}"# }.joined(separator: ","))]")
        for _ in 0..<20 {
            let failed = try await client.failure(
                #"[{"FindEntity": {"_ref": 1}}, {"RegionIoU": {"roi_1": 1, "roi_2": 1}}]"#)
            #expect(failed["info"]?.stringValue?.hasSuffix("holds 'A'") == true, "\(failed)")
        }
    }
}

@Suite struct VDMSCommandTests {
    @Test func `entities, images and links as VDMS has them`() async throws {
        let client = try await CommandClient(.vdms)
        let added = try await client.ask(
            """
            [{"AddEntity": {"_ref": 1, "class": "Person", "properties": {"age": 30}}},
             {"AddImage": {"link": {"ref": 1, "class": "has", "direction": "in"}, "properties": {"n": 5}}}]
            """, [Picture.ppm(width: 8, height: 8)])
        #expect(added.reply == [["AddEntity": ["status": 0]], ["AddImage": ["status": 0]]])
        let found = try await client.ask(
            """
            [{"FindEntity": {"_ref": 1, "class": "Person", "constraints": {"age": [">=", 30, "<", 31]},
              "results": {"list": ["age", "name"]}}},
             {"FindImage": {"link": {"ref": 1, "class": "has"}, "results": {"list": ["n"]}}}]
            """)
        let person = found.reply.arrayValue?[0].objectValue?["FindEntity"]?.objectValue
        #expect(person?["entities"] == [["age": 30, "name": "Missing property"]])
        #expect(found.blobs.count == 1)
        let none = try await client.first(#"[{"FindImage": {"constraints": {"n": ["==", 6]}}}]"#)
        #expect(none["status"] == 0 && none["info"] == "No entities found")
        let failed = try await client.failure(
            #"[{"FindEntity": {"class": "Person", "_ref": 1, "constraints": {"age": [">", 99]}}}]"#)
        #expect(failed["FailedCommand"] == "FindEntity" && failed["status"] == -1)
    }
}
