import Base
import Engine
import Foundation
import Testing

@testable import Server

/// The command language over HTTP, byte by byte.
@Suite(.serialized) struct RestTests {
    private static let query = #"[{"FindEntity":{}}]"#

    private static func form(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        parts.flatMap { part in
            Array("--XX\r\nContent-Disposition: form-data; name=\"\(part.name)\"\r\n\r\n".utf8) + part.bytes
                + [0x0D, 0x0A]
        } + Array("--XX--\r\n".utf8)
    }

    private static let formType = "Content-Type: multipart/form-data; boundary=XX"

    @Test(
        "blobs come back as base64, however long they are",
        arguments: [[], [0], [1], [2], [3], [1, 0, 2], [196_607, 196_608, 196_609], [5_000_000, 7]])
    func blobs(sizes: [Int]) async throws {
        let blobs = sizes.map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) } }
        try await ServedPort.run { served in
            let answer = try await served.connect { client in
                let token = try RawClient(port: served.port).logIn()
                try client.send(
                    "POST", "/api/", headers: [Self.formType, "Authorization: Bearer \(token)"],
                    body: Self.form([("query", Array(Self.query.utf8))] + blobs.map { ("blobs", $0) }))
                return try client.answer()
            }
            #expect(answer.status == 200)
            let texts = try #require(answer.json?["blobs"]?.arrayValue)
            #expect(
                texts.map { Data(base64Encoded: $0.stringValue ?? "") } == blobs.reversed().map { Data($0) })
            let echo = answer.json?["json"]?.arrayValue?.first?.objectValue?["Echo"]?.objectValue
            #expect(echo?["query"] == .string(Self.query))
            #expect(echo?["principal"] == "ada")
        }
    }

    @Test(
        "who has no session is told so in the reply",
        arguments: [[], ["Authorization: Bearer adbs_9"], ["Authorization: Basic YTpi"]])
    func noSession(headers: [String]) async throws {
        try await ServedPort.run { served in
            let answer = try await served.connect { client in
                try client.send("POST", "/api", headers: headers, body: Array(Self.query.utf8))
                return try client.answer()
            }
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"json":{"status":-1,"info":"Not Authenticated!","code":"unauthenticated"},"blobs":[]}"#
            )
        }
    }

    @Test func `a query without blobs may come as plain JSON, in either dialect`() async throws {
        try await ServedPort.run { served in
            let answers = try await served.connect { client in
                let token = try RawClient(port: served.port).logIn()
                return try ["/api", "/api?dialect=vdms", "/api?dialect=sql", "/api?x=1"].map { target in
                    try client.send(
                        "POST", target, headers: ["Authorization: Bearer \(token)"],
                        body: Array(Self.query.utf8))
                    return try client.answer()
                }
            }
            #expect(answers.map(\.status) == [200, 200, 400, 400])
            #expect(answers[0].text.contains("aperture"))
            #expect(answers[1].text.contains("vdms"))
        }
    }

    @Test(
        "a form that lacks the query, or has more than there is, is refused",
        arguments: [[("blobs", [1])], [("query", [0x5B, 0x5D]), ("files", [1])], []] as [[(String, [UInt8])]])
    func badForm(parts: [(String, [UInt8])]) async throws {
        try await ServedPort.run { served in
            let answer = try await served.connect { client in
                try client.send(
                    "POST", "/api", headers: [Self.formType],
                    body: Self.form(parts.map { (name: $0.0, bytes: $0.1) }))
                return try client.answer()
            }
            #expect(answer.status == 400)
        }
    }
}
