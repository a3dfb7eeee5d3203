import Base
import Query
import TestSupport
import Testing

/// The parts of pictures that regions hand out.
@Suite struct RegionBlobTests {
    @Test func `a region outside its image has no blob, and the others have theirs`() async throws {
        var client = try await CommandClient()
        _ = try await client.ask(
            """
            [{"AddImage": {"_ref": 1}},
             {"AddBoundingBox": {"image_ref": 1, "label": "in", "rectangle": {"x": 2, "y": 3, "width": 10, "height": 4}}},
             {"AddBoundingBox": {"image_ref": 1, "label": "out", "rectangle": {"x": 90, "y": 3, "width": 10, "height": 4}}},
             {"AddBoundingBox": {"image_ref": 1, "label": "in", "rectangle": {"x": 5, "y": 5, "width": 10, "height": 4}}}]
            """, [Picture.ppm(width: 40, height: 20)])
        let all = try await client.ask(
            #"[{"FindBoundingBox": {"blobs": true, "labels": true, "uniqueids": true}}]"#)
        let reply = all.reply.arrayValue?.first?.objectValue?["FindBoundingBox"]?.objectValue
        let entities = (reply?["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        #expect(entities.map { $0["_label"] } == ["in", "out", "in"])
        #expect(entities.map { $0["_blob_index"]?.integerValue } == [0, nil, 1])
        #expect(all.blobs.count == 2)

        let alone = try await client.failure(
            #"[{"FindBoundingBox": {"blobs": true, "with_label": "out"}}]"#)
        let id = try #require(entities[1]["_uniqueid"]?.stringValue)
        #expect(alone["status"] == -1)
        let info = try #require(alone["info"]?.stringValue)
        #expect(info.contains("_BoundingBox \(id) at 90.0, 3.0") && info.contains("lies outside its image"))

        client.dialect = .vdms
        let vdms = try await client.ask(#"[{"FindBoundingBox": {"results": {"blob": true, "list": ["n"]}}}]"#)
        let told = vdms.reply.arrayValue?.first?.objectValue?["FindBoundingBox"]?.objectValue?["entities"]
        #expect(
            (told?.arrayValue ?? []).map { $0.objectValue?["blob"] } == [true, false, true],
            "\(vdms.reply.json)")
        #expect(vdms.blobs.count == 2)
    }
}
