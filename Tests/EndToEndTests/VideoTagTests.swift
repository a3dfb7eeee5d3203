import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Tags of frames and their statistics, by the commands.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoTagTests {
    /// 10 s at 25 frames a second: black for `dark` seconds, then white.
    private func video(_ name: String, dark: Int, in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            name,
            [
                "-f", "lavfi", "-i", "color=c=black:s=160x120:r=25:d=\(dark)", "-f", "lavfi", "-i",
                "color=c=white:s=160x120:r=25:d=\(10 - dark)", "-filter_complex",
                "[0][1]concat=n=2,format=yuv420p", "-c:v", "libx264", "-threads", "1",
            ], in: folder)
    }

    private func objects(_ outcome: Fovea.Outcome) throws -> [Document] {
        try outcome.text.split(separator: "\n").map { try #require(try JSON.parse(String($0)).objectValue) }
    }

    private func number(_ value: Value?) -> Double { value?.floatValue ?? .nan }

    @Test func `frames are tagged in intervals once, and counted exactly, all and a part of them`() throws {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        for (name, dark) in [("night.mp4", 8), ("day.mp4", 2)] {
            let file = try video(name, dark: dark, in: folder)
            let added = try fovea.run("add", file.path.string, "--property", "at=\(name)")
            #expect(added.status == 0, "\(added.errors)")
        }
        let tagged = try fovea.run("video", "tag", "--json")
        #expect(tagged.status == 0, "\(tagged.errors)")
        let ids = try objects(try fovea.run("find", "--class", "Video", "--json"))
            .compactMap { $0["_uniqueid"]?.stringValue }
        try #require(ids.count == 2)
        let said = try objects(try fovea.run("video", "intervals", ids[0], "--json"))
        let light = said.filter { $0["tag"]?.stringValue?.hasPrefix("lighting:") == true }
        // One frame a second is looked at: the picture changes with the one at 8 s.
        #expect(light.map { $0["tag"] } == ["lighting:night", "lighting:day"])
        #expect(light.map { $0["start_frame"] } == [0, 200] && light.map { $0["end_frame"] } == [199, 249])
        #expect(light.map { $0["end_time"] } == [.float(8), .float(10)])
        #expect(number(light[0]["value"]) < 0.01 && number(light[1]["value"]) > 0.99)
        #expect(light.allSatisfy { $0["source"] == "tagger:lighting@1" })
        let tags = Set(said.compactMap { $0["tag"]?.stringValue?.split(separator: ":").first })
        #expect(tags.isSuperset(of: ["blur", "sharpness", "contrast", "brightness", "noise"]), "\(tags)")

        // Tagged once; again where that is asked for.
        let second = try fovea.run("video", "tag", "--json")
        #expect(!second.text.contains("verdict"), "\(second.text)")
        let anew = try fovea.run("video", "tag", ids[0], "--tagger", "lighting", "--every", "250", "--again")
        #expect(anew.status == 0, "\(anew.errors)")
        let coarse = try objects(
            try fovea.run("video", "intervals", ids[0], "--tag", "lighting:night", "--json"))
        #expect(coarse.map { $0["end_frame"] } == [249])
        #expect(
            try fovea.run(
                "video", "tag", ids[0], "--tagger", "lighting", "--every", "25", "--again"
            ).status == 0)

        let told = try fovea.run("video", "stats", "--subset", #"{"at": "day.mp4"}"#, "--per-video", "--json")
        let answer = try #require(try objects(told).first, "\(told.errors)")
        #expect(answer["videos"] == 2 && answer["frames"] == 500 && number(answer["seconds"]) == 20)
        let counted = try #require(answer["tags"]?.arrayValue).compactMap(\.objectValue)
        let night = try #require(counted.first { $0["tag"] == "lighting:night" })
        // 200 and 50 frames of 500; of the one by day 50 of 250.
        #expect(night["frames"] == 250 && number(night["percent"]) == 50 && night["videos"] == 2)
        #expect(night["subset_frames"] == 50 && number(night["subset_percent"]) == 20)
        #expect(number(night["difference"]) == -30)
        let group = answer["groups"]?.arrayValue?.compactMap(\.objectValue).first {
            $0["group"] == "lighting"
        }
        #expect(abs(number(group?["distance"]) - 0.3) < 1e-12)
        let each = try #require(answer["per_video"]?.arrayValue).compactMap(\.objectValue)
        let parts = each.map { $0["tags"]?.objectValue?["lighting:night"]?.objectValue?["percent"] }
        #expect(parts == [.float(80), .float(20)])
        #expect(try fovea.run("video", "stats").text.contains("lighting:night"))

        // Single frames are labelled as pictures are: theirs are the video's.
        let first = try #require(try objects(fovea.run("find", "--class", "Video", "--json")).first)
        let query = """
            [{"FindVideo": {"_ref": 1, "uniqueids": true, "constraints": {"_uniqueid": ["==", "\(first["_uniqueid"]?.stringValue ?? "")"]}}},
             {"AddFrame": {"video_ref": 1, "frame_number": 7}}]
            """
        #expect(try fovea.run("query", query).status == 0)
        let labelled = try fovea.run("label", "--class", "Frame", "--tagger", "lighting", "--json")
        #expect(
            labelled.status == 0 && labelled.text.contains(#""verdict":"labelled""#), "\(labelled.errors)")
        let facets = try objects(
            fovea.run("facets", "--class", "Frame", "--property", "labels.class", "--json"))
        #expect(facets.first?["distinct"] == 1, "\(facets.map(\.json))")

        // What cannot be is said.
        #expect(try fovea.run("label", "--tagger", "motion").errors.contains("motion is found in videos"))
        #expect(try fovea.run("video", "tag", "--tagger", "smell").errors.contains("no tagger 'smell'"))
        #expect(try fovea.run("video", "stats", "--class", "Image").errors.contains("has no frames"))
        #expect(try fovea.run("verify").status == 0)
    }
}
