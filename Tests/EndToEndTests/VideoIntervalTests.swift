import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Motion in videos, by the commands.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoIntervalTests {
    /// 20 s at 25 frames a second in which a box crosses a still picture from second 6 to 10.
    private func scene(in folder: TemporaryFolder) throws -> TestVideo {
        try TestVideo(
            "scene.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x607080:s=320x180:r=25:d=20", "-f", "lavfi", "-i",
                "color=c=0x201008:s=40x60:r=25:d=20", "-filter_complex",
                "[0][1]overlay=x='if(between(t,6,10),20+(t-6)*60,-100)':y=60,format=yuv420p", "-c:v",
                "libx264",
                "-g", "50", "-threads", "1",
            ], in: folder)
    }

    private func add(_ video: TestVideo, to fovea: Fovea) throws -> String {
        #expect(try fovea.run("add", video.path.string).status == 0)
        let found = try objects(try fovea.run("find", "--class", "Video", "--json"))
        return try #require(found.first?["_uniqueid"]?.stringValue)
    }

    private func objects(_ outcome: Fovea.Outcome) throws -> [Document] {
        try outcome.text.split(separator: "\n").map { try #require(try JSON.parse(String($0)).objectValue) }
    }

    @Test func `the stretches in which something moves are found once, kept, and taken back with their run`()
        throws
    {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let id = try add(scene(in: folder), to: fovea)

        let found = try fovea.run("video", "intervals", id, "--tag", "motion", "--json")
        let intervals = try objects(found)
        let interval = try #require(intervals.first)
        #expect(intervals.count == 1 && interval["tag"] == "motion", "\(found.text)")
        let (start, end) = (
            try #require(interval["start_time"]?.floatValue), try #require(interval["end_time"]?.floatValue)
        )
        // Samples lie a fifth of a second apart: neither end is further off than two of them.
        #expect(abs(start - 6) <= 0.4 && abs(end - 10) <= 0.4, "\(start) to \(end)")
        let frames = (interval["start_frame"]?.integerValue ?? 0, interval["end_frame"]?.integerValue ?? 0)
        #expect(abs(Double(frames.0) / 25 - start) < 1e-6 && abs(Double(frames.1 + 1) / 25 - end) < 1e-6)
        #expect(interval["source"] == "tagger:motion@1")

        // Found once: the second time the same label is told.
        let again = try fovea.run("video", "intervals", id, "--json")
        #expect(again.text == found.text)
        // Looked at once more, another label says the same.
        let anew = try fovea.run("video", "intervals", id, "--tag", "motion", "--again", "--json")
        let other = try #require(try objects(anew).first)
        #expect(try objects(anew).count == 1 && other["label"] != interval["label"])
        #expect(other["start_frame"] == interval["start_frame"])
        let run = try #require(other["run"]?.integerValue)
        #expect(try fovea.run("labels", "--class", "Video", "--json").text.contains("interval"))
        #expect(try fovea.run("verify").status == 0)
        #expect(try fovea.run("revert", "\(run)").status == 0)
        #expect(try objects(try fovea.run("video", "intervals", id, "--json")) != [other])
        #expect(try fovea.run("video", "intervals", id, "--tag", "dog", "--json").text.isEmpty)
    }

    @Test func `questions ask for what moves in a part of the picture, once it was looked for`() throws {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let id = try add(scene(in: folder), to: fovea)
        #expect(try fovea.run("video", "intervals", id, "--tag", "motion").status == 0)
        func asked(_ x: Int, _ width: Int) throws -> [Document] {
            try objects(
                try fovea.run(
                    "video", "intervals", "--json", "--query",
                    #"{"tag": "motion", "in_rectangle": {"x": \#(x), "y": 0, "width": \#(width), "height": 180}, "bridge": 1}"#
                ))
        }
        // The box is 40 wide and goes from 20 to 260, 60 pixels a second: it leaves the left quarter, which
        // ends at 80, when its left edge does, and is in the right one, from 240 on, when its right edge is.
        let left = try asked(0, 80)
        let (begin, end) = (
            left.first?["start_time"]?.floatValue ?? 0, left.first?["end_time"]?.floatValue ?? 0
        )
        #expect(left.count == 1 && abs(begin - 6) <= 0.4 && abs(end - 7) <= 0.6, "\(left.map(\.json))")
        let right = try asked(240, 80)
        let from = right.first?["start_time"]?.floatValue ?? 0
        #expect(right.count == 1 && abs(from - (6 + 180 / 60)) <= 0.6, "\(right.map(\.json))")
        #expect(try asked(0, 320).count == 1)
        let above = try fovea.run(
            "video", "intervals", "--query",
            #"{"tag": "motion", "in_rectangle": {"x": 0, "y": 0, "width": 320, "height": 30}}"#, "--json")
        #expect(above.text.isEmpty, "\(above.text)")
        // Where it was forgotten, the question says what to do, and that helps.
        try FileManager.default.removeItem(atPath: fovea.store + "/motion")
        let refused = try fovea.run(
            "video", "intervals", "--query",
            #"{"tag": "motion", "in_rectangle": {"x": 0, "y": 0, "width": 80, "height": 180}}"#)
        #expect(
            refused.status != 0 && refused.errors.contains("fovea video intervals \(id) --tag motion --again")
        )
        #expect(try fovea.run("video", "intervals", id, "--tag", "motion", "--again").status == 0)
        #expect(try asked(0, 80).count == 1)
    }

    @Test func `how much moves is told for each frame that was looked at`() throws {
        let folder = try TemporaryFolder()
        let fovea = try Fovea()
        let id = try add(scene(in: folder), to: fovea)
        let told = try fovea.run("video", "motion", id, "--json")
        let samples = try objects(told)
        let times = samples.compactMap { $0["time"]?.floatValue }
        #expect(times.count == samples.count && times == times.sorted() && times.count >= 10)
        for sample in samples {
            let (time, score) = (sample["time"]?.floatValue ?? -1, sample["score"]?.floatValue ?? -1)
            #expect((0...1).contains(score))
            // The box covers 2,400 of 57,600 pixels, and moves by less than its width from sample to sample.
            if (6.5...9.5).contains(time) { #expect(score > 0.005 && score < 0.15, "\(time): \(score)") }
            if time < 5.5 || time > 10.5 { #expect(score < 0.0005, "\(time): \(score)") }
        }
        #expect(try fovea.run("video", "motion", "9.0.1").status != 0)
    }
}
