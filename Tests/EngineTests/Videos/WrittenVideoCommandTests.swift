import Base
import Foundation
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// Videos that the command language writes, as FFmpeg's own programs read them. Frame n of the video that
/// they are made of is gray, with a luma of 16 + 4n.
@Suite(.onOwnThreads, .serialized, .enabled(if: TestVideo.hasTools, "needs ffmpeg"))
struct WrittenVideoCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func client(
        _ dialect: CommandDialect = .aperture, _ more: String = "", _ bytes: [UInt8]? = nil
    ) async throws -> CommandClient {
        let client = try await CommandClient(dialect)
        let added = try await client.ask(
            "[{\"AddVideo\": {\(more)\"properties\": {\"name\": \"count\"}}}]",
            [try bytes ?? TestVideo(counting: 50, in: folder).bytes])
        #expect(added.reply == [["AddVideo": ["status": 0]]], "\(added.reply.json)")
        return client
    }

    /// What FFmpeg's programs say of a file.
    private struct Read {
        var codec: String
        var container: String
        var size: String
        /// By the mean of the luma.
        var numbers: [Int]
        var times: [Double]
        var keyframes: [Int]
    }

    private func read(_ bytes: [UInt8]) throws -> Read {
        let path = folder.path.appending("\(UUID().uuidString).video").string
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        func probe(_ entries: String) throws -> String {
            try Program.run(
                "ffprobe",
                ["-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0", path]
            ).text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let stream = try probe("stream=codec_name,width,height").split(separator: ",").map(String.init)
        let side = try #require(stream.count >= 3 ? Int(stream[1]) : nil)
        let height = try #require(Int(stream[2]))
        let raw = try Program.run(
            "ffmpeg",
            [
                "-v", "error", "-i", path, "-fps_mode", "passthrough", "-vf",
                "format=yuv420p,extractplanes=y",
                "-f", "rawvideo", "-",
            ])
        let samples = [UInt8](raw.output)
        #expect(samples.count % (side * height) == 0, "\(raw.errors)")
        let keys = try probe("frame=key_frame").split(separator: "\n")
        return Read(
            codec: stream[0],
            container: try probe("format=format_name").trimmingCharacters(in: ["\""]),
            size: "\(side)x\(height)",
            numbers: stride(from: 0, to: samples.count, by: side * height).map { start in
                let frame = samples[start..<start + side * height]
                let mean = Double(frame.reduce(0) { $0 + Int($1) }) / Double(frame.count)
                return Int(((mean - 16) / 4).rounded())
            },
            times: try probe("frame=best_effort_timestamp_time").split(separator: "\n").compactMap {
                Double($0.split(separator: ",")[0])
            }, keyframes: keys.indices.filter { keys[$0].hasPrefix("1") })
    }

    @Test(arguments: [
        (#""as_codec": "xvid""#, "mpeg4", "mov,mp4"), (#""as_container": "mov""#, "h264", "mov,mp4"),
        (#""as_container": "avi""#, "h264", "avi"),
        (#""as_codec": "xvid", "as_container": "avi""#, "mpeg4", "avi"),
    ])
    func `a video is returned in another codec and container`(
        _ asked: String, _ codec: String, _ container: String
    ) async throws {
        let client = try await client()
        let found = try await client.ask("[{\"FindVideo\": {\"blobs\": true, \(asked)}}]")
        let video = try read(try #require(found.blobs.first, "\(found.reply.json)"))
        #expect(video.codec == codec && video.container.hasPrefix(container))
        #expect(video.numbers == Array(0..<50))
        for (number, time) in video.times.enumerated() { #expect(abs(time - Double(number) / 25) < 1e-4) }
        // Once more it comes from the cache.
        #expect(try await client.ask("[{\"FindVideo\": {\"blobs\": true, \(asked)}}]").blobs == found.blobs)
    }

    @Test func `packets are copied where only the container is another`() async throws {
        let client = try await client()
        let blob = try await client.ask(#"[{"FindVideo": {"blobs": true, "as_container": "mov"}}]"#).blobs[0]
        let path = folder.path.appending("copied.mov")
        try Data(blob).write(to: URL(fileURLWithPath: path.string))
        func packets(_ path: FilePath) throws -> String {
            try Program.run(
                "ffmpeg", ["-v", "error", "-i", path.string, "-c", "copy", "-f", "framehash", "-"]
            ).text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
                $0.split(separator: ",").last
            }.joined(separator: "\n")
        }
        #expect(try packets(path) == packets(TestVideo(counting: 50, in: folder).path))
    }

    @Test(arguments: [
        (#"{"type": "interval", "start": 5, "stop": 30, "step": 10}"#, [5, 15, 25]),
        (#"{"type": "interval", "start": 45, "stop": 99}"#, [45, 46, 47, 48, 49]),
        // Of every other one from 10 on the fourth and fifth.
        (
            #"{"type": "interval", "start": 10, "stop": 40, "step": 2}, {"type": "interval", "start": 3, "stop": 5}"#,
            [16, 18]
        ),
        (#"{"type": "preview", "max_frame_count": 3}"#, [0, 1, 2]),
        (#"{"type": "preview", "max_time_fraction": 0.1}"#, [0, 1, 2, 3, 4]),
        (#"{"type": "preview", "max_time_offset": "00:00:00.120"}"#, [0, 1, 2]),
        (
            #"{"type": "interval", "start": 20, "stop": 40}, {"type": "preview", "max_time_fraction": 0.1}"#,
            [20, 21]
        ),
    ])
    func `operations leave the frames that they say`(_ operations: String, _ numbers: [Int]) async throws {
        let client = try await client()
        let found = try await client.ask(
            "[{\"FindVideo\": {\"blobs\": true, \"operations\": [\(operations)]}}]")
        let video = try read(try #require(found.blobs.first, "\(found.reply.json)"))
        #expect(video.numbers == numbers && video.codec == "h264")
        for (time, number) in zip(video.times, numbers) {
            #expect(abs(time - Double(number - numbers[0]) / 25) < 1e-4)
        }
    }

    @Test(arguments: [
        (#"{"type": "resize", "width": 32, "height": 24}"#, "32x24", Array(0..<50)),
        (#"{"type": "crop", "x": 8, "y": 8, "width": 40, "height": 36}"#, "40x36", Array(0..<50)),
        (#"{"type": "rotate", "angle": 90, "resize": true}"#, "48x64", Array(0..<50)),
        (#"{"type": "flip", "code": 1}"#, "64x48", Array(0..<50)),
        // A gray of 128 is that of frame 27.5.
        (
            #"{"type": "threshold", "value": 128}"#, "64x48",
            (0..<50).map { TestVideo.gray(ofFrame: $0) > 128 ? $0 : 0 }
        ),
    ])
    func `operations are done on each frame`(
        _ operation: String, _ size: String, _ numbers: [Int]
    ) async throws {
        let client = try await client()
        let found = try await client.ask(
            "[{\"FindVideo\": {\"blobs\": true, \"operations\": [\(operation)]}}]")
        let video = try read(try #require(found.blobs.first, "\(found.reply.json)"))
        #expect(video.size == size && video.numbers == numbers)
    }

    @Test func `a preview has no more bytes than it may`() async throws {
        let noise = try TestVideo(
            "noise.mp4",
            ["-f", "lavfi", "-i", "nullsrc=size=128x96:rate=25:duration=2,geq=random(1)*255:128:128"],
            in: folder)
        let client = try await client(.aperture, "", try noise.bytes)
        let whole = try noise.bytes.count
        let most = whole / 3
        let found = try await client.ask(
            #"[{"FindVideo": {"blobs": true, "operations": [{"type": "preview", "max_size_mb": \#(Double(most) / 1e6)}]}}]"#
        )
        let blob = try #require(found.blobs.first, "\(found.reply.json)")
        #expect(blob.count <= most && blob.count > most / 2)
        let fits = try await client.ask(
            #"[{"FindVideo": {"blobs": true, "operations": [{"type": "preview", "max_size_mb": 10}]}}]"#)
        #expect(try fits.blobs == [noise.bytes])
    }

    @Test func `the blob of a clip is a video of its frames`() async throws {
        let client = try await client()
        _ = try await client.ask(
            """
            [{"FindVideo": {"_ref": 1}},
             {"AddClip": {"video_ref": 1, "frame_number_range": {"start": 13, "stop": 31}, "label": "middle"}},
             {"AddClip": {"video_ref": 1, "frame_number_range": {"start": 40, "stop": 49}, "label": "end"}}]
            """)
        let clip = try await client.ask(#"[{"FindClip": {"with_label": "middle", "blobs": true}}]"#)
        #expect(try read(clip.blobs[0]).numbers == Array(13...31), "\(clip.reply.json)")
        let end = try await client.ask(#"[{"FindClip": {"with_label": "end", "blobs": true}}]"#)
        #expect(try read(end.blobs[0]).numbers == Array(40...49))
        let part = try await client.ask(
            #"[{"FindClip": {"with_label": "middle", "blobs": true, "as_container": "avi", "operations": [{"type": "interval", "start": 2, "stop": 9, "step": 3}, {"type": "resize", "scale": 0.5}]}}]"#
        )
        let video = try read(try #require(part.blobs.first, "\(part.reply.json)"))
        #expect(video.numbers == [15, 18, 21] && video.container == "avi" && video.size == "32x24")
    }

    @Test func `what was asked for when it was added is what is kept`() async throws {
        let client = try await client(
            .vdms,
            #""codec": "xvid", "container": "avi", "index_frames": true, "operations": [{"type": "interval", "start": 0, "stop": 50, "step": 2}, {"type": "resize", "width": 32, "height": 24}], "#
        )
        let found = try await client.ask(#"[{"FindVideo": {}}]"#)
        let video = try read(try #require(found.blobs.first))
        #expect(video.codec == "mpeg4" && video.container == "avi" && video.size == "32x24")
        #expect(video.numbers == Array(stride(from: 0, to: 50, by: 2)))
        #expect(
            try await client.ask(#"[{"FindVideo": {"codec": "xvid", "container": "avi"}}]"#).blobs
                == found.blobs)
        let keyframes = try await client.first(
            #"[{"FindEntity": {"class": "VD:KF", "results": {"list": ["VD:frameIndex"], "sort": "VD:frameIndex"}}}]"#
        )
        #expect(
            keyframes["entities"]?.arrayValue?.compactMap { $0.objectValue?["VD:frameIndex"]?.integerValue }
                == video.keyframes.map(Int64.init), "\(keyframes.json)")
    }

    @Test(arguments: [
        (#"{"type": "crop", "x": 40, "y": 0, "width": 30, "height": 10}"#, "64"),
        (#"{"type": "interval", "start": 50, "stop": 60}"#, "frames are 0 to 49"),
        (#"{"type": "preview", "max_time_fraction": 0}"#, "preview"),
    ])
    func `what cannot be done is refused with its command`(_ operation: String, _ told: String) async throws {
        let client = try await client()
        let failure = try await client.failure(
            "[{\"FindEntity\": {\"with_class\": \"x\"}}, {\"FindVideo\": {\"blobs\": true, \"operations\": [\(operation)]}}]"
        )
        let info = failure["info"]?.stringValue ?? ""
        #expect(info.contains("FindVideo") && info.contains(told) && failure["command_index"] == 1, "\(info)")
        let added = try await client.failure(
            "[{\"AddVideo\": {\"operations\": [\(operation)]}}]",
            [try TestVideo(counting: 50, in: folder).bytes])
        #expect(added["info"]?.stringValue?.contains("AddVideo") == true, "\(added.json)")
    }

    @Test func `a codec goes into no container that cannot hold it`() async throws {
        let client = try await client(.vdms)
        let failure = try await client.failure(#"[{"FindVideo": {"codec": "h263", "container": "mp4"}}]"#)
        #expect(failure["FailedCommand"] == "FindVideo" && failure["status"] == -1)
        #expect(failure["info"]?.stringValue?.contains("mov") == true, "\(failure.json)")
        let odd = try await client.failure(
            #"[{"FindVideo": {"codec": "h263", "operations": [{"type": "resize", "width": 33, "height": 20}]}}]"#
        )
        #expect(odd["info"]?.stringValue?.contains("multiples of 4") == true, "\(odd.json)")
        let none = try await client.failure(#"[{"AddVideo": {}}]"#, [Array("nothing".utf8)])
        #expect(none["FailedCommand"] == "AddVideo" && none["status"] == -1)
    }

    @Test func `what fails while it is handed out names its command`() async throws {
        // The frames of an AVI are all shown equally long, which these are not.
        let uneven = try TestVideo(
            "uneven.mp4",
            [
                "-f", "lavfi", "-i", "color=black:size=64x48:rate=1000:duration=3", "-vf",
                "select='not(mod(n\\,37))+not(mod(n\\,1009))'", "-fps_mode", "passthrough", "-enc_time_base",
                "1:1000", "-video_track_timescale", "1000",
            ], in: folder)
        for (dialect, member, value) in [
            (CommandDialect.vdms, "FailedCommand", Value.string("FindVideo")),
            (.aperture, "command_index", 1),
        ] {
            let client = try await client(dialect, "", try uneven.bytes)
            let container = dialect == .vdms ? #""container""# : #""blobs": true, "as_container""#
            let first = dialect == .vdms ? "class" : "with_class"
            let failure = try await client.failure(
                "[{\"FindEntity\": {\"\(first)\": \"x\"}}, {\"FindVideo\": {\(container): \"avi\"}}]")
            #expect(failure[member] == value, "\(failure.json)")
            #expect(failure["info"]?.stringValue?.contains("avi") == true, "\(failure.json)")
        }
    }
}
