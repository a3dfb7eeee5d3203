import Base
import Engine
import Foundation
import TestSupport
import Testing

@testable import Server

/// The declarative cases of commands, asked of a server: each of its faces answers as the store does.
@Suite(.serialized) struct CommandCaseFaceTests {
    @Test("cases are answered as they say at /api", arguments: try CommandCaseFile.all().flatMap(\.cases))
    func rest(test: CommandCaseFile.Case) async throws {
        try await ServedStore.run(answersCommands: true) { served in
            let (client, token) = try await served.connect { client in
                try client.send("POST", "/api", body: Array(Self.login.utf8))
                let answer = try client.answer().json?["json"]?.arrayValue?.first?.objectValue
                let grant = answer?["Authenticate"]?.objectValue
                return (client, try #require(grant?["session_token"]?.stringValue))
            }
            let differences = try await test.differences { json, blobs in
                try await served.onThread {
                    let (type, body) = Self.body(json, blobs)
                    try client.send(
                        "POST", "/api?dialect=\(test.dialect)",
                        headers: ["Authorization: Bearer \(token)", "Content-Type: \(type)"], body: body)
                    let answer = try client.answer().json
                    return (
                        try #require(answer?["json"]),
                        try #require(answer?["blobs"]?.arrayValue).map { text in
                            try Array(#require(Data(base64Encoded: text.stringValue ?? "-")))
                        }
                    )
                }
            }
            #expect(differences == [])
        }
    }

    @Test(
        "cases are answered as they say at /v1/query", arguments: try CommandCaseFile.all().flatMap(\.cases))
    func message(test: CommandCaseFile.Case) async throws {
        try await ServedStore.run(isHolderSocket: true) { served in
            let client = try await served.connect { $0 }
            let differences = try await test.differences { json, blobs in
                try await served.onThread {
                    try client.send(
                        "POST", "/v1/query?dialect=\(test.dialect)",
                        headers: ["Content-Type: application/x-protobuf"],
                        body: RawClient.message(String(decoding: json, as: UTF8.self), blobs: blobs))
                    let reply = try MessageReader.read(client.answer().body)
                    return (try JSON.parse(reply.json), reply.blobs)
                }
            }
            #expect(differences == [])
        }
    }

    @Test(
        "cases are answered as they say by the query port, in the frames of their dialect's clients",
        arguments: try CommandCaseFile.all().flatMap(\.cases))
    func port(test: CommandCaseFile.Case) async throws {
        let isAperture = test.dialect == "aperture"
        let authority: @Sendable (Store) -> any SessionAuthority = { _ in
            MemoryAuthority(role: isAperture ? nil : "reader")
        }
        try await ServedStore.run(authority: authority, answersCommands: true, hasQueryPort: true) { served in
            let port = try #require(served.wire).port
            let (client, token) = try await served.onThread {
                let client = try RawClient(port: port)
                return (client, isAperture ? try client.logIn() : nil)
            }
            let differences = try await test.differences { json, blobs in
                try await served.onThread {
                    try client.sendQuery(String(decoding: json, as: UTF8.self), blobs: blobs, token: token)
                    let reply = try client.reply()
                    return (reply.json, reply.blobs)
                }
            }
            #expect(differences == [])
        }
    }

    // MARK: - Private

    private static let login =
        #"[{"Authenticate":{"username":"ada","password":"\#(MemoryAuthority.password)"}}]"#

    /// A query as ApertureDB's REST clients send it: a form; as JSON where no blobs go with it.
    private static func body(_ json: [UInt8], _ blobs: [[UInt8]]) -> (type: String, bytes: [UInt8]) {
        if blobs.isEmpty { return ("application/json", json) }
        let boundary = "fovea-case-6b1f0d7c"
        let parts = [("query", json)] + blobs.map { ("blobs", $0) }
        let bytes = parts.flatMap { name, bytes in
            Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8) + bytes
                + Array("\r\n".utf8)
        }
        return ("multipart/form-data; boundary=\(boundary)", bytes + Array("--\(boundary)--\r\n".utf8))
    }
}
