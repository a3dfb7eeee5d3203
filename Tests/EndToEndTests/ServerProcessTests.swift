import Base
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import TestSupport
import Testing

/// The real server on a real socket.
@Suite(.onOwnThreads) struct ServerProcessTests {
    private struct Server {
        let fovea: Fovea
        let running: Fovea.Running
        let url: String

        init(_ fovea: Fovea) throws {
            self.fovea = fovea
            running = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"])
            let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
            url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue)
        }

        /// Stops it as an operator would, and expects it to end well.
        func stop() throws {
            running.process.terminate()
            #expect(try running.finish().status == 0)
        }

        func request(
            _ method: String, _ path: String, body: [UInt8]? = nil, headers: [String: String] = [:]
        ) async throws -> (status: Int, headers: [String: String], body: [UInt8]) {
            var request = URLRequest(url: try #require(URL(string: url + path.drop { $0 == "/" })))
            request.httpMethod = method
            request.httpBody = body.map { Data($0) }
            request.cachePolicy = .reloadIgnoringLocalAndRemoteCacheData
            for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
            let (data, response) = try await URLSession(configuration: .ephemeral).data(for: request)
            let http = try #require(response as? HTTPURLResponse)
            var found: [String: String] = [:]
            for (name, value) in http.allHeaderFields { found["\(name)".lowercased()] = "\(value)" }
            return (http.statusCode, found, [UInt8](data))
        }

        func json(
            _ method: String, _ path: String, _ body: String? = nil
        ) async throws -> (status: Int, body: Document) {
            let answer = try await request(
                method, path, body: body.map { Array($0.utf8) }, headers: ["Content-Type": "application/json"]
            )
            return (answer.status, try #require(try JSON.parse(answer.body).objectValue))
        }
    }

    private func server(pictures count: Int = 5) throws -> Server {
        let fovea = try Fovea()
        for index in 0..<count {
            try fovea.folder.write(
                Picture.ppm(width: 30 + index, height: 20, seed: index), to: "data/\(index).ppm")
        }
        if count > 0 { _ = try fovea.run("add", fovea.folder.url.appendingPathComponent("data").path) }
        return try Server(fovea)
    }

    @Test func `entities are found, counted, faceted and shown`() async throws {
        let server = try server()
        let found = try await server.json(
            "POST", "/v1/entities/Image/find",
            #"{"filter": {"width": {"$gt": 31}}, "sort": "width:desc", "limit": 2, "count": true}"#)
        #expect(found.status == 200)
        #expect(found.body["count"] == 3)
        let entities = try #require(found.body["entities"]?.arrayValue).compactMap(\.objectValue)
        #expect(entities.map { $0["width"] } == [34, 33])
        let id = try #require(entities.first?["_uniqueid"]?.stringValue)
        let entity = try await server.json("GET", "/v1/entities/Image/\(id)")
        #expect(entity.body["histogram"] != nil)
        let facets = try await server.json(
            "POST", "/v1/entities/Image/facets", #"{"properties": ["format"]}"#)
        #expect(
            facets.body["facets"]?.arrayValue?.first?.objectValue?["values"] == [
                ["value": "pnm", "count": 5]
            ])
        let wrong = try await server.json(
            "POST", "/v1/entities/Image/count", #"{"filter": {"width": {"$gtt": 1}}}"#)
        #expect(wrong.status == 400)
        #expect(wrong.body["error"]?.objectValue?["path"] == "width.$gtt")
        let missing = try await server.json("GET", "/v1/entities/Image/1.0.99")
        #expect(missing.status == 404)
        try server.stop()
    }

    @Test func `pixels have strong tags, ranges, and are not sent twice`() async throws {
        let server = try server(pictures: 1)
        let id = try #require(try server.fovea.run("find", "--json").lines().first?["_uniqueid"]?.stringValue)
        let path = "/v1/entities/Image/\(id)/pixels?crop=0,0,4,4&tensor=u8"
        let whole = try await server.request("GET", path)
        #expect(whole.status == 200)
        #expect(whole.body.count == 48)
        #expect(whole.headers["x-fovea-shape"] == "1,4,4,3")  // NHWC: a batch of one.
        let tag = try #require(whole.headers["etag"])
        #expect(!tag.hasPrefix("W/"))
        #expect(try await server.request("GET", path, headers: ["If-None-Match": tag]).status == 304)
        let part = try await server.request("GET", path, headers: ["Range": "bytes=10-19"])
        #expect(part.status == 206)
        #expect(part.body == Array(whole.body[10..<20]))
        #expect(part.headers["content-range"] == "bytes 10-19/48")
        #expect(try await server.request("GET", path, headers: ["Range": "bytes=48-"]).status == 416)
        let wrong = try await server.json("GET", "/v1/entities/Image/\(id)/pixels?resize=0x4")
        #expect(wrong.status == 400)
        #expect(wrong.body["error"]?.objectValue?["code"] == "invalid_operation")
        try server.stop()
    }

    @Test func `an upload is an image at once, and the same again a duplicate`() async throws {
        let server = try server(pictures: 0)
        let picture = Picture.ppm(width: 9, height: 9, seed: 1)
        let first = try await server.request(
            "POST", "/v1/entities/Image?label=cat&property.site=7&path=up.ppm", body: picture)
        #expect(first.status == 201, "\(String(decoding: first.body, as: UTF8.self))")
        let again = try await server.request("POST", "/v1/entities/Image", body: picture)
        #expect(again.status == 200)
        let found = try await server.json(
            "POST", "/v1/entities/Image/find", #"{"filter": {"label": "cat", "site": 7}}"#)
        #expect(found.body["entities"]?.arrayValue?.count == 1)
        #expect(
            try await server.request("POST", "/v1/entities/Image", body: Array("text".utf8)).status == 415)
        try server.stop()
    }

    @Test func `commands work beside the server and see the same`() async throws {
        let server = try server()
        #expect(try server.fovea.run("count").text == "5\n")
        try server.fovea.folder.write(Picture.ppm(width: 99, height: 20, seed: 77), to: "more/new.ppm")
        #expect(
            try server.fovea.run("add", server.fovea.folder.url.appendingPathComponent("more").path).status
                == 0)
        #expect(try await server.json("POST", "/v1/entities/Image/count", "{}").body["count"] == 6)
        let second = try server.fovea.run("serve", "--http", "127.0.0.1:0")
        #expect(second.status == 2)
        #expect(second.errors.contains("\(server.running.process.processIdentifier)"))
        try server.stop()
    }

    @Test func `requests that other sites' pages make are refused`() async throws {
        let server = try server(pictures: 0)
        #expect(
            try await server.request("GET", "/v1/schema", headers: ["Origin": "https://evil.example"]).status
                == 403)
        #expect(
            try await server.request(
                "GET", "/v1/schema", headers: ["Origin": server.url.dropLast().description]
            ).status == 200)
        try server.stop()
    }

    @Test func `files of the machine cannot be reached over HTTP`() async throws {
        let server = try server(pictures: 0)
        for path in ["/v1/ingest", "/v1/backup", "/v1/gc", "/v1/verify"] {
            #expect(
                try await server.request("POST", path, body: Array(#"{"paths": ["/etc"]}"#.utf8)).status
                    == 404)
        }
        let page = try await server.request("GET", "/../../etc/passwd")
        #expect(!String(decoding: page.body, as: UTF8.self).contains("root:"))
        try server.stop()
    }

    @Test func `beyond loopback it does not listen without being told that nobody logs in`() throws {
        let fovea = try Fovea()
        let outcome = try fovea.run("serve", "--http", "0.0.0.0:0")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("--insecure"))
    }

    @Test func `the page, its description and its metrics are served`() async throws {
        let server = try server(pictures: 1)
        let page = try await server.request("GET", "/")
        #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(page.headers["content-security-policy"]?.contains("default-src 'self'") == true)
        let openAPI = try await server.json("GET", "/openapi.json")
        #expect(openAPI.body["openapi"] == "3.1.0")
        _ = try await server.json("POST", "/v1/entities/Image/count", "{}")
        let metrics = String(decoding: try await server.request("GET", "/metrics").body, as: UTF8.self)
        #expect(metrics.contains("fovea_entities 1.0"))
        #expect(metrics.contains("route=\"/v1/entities/{class}/count\""))
        #expect(try await server.json("GET", "/health").body["status"] == "ok")
        #expect(try await server.json("GET", "/ready").body["status"] == "ready")
        try server.stop()
    }
}
