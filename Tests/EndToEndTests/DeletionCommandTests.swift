import Base
import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif
import TestSupport
import Testing

@Suite(.onOwnThreads) struct DeletionCommandTests {
    private func pictures(_ count: Int) throws -> (Fovea, folder: String) {
        let fovea = try Fovea()
        for index in 0..<count {
            try fovea.folder.write(
                Picture.ppm(width: 10 + index, height: 8, seed: index), to: "in/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(try fovea.run("add", folder).status == 0)
        return (fovea, folder)
    }

    @Test func `delete takes a filter or ids, and the same file makes a new entity`() throws {
        let (fovea, folder) = try pictures(6)
        let filter = #"{"width": {"$lt": 12}}"#
        let dry = try fovea.run("delete", filter, "--dry-run", "--json")
        #expect(try dry.lines() == [["matched": 2, "deleted": 0, "missing": []]])
        #expect(try fovea.run("count").text == "6\n")
        let deleted = try fovea.run("delete", filter)
        #expect(deleted.status == 0 && deleted.errors == "deleted 2 entities\n" && deleted.output.isEmpty)
        let byID = try fovea.run("delete", "1.0.5", "1.0.77")
        #expect(byID.status == 1)
        #expect(byID.errors == "there is no Image 1.0.77\ndeleted 1 entity\n")
        let other = try fovea.run("delete", "1.0.4", "--class", "Video")
        #expect(other.status == 1)
        #expect(
            other.errors.hasPrefix(
                "there is no Video 1.0.4: that is an id of the class Image, say --class Image\n"))
        #expect(try fovea.run("count").text == "3\n")
        let shown = try fovea.run("show", "1.0.5")
        #expect(shown.status == 2 && shown.errors.contains("was deleted at"))
        #expect(shown.errors.contains("by \(NSUserName())"))
        let again = try fovea.run("add", folder, "--json").lines()
        #expect(again.map { $0["verdict"] }.filter { $0 == "added" }.count == 3)
        let ids = again.compactMap { $0["_uniqueid"]?.stringValue }
        #expect(ids.contains("1.0.8"))
        #expect(try fovea.run("delete", "{}", "--yes").errors == "deleted 6 entities\n")
        #expect(try fovea.run("count").text == "0\n")
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `purge erases the bytes, and gc frees those of what was deleted`() throws {
        let (fovea, _) = try pictures(4)
        func packs() throws -> Data {
            let folder = URL(fileURLWithPath: fovea.store)
            return try FileManager.default.subpathsOfDirectory(atPath: fovea.store).filter {
                $0.hasSuffix(".pack")
            }
            .map { try Data(contentsOf: folder.appendingPathComponent($0)) }.reduce(Data(), +)
        }
        func holds(_ index: Int) throws -> Bool {
            let picture = Picture.ppm(width: 10 + index, height: 8, seed: index)
            return try packs().range(of: Data(picture.suffix(200))) != nil
        }
        #expect(try fovea.run("delete", "1.0.0").status == 0)
        #expect(try holds(0))
        let purged = try fovea.run("purge", #"{"width": 11}"#, "--json")
        #expect(
            try purged.lines() == [["matched": 1, "purged": 1, "missing": [], "erased_blobs": 1]],
            "\(purged.errors)")
        #expect(try !holds(1) && holds(2) && holds(3))
        #expect(try fovea.run("gc").status == 0)
        #expect(try !holds(0))
        #expect(try fovea.run("verify").status == 0)
        #expect(try fovea.run("find", "--json").lines().map { $0["width"] } == [12, 13])
    }

    @Test func `HTTP deletes, never everything by oversight, and does not purge`() async throws {
        let (fovea, _) = try pictures(4)
        let server = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"])
        let line = try #require(try server.firstLine(), "\(server.errorsSoFar)")
        let url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue) + "v1/entities/Image"
        func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> (Int, Document) {
            var request = URLRequest(url: try #require(URL(string: url + path)))
            request.httpMethod = method
            request.httpBody = body.map { Data($0.utf8) }
            let (data, response) = try await URLSession(configuration: .ephemeral).data(for: request)
            let status = try #require(response as? HTTPURLResponse).statusCode
            return (status, (try? JSON.parse([UInt8](data)))?.objectValue ?? [:])
        }
        #expect(try await send("DELETE", "/1.0.0").0 == 200)
        #expect(try await send("DELETE", "/1.0.0").0 == 410)
        #expect(try await send("DELETE", "/1.0.9").0 == 404)
        #expect(try fovea.run("show", "1.0.0").errors.contains("by http"))
        let filter = #"{"filter": {"width": 11}"#
        let dry = try await send("POST", "/delete", filter + #", "dry_run": true}"#)
        #expect(dry == (200, ["matched": 1, "deleted": 0, "missing": []]))
        #expect(try await send("POST", "/delete", filter + "}").1["deleted"] == 1)
        for body in [
            "{}", #"{"filter": {}}"#, #"{"filter": {}, "everything": false}"#, #"{"ids": ["x"]}"#,
            #"{"filter": {"$comment": "all"}}"#, #"{"filters": {"width": 12}}"#,
        ] {
            #expect(try await send("POST", "/delete", body).0 == 400, "\(body)")
        }
        #expect(try fovea.run("count").text == "2\n")
        // Erasing is for who may open the store's files.
        #expect(try await send("POST", "/purge", #"{"ids": ["1.0.2"]}"#).0 == 405)
        #expect(try await send("POST", "/delete", #"{"filter": {}, "everything": true}"#).1["deleted"] == 2)
        // A property that only the file may say is refused for the upload as a whole.
        let picture = String(decoding: Picture.ppm(width: 4, height: 4, seed: 0).prefix(20), as: UTF8.self)
        for query in ["property.error=x", "property.a.b=1", "label="] {
            let answer = try await send("POST", "?" + query, picture)
            #expect(
                answer.0 == 400 && answer.1["error"]?.objectValue?["code"] == "invalid_request", "\(query)")
        }
        #expect(try fovea.run("count").text == "0\n")
        server.process.terminate()
        #expect(try server.finish().status == 0)
    }
}
