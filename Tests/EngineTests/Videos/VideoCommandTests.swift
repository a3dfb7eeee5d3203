import Base
import Media
import Query
import TestSupport
import Testing

@testable import Engine

/// Videos in the command language. Frame n of the video is gray by a formula.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func client(_ dialect: CommandDialect = .aperture) async throws -> CommandClient {
        let client = try await CommandClient(dialect)
        let bytes = try TestVideo(counting: 50, in: folder).bytes
        let added = try await client.ask(
            #"[{"AddVideo": {"codec": "h264", "container": "mp4", "properties": {"name": "count", "fps": 7}}}]"#,
            [bytes])
        #expect(added.reply == [["AddVideo": ["status": 0]]])
        return client
    }

    /// Which frame each blob shows.
    private func numbers(_ blobs: [[UInt8]]) throws -> [Int] {
        try blobs.map { blob in
            let gray = Int(try ImageCodec.decode(blob).raster.pixels[0])
            return try #require(
                (0..<50).min {
                    abs(TestVideo.gray(ofFrame: $0) - gray) < abs(TestVideo.gray(ofFrame: $1) - gray)
                })
        }
    }

    @Test func `a video is found with its facts and comes back byte for byte`() async throws {
        let client = try await client()
        let found = try await client.ask(
            #"[{"FindVideo": {"constraints": {"_frame_count": [">", 40]}, "blobs": true, "results": {"list": ["name", "fps", "_fps", "_frame_count", "_frame_width", "_frame_height", "_duration"]}}}]"#
        )
        let reply = found.reply.arrayValue?.first?.objectValue?["FindVideo"]?.objectValue
        #expect(
            reply?["entities"] == [
                [
                    "name": "count", "fps": 7, "_fps": 25.0, "_frame_count": 50, "_frame_width": 64,
                    "_frame_height": 48, "_duration": 2.0, "_blob_index": 0,
                ]
            ], "\(found.reply.json)")
        #expect(try found.blobs == [TestVideo(counting: 50, in: folder).bytes])
        let asIs = try await client.ask(
            #"[{"FindVideo": {"blobs": true, "as_codec": "h264", "as_container": "mp4"}}]"#)
        #expect(asIs.blobs.count == 1)
    }

    @Test func `frames are extracted by number, list and interval`() async throws {
        let client = try await client()
        for (spec, expected) in [
            ("3", [3]), ("[40, 2, 2]", [40, 2, 2]), (#"{"start": 5, "stop": 30, "step": 10}"#, [5, 15, 25]),
            (#"{"start": 47}"#, [47, 48, 49]),
        ] {
            let answer = try await client.ask(
                "[{\"FindVideo\": {\"_ref\": 1}}, {\"ExtractFrames\": {\"video_ref\": 1, \"frame_spec\": \(spec), \"as_format\": \"png\"}}]"
            )
            #expect(try numbers(answer.blobs) == expected, "\(spec): \(answer.reply.json)")
        }
        let failure = try await client.failure(
            #"[{"FindVideo": {"_ref": 1}}, {"ExtractFrames": {"video_ref": 1, "frame_spec": 50}}]"#)
        #expect(failure["info"]?.stringValue?.contains("there is no frame 50") == true)
    }

    @Test func `clips lie in stretches by frames, times and parts`() async throws {
        let client = try await client()
        let added = try await client.ask(
            """
            [{"FindVideo": {"_ref": 1}},
             {"AddClip": {"video_ref": 1, "frame_number_range": {"start": 5, "stop": 14}, "label": "a"}},
             {"AddClip": {"video_ref": 1, "time_offset_range": {"start": "00:00:00.800", "stop": "00:00:01.000"}, "label": "b"}},
             {"AddClip": {"video_ref": 1, "time_fraction_range": {"start": 0.5, "stop": 1.0}, "label": "c"}}]
            """)
        #expect(
            added.reply.arrayValue?.dropFirst() == [
                ["AddClip": ["status": 0]], ["AddClip": ["status": 0]], ["AddClip": ["status": 0]],
            ], "\(added.reply.json)")
        let all = try await client.first(
            #"[{"FindClip": {"labels": true, "frame_numbers": true, "time_offsets": true, "results": {"list": ["_label"], "sort": "_uniqueid"}}}]"#
        )
        let clips = (all["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        #expect(clips.map { $0["_label"] } == ["a", "b", "c"])
        #expect(
            clips.map { $0["_frame_number_range"] } == [
                ["start": 5, "stop": 14], ["start": 20, "stop": 25], ["start": 25, "stop": 49],
            ])
        #expect(clips[1]["_time_offset_range"] == ["start": "00:00:00.800", "stop": "00:00:01.000"])
        for (range, labels) in [
            (#""in_frame_number_range": {"start": 5, "stop": 14}"#, ["a"]),
            (#""in_frame_number_range": {"start": 6, "stop": 49}"#, ["b", "c"]),
            (#""in_time_offset_range": {"start": "00:00:00.800", "stop": "00:00:01.000"}"#, ["b"]),
            (#""in_time_fraction_range": {"start": 0.5, "stop": 1}"#, ["c"]),
            (#""in_time_offset_range": {"start": "00:01:00", "stop": "00:02:00"}"#, []),
        ] {
            let found = try await client.first(
                "[{\"FindClip\": {\(range), \"labels\": true, \"results\": {\"list\": [\"_label\"]}}}]")
            let names = (found["entities"]?.arrayValue ?? []).compactMap {
                $0.objectValue?["_label"]?.stringValue
            }
            #expect(names == labels, "\(range)")
        }
        let frames = try await client.ask(
            #"[{"FindClip": {"with_label": "b", "_ref": 1}}, {"ExtractFrames": {"video_ref": 1, "frame_spec": [0, 5], "as_format": "png"}}]"#
        )
        #expect(try numbers(frames.blobs) == [20, 25])
        #expect(
            try await client.first(
                #"[{"UpdateClip": {"with_label": "a", "frame_number_range": {"start": 0, "stop": 1}}}]"#)[
                    "count"] == 1)
        #expect(
            try await client.first(#"[{"DeleteVideo": {"constraints": {"name": ["==", "count"]}}}]"#)["count"]
                == 1)
        #expect(try await client.first(#"[{"FindClip": {"results": {"count": true}}}]"#)["count"] == 0)
    }

    @Test func `a frame has one entity, pixels, a place and what its video has`() async throws {
        let client = try await client()
        _ = try await client.ask(
            """
            [{"FindVideo": {"_ref": 1}},
             {"AddFrame": {"video_ref": 1, "frame_number": 12, "label": "x", "properties": {"n": 1}}},
             {"AddFrame": {"video_ref": 1, "time_offset": "00:00:01.200", "_ref": 2, "properties": {"n": 2}}},
             {"AddBoundingBox": {"image_ref": 2, "rectangle": {"x": 8, "y": 4, "width": 20, "height": 10}}}]
            """)
        let again = try await client.ask(
            #"[{"FindVideo": {"_ref": 1}}, {"AddFrame": {"video_ref": 1, "frame_number": 30}}]"#)
        #expect(again.reply.arrayValue?[1] == ["AddFrame": ["status": 2, "info": "Object Exists!"]])
        let none = try await client.failure(
            #"[{"FindVideo": {"_ref": 1, "constraints": {"n": ["==", 77]}}}, {"AddFrame": {"video_ref": 1, "frame_number": 3}}]"#
        )
        #expect(
            none["info"]?.stringValue?.contains(
                "AddFrame needs one video, and its video_ref stands for none: no video was found") == true,
            "\(none.json)")
        let found = try await client.ask(
            #"[{"FindFrame": {"blobs": true, "as_format": "png", "frame_numbers": true, "results": {"list": ["n", "name", "frame_number"]}}}]"#
        )
        let entities = found.reply.arrayValue?.first?.objectValue?["FindFrame"]?.objectValue?["entities"]
        #expect(
            entities == [
                [
                    "n": 1, "name": "count", "frame_number": .integer(12), "_frame_number": 12,
                    "_blob_index": 0,
                ],
                [
                    "n": 2, "name": "count", "frame_number": .integer(30), "_frame_number": 30,
                    "_blob_index": 1,
                ],
            ], "\(found.reply.json)")
        #expect(try numbers(found.blobs) == [12, 30])
        let box = try await client.ask(#"[{"FindBoundingBox": {"blobs": true, "as_format": "png"}}]"#)
        let crop = try ImageCodec.decode(box.blobs[0]).raster
        #expect(crop.width == 20 && crop.height == 10)
        #expect(try numbers(box.blobs) == [30])
        let moved = try await client.ask(
            #"[{"UpdateFrame": {"constraints": {"n": ["==", 2]}, "frame_number": 31}}, {"FindFrame": {"in_frame_number_range": {"start": 31, "stop": 40}, "results": {"count": true}}}]"#
        )
        #expect(moved.reply.arrayValue?[1].objectValue?["FindFrame"]?.objectValue?["count"] == 1)
        let taken = try await client.failure(
            #"[{"UpdateFrame": {"constraints": {"n": ["==", 2]}, "frame_number": 12}}]"#)
        #expect(taken["status"] == -1)
    }

    @Test func `VDMS returns frames of videos and indexes keyframes`() async throws {
        let client = try await CommandClient(.vdms)
        let bytes = try TestVideo(counting: 50, in: folder).bytes
        _ = try await client.ask(
            #"[{"AddVideo": {"codec": "h264", "container": "mp4", "index_frames": true, "properties": {"name": "count"}}}]"#,
            [bytes])
        let frames = try await client.ask(
            #"[{"FindFrames": {"constraints": {"name": ["==", "count"]}, "frames": [4, 44], "format": "png"}}]"#
        )
        #expect(try numbers(frames.blobs) == [4, 44], "\(frames.reply.json)")
        let interval = try await client.ask(
            #"[{"FindFrames": {"operations": [{"type": "interval", "start": 0, "stop": 30, "step": 12}, {"type": "resize", "width": 32, "height": 24}], "format": "png"}}]"#
        )
        #expect(try numbers(interval.blobs) == [0, 12, 24])
        #expect(try ImageCodec.decode(interval.blobs[0]).raster.width == 32)
        let keyframes = try await client.first(
            #"[{"FindEntity": {"class": "VD:KF", "results": {"list": ["VD:frameIndex"], "sort": "VD:frameIndex"}}}]"#
        )
        #expect(
            keyframes["entities"]?.arrayValue?.map { $0.objectValue?["VD:frameIndex"] } == [
                0, 10, 20, 30, 40,
            ],
            "\(keyframes.json)")
        let whole = try await client.ask(#"[{"FindVideo": {}}]"#)
        #expect(whole.blobs == [bytes])
    }
}
