import Foundation
import Media
import TestSupport
import Testing

/// Files that end before they should, of each container that tells how long it is.
@Suite(.onOwnThreads, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct VideoLengthTests {
    static let containers: [(VideoFormat, Footage)] = [
        (.mp4, Footage("MP4", "a.mp4", ["-c:v", "mpeg4"])),
        (.mov, Footage("QuickTime", "a.mov", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"])),
        (.mp4, Footage("MP4 in fragments", "b.mp4", ["-c:v", "mpeg4", "-movflags", "frag_keyframe"])),
        (.mkv, Footage("Matroska", "a.mkv", ["-c:v", "mpeg4"])),
        (.webm, Footage("WebM", "a.webm", ["-c:v", "libvpx", "-deadline", "realtime"])),
        (.avi, Footage("AVI", "a.avi", ["-c:v", "mpeg4"])),
        (.flv, Footage("Flash Video", "a.flv", ["-c:v", "flv1"])),
        (
            .flv,
            Footage(
                "Flash Video with sound", "b.flv",
                ["-f", "lavfi", "-i", "sine=duration=4", "-map", "0", "-map", "1", "-c:v", "flv1"].withSource)
        ),
        (.ogg, Footage("Ogg", "a.ogv", ["-c:v", "libtheora"])),
        (
            .ogg,
            Footage(
                "Ogg with sound", "b.ogv",
                [
                    "-f", "lavfi", "-i", "sine=duration=4", "-map", "0", "-map", "1", "-c:v", "libtheora",
                    "-c:a",
                    "libvorbis",
                ].withSource)
        ),
        (.asf, Footage("Windows Media", "a.wmv", ["-c:v", "wmv2"])),
        (.mxf, Footage("MXF", "a.mxf", ["-c:v", "mpeg2video"])),
    ]

    @Test(arguments: containers)
    func `a file is cut short where it lacks so much as its end`(
        _ format: VideoFormat, _ footage: Footage
    ) throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(fileURLWithPath: footage.make(in: folder)))
        #expect(VideoFormat.sniff(Array(whole.prefix(VideoFormat.sniffedByteCount))) == format)
        #expect(try !format.isCutShort(FileVideo(whole)))
        for count in [whole.count * 6 / 10, whole.count * 9 / 10, whole.count - 1] {
            #expect(try format.isCutShort(FileVideo(whole.prefix(count))), "\(count) of \(whole.count)")
        }
        // Whatever is in it, there is an answer.
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            var damaged = whole.prefix(Int.random(in: 0...600, using: &random))
            for _ in 0..<8 where !damaged.isEmpty {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = try format.isCutShort(FileVideo(Data(damaged)))
        }
    }

    @Test(arguments: ["live.mkv", "live.webm"])
    func `what was written to a pipe tells no length, and lacks nothing`(_ name: String) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "live", name, ["-c:v", "libvpx", "-deadline", "realtime", "-live", "1"]
        ).make(in: folder)
        let format: VideoFormat = name.hasSuffix("webm") ? .webm : .mkv
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(try !format.isCutShort(FileVideo(whole)))
    }
}

extension [String] {
    /// With the picture source that footage has where it names no other.
    fileprivate var withSource: [String] {
        ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4"] + self
    }
}
