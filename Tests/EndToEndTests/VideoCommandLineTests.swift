import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Videos on the command line. Frame n of the videos is gray by a formula.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoCommandLineTests {
    /// The first sample of a raw tensor of bytes.
    private func gray(_ file: URL) throws -> Int { Int(try #require(try contents(of: file).first)) }

    @Test func `a video that was written over says which frames are damaged, and gives the others`() throws {
        let fovea = try Fovea()
        let folder = fovea.folder.url
        let video = try TestVideo(
            "bars.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "120", "-vf",
                "noise=c0s=8:c0f=t:c0_seed=3", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-bf", "0", "-g",
                "12",
                "-sc_threshold", "0", "-threads", "1",
            ], in: fovea.folder)
        var bytes = try video.bytes
        let middle = bytes.count / 2
        bytes.replaceSubrange(middle..<middle + 20_000, with: [UInt8](repeating: 0, count: 20_000))
        try fovea.folder.write(bytes, to: "damaged.mp4")
        let added = try fovea.run("add", folder.appendingPathComponent("damaged.mp4").path, "--json").lines()
        let id = try #require(added.first?["_uniqueid"]?.stringValue)
        let error = try #require(
            try fovea.run("video", "probe", id, "--json").lines().first?["error"]?.stringValue)
        #expect(error.contains("of 120 frames are damaged: "))

        let listed = try fovea.run("video", "frames", id, "--json").lines()
        #expect(listed.map { $0["index"]?.integerValue } == (0..<120).map { $0 })
        let lost = try listed.filter { $0["crc"] == nil }.map {
            try #require($0["frame_number"]?.integerValue)
        }
        #expect(!lost.isEmpty && listed.allSatisfy { $0["crc"] != nil || $0["damaged"] == true })
        let still = folder.appendingPathComponent("still.png").path
        for number in [lost[0], lost[lost.count - 1]] {
            let refused = try fovea.run("get", id, "--frame", "\(number)", "-o", still)
            #expect(refused.status != 0 && refused.errors.contains("frame \(number) of 120 is damaged"))
        }
        #expect(try fovea.run("get", id, "--frame", "119", "-o", still).status == 0)

        let pictures = folder.appendingPathComponent("pictures")
        let written = try fovea.run("video", "frames", id, "-o", pictures.path, "--json")
        #expect(written.status == 1)
        let told = try written.lines()
        #expect(told.filter { $0["damaged"] == true }.map { $0["frame_number"]?.integerValue } == lost)
        #expect(told.count { $0["file"] != nil } == 120 - lost.count)
        #expect(try fovea.run("video", "intervals", id, "--tag", "motion").status == 0)
    }

    @Test(arguments: [
        ["probe"], ["frames"], ["frames", "-o", "FOLDER"], ["motion"], ["intervals", "--tag", "motion"],
    ])
    func `a video that cannot be decoded is named, and does not end the command for others`(
        _ words: [String]
    ) throws {
        let fovea = try Fovea()
        let whole = try TestVideo(counting: 20, name: "whole.mp4", in: fovea.folder)
        // No frame description is left: it is known for a video, and no more.
        let bad = fovea.folder.url.appendingPathComponent("bad.mp4")
        try Data(whole.bytes.prefix(200)).write(to: bad)
        let added = try fovea.run("add", bad.path, whole.path.string, "--json").lines()
        let ids = try added.map { try #require($0["_uniqueid"]?.stringValue) }
        #expect(ids.count == 2)
        let folder = fovea.folder.url.appendingPathComponent("pictures").path
        let arguments = words.map { $0 == "FOLDER" ? folder : $0 }
        let alone = try fovea.run(["video"] + arguments + [ids[1], "--json"])
        #expect(alone.status == 0)
        let both = try fovea.run(["video"] + arguments + ids + ["--json"])
        if words == ["probe"] {
            #expect(both.status == 0)
            return
        }
        #expect(both.status == 1 && both.errors.contains("fovea: \(ids[0]): "), "\(both.errors)")
        #expect(try both.lines().count == alone.lines().count)
        let gone = try fovea.run(["video"] + arguments + [ids[0]])
        #expect(gone.status == 2 && gone.errors.contains(ids[0]), "\(gone.errors)")
        let unknown = try fovea.run(["video"] + arguments + ["\(ids[1])9", ids[0]])
        #expect(unknown.status == 2)
    }

    @Test func `videos are added beside images, found, listed and shown frame by frame`() throws {
        let fovea = try Fovea()
        let folder = fovea.folder.url
        try fovea.folder.write(Picture.ppm(width: 10, height: 8, seed: 1), to: "in/a.ppm")
        try fovea.folder.write(Array("notes".utf8), to: "in/notes.txt")
        let video = try TestVideo(counting: 30, name: "in/count.mp4", in: fovea.folder)
        let verdicts = try fovea.run("add", folder.appendingPathComponent("in").path, "--json").lines()
        #expect(verdicts.map { $0["verdict"] } == ["added", "added", "skipped"])
        let id = try #require(verdicts[1]["_uniqueid"]?.stringValue)

        let again = try fovea.run("add", folder.appendingPathComponent("in/count.mp4").path, "--json").lines()
        #expect(again.map { $0["verdict"] } == ["duplicate"])
        let found = try fovea.run("find", #"{"frame_count": 30}"#, "--class", "Video", "--json").lines()
        #expect(found.map { $0["_uniqueid"]?.stringValue } == [id])
        #expect(try fovea.run("show", id, "--json").lines()[0]["codec"] == "h264")
        #expect(try fovea.run("video", "probe", id, "--json").lines()[0]["duration"] == 1.2)
        #expect(try fovea.run("stats", "--json").lines()[0]["entities"]?.objectValue?["Video"] == 1)

        let frames = try fovea.run("video", "frames", id, "--json").lines()
        let shown = try video.shown
        #expect(frames.map { $0["crc"]?.stringValue } == shown.map(\.crc))
        #expect(frames.map { $0["index"]?.integerValue } == (0..<30).map { $0 })
        let some = try fovea.run("video", "frames", id, "--json", "--no-crc", "--from", "5", "--every", "10")
        #expect(try some.lines().map { $0["index"]?.integerValue } == [5, 15, 25])

        let still = folder.appendingPathComponent("still.u8")
        #expect(
            try fovea.run("get", id, "--frame", "17", "--op", "tensor=u8", "-o", still.path).status == 0)
        #expect(abs(try gray(still) - TestVideo.gray(ofFrame: 17)) <= 1)
        let whole = folder.appendingPathComponent("whole.mp4")
        #expect(try fovea.run("get", id, "-o", whole.path).status == 0)
        #expect(try contents(of: whole) == video.bytes)
        let none = try fovea.run("get", id, "--frame", "30", "-o", still.path)
        #expect(none.status == 64 && none.errors.contains("frames are 0 to 29"))

        let pictures = folder.appendingPathComponent("pictures")
        let written = try fovea.run(
            "video", "frames", id, "--keyframes", "-o", pictures.path, "--format", "png", "--json"
        ).lines()
        #expect(
            written.map { $0["file"]?.stringValue } == ["\(id)-0.png", "\(id)-10.png", "\(id)-20.png"])
        let picture = try contents(of: pictures.appendingPathComponent("\(id)-20.png"))
        #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try fovea.run("video", "frames", id, "-o", pictures.path).status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: pictures.path).count == 33)
        // A folder has the name of the third one.
        let partly = folder.appendingPathComponent("partly")
        try FileManager.default.createDirectory(
            at: partly.appendingPathComponent("\(id)-2.jpg"), withIntermediateDirectories: true)
        let stopped = try fovea.run("video", "frames", id, "-o", partly.path, "--to", "4", "--json")
        #expect(stopped.status == 2 && stopped.errors.contains("cannot write"))
        let names = try FileManager.default.contentsOfDirectory(atPath: partly.path)
        #expect(!names.contains { $0.hasSuffix(".part") } && names.count >= 2)
        #expect(
            try Set(stopped.lines().compactMap { $0["file"]?.stringValue } + ["\(id)-2.jpg"]) == Set(names))
        let refused = try fovea.run(
            "get", id, "--frame", "1", "-o", partly.appendingPathComponent("\(id)-2.jpg").path)
        #expect(refused.status == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: partly.path).count == names.count)
        let encoded = try fovea.run("video", "frames", id, "-o", pictures.path, "--op", "encode=webp")
        #expect(encoded.status == 64 && encoded.errors.contains("--op encode is not for frames: --format"))

        #expect(try fovea.run("verify").status == 0)
        #expect(try fovea.run("delete", id, "--class", "Video").status == 0)
        #expect(try fovea.run("gc").status == 0)
        #expect(try fovea.run("count", "--class", "Video").text == "0\n")
    }
}
