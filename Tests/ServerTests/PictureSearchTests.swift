import Base
import Catalog
import Testing

@testable import Engine
@testable import Server

/// Searching by a picture over HTTP.
@Suite struct PictureSearchTests {
    private func ids(_ answer: RawClient.Answer) -> [String] {
        (answer.json?["entities"]?.arrayValue ?? []).compactMap { $0.objectValue?["_uniqueid"]?.stringValue }
    }

    @Test func `vectors are compared where the store has some, hashes otherwise, and the answer says which`()
        async throws
    {
        try await ServedStore.run { served in
            func search(_ json: String) async throws -> RawClient.Answer {
                try await served.answer("POST", "/v1/search", json: json)
            }
            var images: [String] = []
            for seed in 0..<3 { images.append(try await served.add(width: 30, height: 20, seed: seed * 40)) }
            let text = StoreClient.pictureText(ServedStore.ppm(width: 30, height: 20, seed: 40))
            let looks = try await search(#"{"picture":"\#(text)"}"#)
            #expect(looks.status == 200 && looks.json?["by"] == ["looks"] && looks.json?["set"] == nil)
            #expect(ids(looks).contains(images[1]) && looks.json?["without_model"] == nil)

            var commit = StatementCommit(kind: "model", source: "model:toy@1", descriptorSet: "toy")
            let vectors: [[Float]] = [[1, 0], [0, 1], [1, 0.5]]
            let statements = try zip(images, vectors).map { id, vector in
                Statement(try #require(EntityID(id)), by: "model:toy@1", vector: vector)
            }
            _ = try served.store.commit(statements, &commit)
            for body in [#"{"image":"\#(images[0])"}"#, #"{"image":"\#(images[0])","set":"toy"}"#] {
                let near = try await search(body)
                #expect(near.json?["by"] == ["vectors"] && near.json?["set"] == "toy", "\(near.text)")
                #expect(near.json?["model"] == "toy" && ids(near) == [images[0], images[2], images[1]])
                let first = near.json?["entities"]?.arrayValue?.first?.objectValue
                #expect(abs((first?["similarity"]?.floatValue ?? 0) - 1) < 1e-6)
            }
            let page = try await search(#"{"image":"\#(images[0])","skip":1,"limit":1}"#)
            #expect(ids(page) == [images[2]])
            // Whoever names a number of bits asks for hashes.
            let bits = try await search(#"{"image":"\#(images[0])","distance":64}"#)
            #expect(bits.json?["by"] == ["looks"] && ids(bits).first == images[0])
            // There is no model 'toy' that could make a vector of another picture.
            let other = try await search(#"{"picture":"\#(text)"}"#)
            #expect(other.json?["by"] == ["looks"] && ids(other).contains(images[1]))
            #expect(other.json?["without_model"]?.stringValue?.contains("toy") == true)
            let named = try await search(#"{"picture":"\#(text)","set":"toy"}"#)
            #expect(named.status == 404 && named.text.contains("toy"))
        }
    }

    @Test(
        "what is no picture, set or number of bits is refused",
        arguments: [
            (#"{"picture":"?"}"#, 400), (#"{"picture":"QUJD"}"#, 415), (#"{"picture":""}"#, 400),
            (#"{"image":"1.0.0","set":"x"}"#, 404), (#"{"image":"1.0.0","distance":65}"#, 400),
            (#"{"image":"1.0.9"}"#, 404), (#"{"phash":"00000000ffffffff","set":"x"}"#, 400),
            (#"{"text":"a","set":"x"}"#, 400), (#"{"text":"a","distance":3}"#, 400),
            (#"{"image":"1.0.0","picture":"QUJD"}"#, 400),
        ])
    func refused(json: String, status: Int) async throws {
        try await ServedStore.run { served in
            _ = try await served.add()
            let answer = try await served.answer("POST", "/v1/search", json: json)
            #expect(answer.status == status, "\(answer.text)")
        }
    }
}
