import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Cutting videos, and making them of pictures and segments, by the commands.
@Suite(.onOwnThreads, .serialized, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoCutTests {
    private func objects(_ outcome: Fovea.Outcome) throws -> [Document] {
        try outcome.text.split(separator: "\n").map { try #require(try JSON.parse(String($0)).objectValue) }
    }

    /// 10 s at 25 frames a second that all differ, a keyframe every 2 s.
    private func counting(_ name: String, seconds: Int = 10, in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            name,
            [
                "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=\(seconds)", "-pix_fmt", "yuv420p", "-c:v",
                "libx264", "-g", "50", "-bf", "2", "-threads", "1",
            ], in: folder)
    }

    private func add(_ video: TestVideo, to fovea: Fovea) throws -> String {
        #expect(try fovea.run("add", video.path.string).status == 0)
        return try #require(
            try objects(try fovea.run("find", "--class", "Video", "--json")).last?["_uniqueid"]?.stringValue)
    }

    @Test func `a part is encoded exactly, copied from the keyframe on, or kept as a clip without a copy`()
        throws
    {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let id = try add(counting("all.mp4", in: folder), to: fovea)
        let file = folder.url.appendingPathComponent("part.mkv").path
        let cut = try fovea.run("video", "cut", id, "--from", "60", "--to", "85", "-o", file, "--json")
        let told = try #require(try objects(cut).first, "\(cut.errors)")
        #expect(told["start_frame"] == 60 && told["stop_frame"] == 85 && told["frames"] == 25)
        #expect(told["duration"]?.floatValue == 1)
        let copied = try fovea.run(
            "video", "cut", id, "--start", "2.4", "--end", "3.4", "--copy", "-o", file + ".mp4", "--json")
        let copy = try #require(try objects(copied).first, "\(copied.errors)")
        #expect(copy["start_frame"] == 50 && (copy["stop_frame"]?.integerValue ?? 0) >= 85)

        // What was written has the frames of the whole: the copied ones to the bit.
        #expect(try fovea.run("add", file, file + ".mp4").status == 0)
        let ids = try objects(try fovea.run("find", "--class", "Video", "--json")).compactMap {
            $0["_uniqueid"]?.stringValue
        }
        try #require(ids.count == 3)
        func sums(_ id: String, _ from: Int, _ to: Int) throws -> [Value?] {
            try objects(
                try fovea.run(
                    "video", "frames", id, "--from", "\(from)", "--to", "\(to)", "--json")
            ).map { $0["crc"] }
        }
        let whole = try sums(id, 50, 85)
        let others = try ids[1...].map { try objects(try fovea.run("video", "probe", $0, "--json"))[0] }
        let counts = others.map { $0["frame_count"] }
        #expect(counts.contains(.integer(25)), "\(counts)")
        let copyID = try #require(
            zip(ids[1...], others).first { $0.1["path"]?.stringValue?.hasSuffix(".mp4") == true }?.0)
        #expect(try sums(copyID, 0, 35) == whole)

        let clip = try fovea.run(
            "video", "cut", id, "--start", "2", "--end", "4", "--clip", "--label", "crossing", "--property",
            "light=day", "--json")
        let made = try #require(try objects(clip).first, "\(clip.errors)")
        #expect(made["start_frame"] == 50 && made["stop_frame"] == 100 && made["stop_time"] == .float(4))
        let clipID = try #require(made["_uniqueid"]?.stringValue)
        let found = try objects(try fovea.run("find", "--class", "Clip", #"{"label": "crossing"}"#, "--json"))
        #expect(found.first?["light"] == "day" && found.first?["video"] == .string(id))
        // A clip is cut by its own time.
        let piece = try fovea.run(
            "video", "cut", clipID, "--from", "10", "--to", "20", "-o", file + ".avi", "--json")
        #expect(try objects(piece).first?["start_frame"] == 60, "\(piece.errors)")

        for (arguments, message) in [
            (["--from", "300", "-o", file], "frames 0 to 249"), (["-o", folder.url.path + "/x.txt"], "mp4"),
            (["--from", "0", "-o", "/nowhere/x.mp4"], "cannot be made"),
        ] {
            let refused = try fovea.run(["video", "cut", id] + arguments)
            #expect(refused.status != 0 && refused.errors.contains(message), "\(refused.errors)")
        }
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `pictures of cameras become videos with their times, once`() throws {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let root = folder.url.appendingPathComponent("cameras")
        for camera in ["gate", "yard"] {
            let place = root.appendingPathComponent(camera)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let video = try counting("\(camera).mp4", seconds: 1, in: folder)
            let split = try Program.run(
                "ffmpeg",
                ["-v", "error", "-i", video.path.string, "-frames:v", "8", place.path + "/%d.jpg"])
            #expect(split.status == 0)
            for number in 1...8 {
                let file = place.appendingPathComponent("\(number).jpg")
                // Half a second apart, with a pause of a minute in the middle.
                let time = 1_700_000_000_000 + number * 500 + (number > 4 ? 60_000 : 0)
                try FileManager.default.moveItem(at: file, to: place.appendingPathComponent("\(time).jpg"))
            }
        }
        try Data("no picture".utf8).write(to: root.appendingPathComponent("gate/1700000000700.jpg"))
        let made = try fovea.run("video", "sequence", root.path, "--gap", "10", "--json")
        let lines = try objects(made)
        #expect(made.status == 1 && lines.map { $0["frames"] } == [4, 4, 4, 4], "\(made.text)")
        #expect(lines.map { $0["camera"] } == ["gate", "gate", "yard", "yard"])
        #expect(lines[0]["failed"]?.arrayValue?.count == 1)
        let videos = try objects(try fovea.run("find", "--class", "Video", #"{"camera": "gate"}"#, "--json"))
        #expect(videos.map { $0["frame_count"] } == [4, 4])
        #expect(videos.allSatisfy { $0["codec"] == "mjpeg" && abs(($0["fps"]?.floatValue ?? 0) - 2) < 0.01 })
        #expect(videos[0]["captured_at"]?.json.contains("2023-11-14T22:13:20.5") == true, "\(videos[0].json)")
        let again = try fovea.run("video", "sequence", root.path, "--gap", "10", "--json")
        #expect(try objects(again).allSatisfy { $0["verdict"] == "duplicate" }, "\(again.text)")
    }

    @Test func `segments of a folder are added once as they are finished, also by the next watcher`() throws {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let clips = folder.url.appendingPathComponent("clips").path
        let whole = try counting("day.mp4", in: folder)
        // Keyframes are 2 s apart: clips of at least 3 s have 4.
        let recorded = try fovea.run(
            "video", "record", whole.path.string, "-o", clips, "--every", "3", "--ring", "2", "--json")
        let written = try objects(recorded)
        #expect(written.map { $0["start_frame"] } == [0, 100, 200], "\(recorded.errors)")
        #expect(
            written.map { $0["file"]?.stringValue?.split(separator: "/").last } == [
                "day-0.mkv", "day-1.mkv", "day-0.mkv",
            ])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: clips).sorted() == ["day-0.mkv", "day-1.mkv"])

        let first = try fovea.run("video", "watch", clips, "--settle", "0.2", "--once", "--json")
        #expect(
            try objects(first).filter { $0["verdict"] == "added" }.count == 2, "\(first.text) \(first.errors)"
        )
        let second = try fovea.run("video", "watch", clips, "--settle", "0.2", "--once", "--json")
        #expect(second.status == 0 && second.text.isEmpty, "\(second.text)")
        #expect(try fovea.run("count", "--class", "Video").text.hasPrefix("2"))
    }
}
