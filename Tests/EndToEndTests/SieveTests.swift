import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Sieve's paths at the real server, as its clients use them.
@Suite(.onOwnThreads, .serialized, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct SieveTests {
    private func serve(
        _ fovea: Fovea, _ arguments: [String] = ["--allow-private-addresses"],
        _ body: (_ url: String) throws -> Void
    ) throws {
        let server = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"] + arguments)
        let line = try #require(try server.firstLine(), "\(server.errorsSoFar)")
        let url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue)
        defer {
            server.process.terminate()
            server.process.waitUntilExit()
        }
        try body(String(url.dropLast()))
    }

    /// 12 s at 25 frames a second in which a box crosses a still picture from second 4 to 8.
    private func moving(in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            "moving.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x607080:s=320x180:r=25:d=12", "-f", "lavfi", "-i",
                "color=c=0x201008:s=40x60:r=25:d=12", "-filter_complex",
                "[0][1]overlay=x='if(between(t,4,8),20+(t-4)*60,-100)':y=60,format=yuv420p", "-c:v",
                "libx264", "-g", "50", "-threads", "1",
            ], in: folder)
    }

    private func still(in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            "still.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x405060:s=320x180:r=25:d=12", "-c:v", "libx264", "-threads",
                "1",
            ], in: folder)
    }

    @Test(.enabled(if: PythonOracle.isAvailable))
    func `the article's program pushes, waits, asks by tags, exports, unpacks, and deletes`() throws {
        let folder = try TemporaryFolder()
        let (moving, still) = (try moving(in: folder), try still(in: folder))
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: still.path.string)))
        let videos = try ScriptedServer { request in
            request.target == "/still.mp4" ? .answer(200, [], content) : .answer(404)
        }
        let fovea = try Fovea()
        try serve(fovea) { url in
            let lines = try PythonOracle.lines(
                of: "sieve_article.py", [url, moving.path.string, "\(videos.root)/still.mp4"])
            let line = try #require(lines.first)
            let seen = try #require(try JSON.parse(line).objectValue)
            // Five frames a second of 24 s.
            #expect(seen["frames"] == 120)
            let numbers = (seen["moving"]?.arrayValue ?? []).compactMap(\.integerValue)
            #expect(numbers.allSatisfy { $0 % 5 == 0 && (90...210).contains($0) }, "\(numbers)")
            #expect((18...24).contains(numbers.count), "\(numbers)")
            let ends: Value = [[.integer(numbers[0]), .integer(numbers[numbers.count - 1])]]
            #expect(seen["intervals"] == [["video_name": "gate", "intervals": ends]])
            let sample = try #require(seen["sample"]?.objectValue)
            #expect(sample["aspect_ratio"] == "16:9" && sample["location"] == "courtyard")
            #expect(sample["image_width"] == 320 && sample["motion_detected"] == true)
            for tag in ["blur", "sharpness", "contrast", "lighting", "noise"] {
                #expect(sample[tag]?.stringValue?.isEmpty == false, "\(tag)")
            }
            #expect(seen["first_file"] == .string("courtyard watch/gate/gate-\(numbers[0]).jpg"))
            let temporal = seen["car"]?.objectValue?["temporal"]?.arrayValue?.compactMap(\.objectValue) ?? []
            let middle = try #require(temporal.first { $0["frame_number"] == 125 })
            // Half way in a second, which is 100 pixels in 2 s.
            let box = try #require(middle["bbox"]?.objectValue?["position"]?.objectValue)
            #expect(box["x1"]?.floatValue == 60 && box["area"]?.floatValue == 1_600)
            #expect(abs((middle["center"]?.objectValue?["speed"]?.floatValue ?? 0) - 50) < 1e-6)
            #expect(seen["refused"] == [400, 403, 400, 400, 400, 400, 400, 406])
        }
        // What the project brought is gone with it.
        #expect(try fovea.run("count", "--class", "Video").text.hasPrefix("0"))
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `a key of Cortex's paths opens Sieve's, and one of the scope free changes nothing`() throws {
        let fovea = try Fovea()
        var keys: [String: String] = [:]
        for scope in ["free", "paid"] {
            let made = try fovea.run("key", "add", "--scope", scope, "--json")
            keys[scope] = try JSON.parse(made.text).objectValue?["secret"]?.stringValue
        }
        try serve(fovea, ["--require-login"]) { url in
            func status(_ path: String, key: String?, _ json: String? = nil) throws -> String {
                var arguments = ["--noproxy", "*", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
                if let key { arguments += ["-H", "X-API-Key: \(key)"] }
                if let json { arguments += ["--json", json] }
                let outcome = try Program.run("/usr/bin/curl", arguments + ["\(url)/sieve/v1/\(path)"])
                return String(decoding: outcome.output, as: UTF8.self)
            }
            let project = #"{"project_name": "p"}"#
            for (path, key, json, expected) in [
                ("get_projects", nil, nil, "401"), ("get_projects", "fvk_nothing", nil, "401"),
                ("get_projects", keys["free"], nil, "200"), ("init_project", keys["free"], project, "200"),
                ("delete_project", keys["free"], project, "403"),
                ("delete_project", keys["paid"], project, "200"),
            ] as [(String, String?, String?, String)] {
                let told = try status(path, key: key, json)
                #expect(told == expected, "\(path)")
            }
        }
    }

    @Test func `a signed address shows its frame without a key, and nothing else`() throws {
        let folder = try TemporaryFolder()
        let video = try still(in: folder)
        let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: video.path.string)))
        let videos = try ScriptedServer { _ in .answer(200, [], content) }
        let fovea = try Fovea()
        let key = try #require(
            try JSON.parse(try fovea.run("key", "add", "--scope", "paid", "--json").text)
                .objectValue?["secret"]?.stringValue)
        func curl(_ arguments: [String]) throws -> (status: String, body: [UInt8]) {
            let outcome = try Program.run(
                "/usr/bin/curl", ["--noproxy", "*", "-s", "-w", "%{http_code}"] + arguments)
            let all = [UInt8](outcome.output)
            return (String(decoding: all.suffix(3), as: UTF8.self), Array(all.dropLast(3)))
        }
        var kept = ""
        for isSecond in [false, true] {
            try serve(fovea, ["--require-login", "--allow-private-addresses"]) { url in
                func asked(_ path: String, _ json: String? = nil) throws -> Document {
                    let body = json.map { ["--json", $0] } ?? []
                    let answer = try curl(["-H", "X-API-Key: \(key)"] + body + ["\(url)/sieve/v1/\(path)"])
                    return try JSON.parse(answer.body).objectValue ?? [:]
                }
                if !isSecond {
                    _ = try asked("init_project", #"{"project_name": "p", "config": {"fps": 1}}"#)
                    let job = try asked(
                        "push_video",
                        #"{"project_name": "p", "video_name": "v", "video_url": "\#(videos.root)/v.mp4"}"#)
                    let id = try #require(job["job_id"]?.stringValue, "\(job.json)")
                    var status: Value?
                    while status != "finished" && status != "failed" {
                        status = try asked("get_job_status?project_name=p&job_id=\(id)")["status"]
                    }
                    #expect(status == "finished")
                }
                let frames = try asked("get_metadata?project_name=p")["metadata"]?.arrayValue ?? []
                let signed = try #require(frames.last?.objectValue?["signed_url"]?.stringValue)
                let target = try #require(
                    signed.firstRange(of: "/sieve/").map { String(signed[$0.lowerBound...]) })
                let shown = try curl([url + target])
                #expect(shown.status == "200" && shown.body.starts(with: [0xFF, 0xD8, 0xFF]))
                // The key outlasts the server.
                if isSecond { #expect(try curl([url + kept]).status == "200") }
                kept = target
                let number = try #require(frames.last?.objectValue?["frame_number"]?.integerValue)
                for forged in [
                    target.replacing("/\(number)?", with: "/0?"),
                    target.replacing("expires=", with: "expires=9"),
                    String(target.dropLast(2)) + "xx", String(target.dropLast(64)) + "00",
                ] {
                    #expect(try curl([url + forged]).status == "403", "\(forged)")
                }
                #expect(try curl([url + String(target.prefix { $0 != "?" })]).status == "400")
                #expect(
                    try curl(["\(url)/sieve/v1/frame?project_name=p&video_name=v&frame_number=0"]).status
                        == "401")
            }
        }
    }

    @Test func `what was pushed as the server ended is done by the next, and what was cut short is removed`()
        throws
    {
        let folder = try TemporaryFolder()
        let video = try moving(in: folder)
        let fovea = try Fovea()
        func curl(_ arguments: [String]) throws -> Document {
            let outcome = try Program.run("/usr/bin/curl", ["--noproxy", "*", "-s"] + arguments)
            return try JSON.parse([UInt8](outcome.output)).objectValue ?? [:]
        }
        var job = ""
        try serve(fovea) { url in
            let base = "\(url)/sieve/v1/"
            _ = try curl(["--json", #"{"project_name": "p"}"#, base + "init_project"])
            let upload = try #require(
                try curl([base + "create_local_upload_url"])["upload_url"]?.stringValue)
            let sent = try curl(["-T", video.path.string, upload])
            #expect(sent["size_bytes"]?.integerValue ?? 0 > 1_000, "\(sent.json)")
            let pushed = try curl([
                "--json", #"{"project_name": "p", "video_name": "v", "video_url": "\#(upload)"}"#,
                base + "push_video",
            ])
            job = try #require(pushed["job_id"]?.stringValue, "\(pushed.json)")
        }
        let uploads = FilePath(fovea.store).appending("uploads")
        try Data([1]).write(to: URL(fileURLWithPath: uploads.appending("cut.part").string))
        try serve(fovea) { url in
            var status: Value?
            while status != "finished" && status != "failed" {
                status = try curl([
                    "\(url)/sieve/v1/get_job_status?project_name=p&job_id=\(job)"
                ])["status"]
            }
            #expect(status == "finished")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: uploads.string).isEmpty)
    }
}
