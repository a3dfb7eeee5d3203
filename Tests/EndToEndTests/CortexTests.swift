import Base
import Foundation
import TestSupport
import Testing

/// Cortex's paths at the real server, as their clients use them.
@Suite(.onOwnThreads, .serialized) struct CortexTests {
    /// A server of a store, with images fetched from this machine.
    private func serve(
        _ fovea: Fovea, _ arguments: [String] = ["--allow-private-addresses"],
        environment: [String: String] = [:], _ body: (_ url: String) throws -> Void
    ) throws {
        let server = fovea.start(
            ["serve", "--http", "127.0.0.1:0", "--json"] + arguments, environment: environment)
        let line = try #require(try server.firstLine(), "\(server.errorsSoFar)")
        let url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue)
        defer {
            server.process.terminate()
            server.process.waitUntilExit()
        }
        try body(String(url.dropLast()))
    }

    private struct Answer {
        var status: Int
        var body: Document
        var error: Document { body["error"]?.objectValue ?? [:] }
    }

    private func post(_ url: String, _ json: String, _ headers: [String: String] = [:]) throws -> Answer {
        var arguments = ["--silent", "--write-out", "\n%{http_code}", "--json", json, url]
        for (name, value) in headers { arguments += ["--header", "\(name): \(value)"] }
        let outcome = try Program.run("/usr/bin/curl", ["--noproxy", "*"] + arguments)
        let text = String(decoding: outcome.output, as: UTF8.self)
        let end = try #require(text.lastIndex(of: "\n"))
        let body = text[..<end].isEmpty ? [:] : (try? JSON.parse(String(text[..<end])).objectValue) ?? [:]
        return Answer(status: Int(text[text.index(after: end)...]) ?? 0, body: body)
    }

    @Test(.enabled(if: PythonOracle.isAvailable))
    func `the article's program adds a URL, draws its boxes and pages through what matches`() throws {
        let images = try ScriptedServer { request in
            request.target == "/cat.ppm"
                ? .answer(200, [], Picture.ppm(width: 320, height: 240, seed: 7)) : .answer(404)
        }
        let fovea = try Fovea()
        // 29 others with a cat, one of them too small, and one with a dog.
        var commands: [String] = []
        let folder = fovea.folder.url.appendingPathComponent("pictures")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<31 {
            let width = number == 0 ? 90 : 120
            let file = folder.appendingPathComponent("\(number).ppm")
            try Data(Picture.ppm(width: width, height: 80, seed: number)).write(to: file)
        }
        #expect(try fovea.run("add", folder.path).status == 0)
        for number in 0..<30 {
            let name = number == 29 ? "dog" : "cat"
            commands.append(
                """
                {"FindImage": {"_ref": \(number + 1), "blobs": false, "constraints": {"path": ["==", "\(folder.path)/\(number).ppm"]}}},
                {"AddBoundingBox": {"image_ref": \(number + 1), "label": "\(name)",
                    "rectangle": {"x": 5, "y": 6, "width": 30, "height": 20}}}
                """)
        }
        let outcome = try fovea.run("query", "[\(commands.joined(separator: ","))]")
        #expect(outcome.status == 0, "\(outcome.text) \(outcome.errors)")
        try serve(fovea) { url in
            let added = try post("\(url)/add", #"{"url_or_id": "\#(images.root)/cat.ppm"}"#)
            #expect(added.status == 200, "\(added.body.json)")
            let boxes = try fovea.run(
                "query",
                """
                [{"FindImage": {"_ref": 1, "blobs": false, "constraints": {"url": ["==", "\(images.root)/cat.ppm"]}}},
                 {"AddBoundingBox": {"image_ref": 1, "label": "cat",
                    "rectangle": {"x": 20, "y": 40, "width": 100, "height": 80}}}]
                """)
            #expect(boxes.status == 0, "\(boxes.text) \(boxes.errors)")
            let text = try PythonOracle.lines(of: "cortex_article.py", [url, "\(images.root)/cat.ppm"])[0]
            let seen = try #require(try JSON.parse(text).objectValue)
            let sample = try #require(seen["sample"]?.objectValue)
            #expect(sample["url"] == .string("\(images.root)/cat.ppm") && seen["same"] == true)
            #expect(sample["width"] == 320 && sample["height"] == 240)
            #expect(
                sample["object_analysis"]
                    == [[["classname": "cat", "x1": 20, "y1": 40, "x2": 120, "y2": 120]]])
            #expect(seen["shape"] == [240, 320, 3] && seen["drawn"] == 1)
            // 29 have cats of which one is small, and the one that was added.
            #expect(seen["found"] == 29 && seen["different"] == 29 && seen["size"] == 29)
            #expect(seen["pages"] == 2)
            // The documentation's program, too.
            let document = Surroundings.repository.appendingPathComponent("docs/cortex.md").path
            let left = try PythonOracle.lines(
                of: "run_document.py", [document, "SERVER=\(url)", "IMAGE_URL=\(images.root)/cat.ppm"])[0]
            #expect(try JSON.parse(left).objectValue?["cats"] == 29)
        }
        #expect(
            images.targets.filter { $0 == "/cat.ppm" }.count == 3, "once for the store, twice to be drawn on")
    }

    private static let hasYOLOX =
        !Surroundings.openVINO.isEmpty
        && Surroundings.offers("models/yolox_nano.onnx") && Surroundings.offers("data/coco128")
        && PythonOracle.isAvailable

    @Test(.enabled(if: hasYOLOX))
    func `the objects at a URL are those of OpenVINO's Python API and a decoder in NumPy`() throws {
        let models = Surroundings.testFolder.appendingPathComponent("models")
        let folder = Surroundings.testFolder.appendingPathComponent("data/coco128/images/train2017")
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jpg") }
                .min())
        let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
        let images = try ScriptedServer { _ in .answer(200, [("content-type", "image/jpeg")], bytes) }
        let line = try PythonOracle.lines(
            of: "detection_oracle.py",
            [
                Surroundings.openVINO, "yolox", models.appendingPathComponent("yolox_nano.onnx").path,
                folder.appendingPathComponent(name).path,
            ])[0]
        let expected = try #require(JSON.parse(line).arrayValue).map {
            ($0.arrayValue ?? []).compactMap(\.floatValue)
        }
        let fovea = try Fovea()
        try serve(fovea, environment: ["FOVEA_MODEL_PATH": models.path]) { url in
            let sample = try post("\(url)/add", #"{"url_or_id": "\#(images.root)/a.jpg"}"#).body
            #expect(sample["object_analysis_processed"] == "true", "\(sample.json)")
            let boxes = sample["object_analysis"]?.arrayValue?.first?.arrayValue ?? []
            #expect(boxes.count == expected.count && !boxes.isEmpty)
            for (box, numbers) in zip(boxes.compactMap(\.objectValue), expected) {
                let found = ["x1", "y1", "x2", "y2"].map { box[$0]?.floatValue ?? .nan }
                // The model's own 2 pixels, and half a one for whole numbers.
                #expect(
                    zip(found, numbers[2...]).allSatisfy { abs($0 - $1) <= 2.5 }, "\(box.json) \(numbers)")
                #expect(abs((box["conf"]?.floatValue ?? .nan) - numbers[1]) <= 0.01)
            }
            let states = try post("\(url)/api/images/lookup", #"{"urls": ["\#(images.root)/a.jpg"]}"#)
            #expect(states.body["images"]?.arrayValue?.first?.objectValue?["state"] == "scoring")
        }
    }

    @Test func `what must not be fetched is not, and what cannot be is told`() throws {
        let endless = [UInt8](repeating: 0, count: 21 << 20)
        let images = try ScriptedServer { request in
            switch request.target {
            case "/metadata": .answer(302, [("location", "http://169.254.169.254/latest/meta-data/")])
            case "/endless":
                .answer(200, [], Array(Picture.ppm(width: 8, height: 8, seed: 1).prefix(64)) + endless)
            case "/page": .answer(200, [("content-type", "text/html")], Array("<html><script>".utf8))
            default: .answer(404)
            }
        }
        let fovea = try Fovea()
        func add(_ server: String, _ url: String) throws -> Answer {
            try post("\(server)/add", #"{"url_or_id": "\#(url)"}"#)
        }
        // As it comes, no private address is fetched from: neither named, nor behind a redirect.
        try serve(fovea, []) { server in
            for url in [
                "\(images.root)/1.ppm", "http://localhost:1/a.png", "http://[::1]/a.png",
                "http://10.0.0.1/a.png",
                "http://169.254.169.254/a.png",
            ] {
                let answer = try add(server, url)
                #expect(
                    answer.status == 403 && answer.error["path"] == "url_or_id", "\(url): \(answer.body.json)"
                )
            }
            for url in ["file:///etc/passwd", "ftp://example.org/a.png", "http://u:p@example.org/a.png", "x"]
            {
                #expect(try add(server, url).status == 400, "\(url)")
            }
            #expect(try add(server, "PT::0123456789abcdef01234567").status == 404)
        }
        #expect(images.targets.isEmpty)
        try serve(fovea) { server in
            #expect(try add(server, "\(images.root)/endless").status == 413)
            #expect(try add(server, "\(images.root)/page").status == 415)
            let missing = try add(server, "\(images.root)/missing")
            #expect(missing.status == 502 && missing.error["code"] == "unreachable")
            let states = try post(
                "\(server)/api/images/lookup",
                #"{"urls": ["\#(images.root)/missing", "x", "http://example.org/other.png"]}"#)
            let words = states.body["images"]?.arrayValue?.map { $0.objectValue?["state"] }
            #expect(words == ["failed", "invalid", "unknown"])
        }
        #expect(try fovea.run("count").text.contains("0"))
    }

    @Test func `where users log in, a key opens Cortex's paths and nothing else, as often as it may`() throws
    {
        let fovea = try Fovea()
        let free = try fovea.run("key", "add", "--scope", "free", "--name", "ann").text
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let paid = try fovea.run("key", "add", "--scope", "paid").text
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(free.hasPrefix("fvk_") && free.utf8.count == 47 && free != paid)
        let store = try #require(FileManager.default.contents(atPath: fovea.store + "/catalog.sqlite"))
        #expect(store.range(of: Data(free.utf8)) == nil, "a key is not kept")
        try serve(fovea, ["--require-login"]) { server in
            let path = "\(server)/api/get-labeled-data"
            #expect(try post(path, "{}").status == 401)
            #expect(
                try post(path, "{}", ["X-RapidAPI-Key": "fvk_" + String(repeating: "a", count: 43)]).status
                    == 401)
            #expect(try post(path, "{}", ["X-RapidAPI-Key": free]).status == 200)
            #expect(try post(path, "{}", ["Authorization": "Bearer \(free)"]).status == 200)
            #expect(try post(path, #"{"per_page": 26}"#, ["X-RapidAPI-Key": free]).status == 403)
            #expect(try post(path, #"{"fetch_all": true}"#, ["X-RapidAPI-Key": free]).status == 403)
            #expect(try post(path, #"{"per_page": 26}"#, ["X-RapidAPI-Key": paid]).status == 200)
            #expect(
                try post("\(server)/v1/entities/Image/find", "{}", ["X-RapidAPI-Key": paid]).status == 401)
            let statuses = try (0..<12).map { _ in
                try post(
                    "\(server)/add", #"{"url_or_id": "PT::0123456789abcdef01234567"}"#,
                    ["X-RapidAPI-Key": free]
                ).status
            }
            #expect(statuses == Array(repeating: 404, count: 10) + [429, 429])
            // A command beside the server takes the key away at once.
            #expect(try fovea.run("key", "remove", String(free.prefix(13))).status == 0)
            #expect(try post(path, "{}", ["X-RapidAPI-Key": free]).status == 401)
        }
        let keys = try fovea.run("key", "list", "--json").lines()
        #expect(
            keys.map { $0["key"]?.stringValue } == [String(paid.prefix(13))] && keys[0]["scope"] == "paid")
        let events = try fovea.run("user", "audit", "--json").lines().compactMap { $0["event"]?.stringValue }
        #expect(events.filter { $0 == "key_created" }.count == 2 && events.contains("key_removed"))
    }
}
