import Foundation
import Media
import TestSupport
import Testing

/// JPEGs of a camera become a video with their bytes untouched.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct JPEGSequenceTests {
    let folder: TemporaryFolder
    let pictures: [[UInt8]]

    init() throws {
        folder = try TemporaryFolder()
        let made = try Program.run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=0.2", "-q:v", "3",
                folder.url.appendingPathComponent("%d.jpg").path,
            ])
        #expect(made.status == 0)
        let folder = folder
        pictures = try (1...5).map {
            [UInt8](try Data(contentsOf: folder.url.appendingPathComponent("\($0).jpg")))
        }
    }

    /// Microseconds since 1970 of five pictures.
    private let times: [Int64] = [0, 40_000, 1_500_123, 1_501_500, 9_000_000].map {
        1_700_000_000_000_000 + $0
    }

    @Test(arguments: [VideoContainer.mkv, .mov, .mp4])
    func `the packets are the files, and are shown at their times`(_ container: VideoContainer) throws {
        let path = folder.url.appendingPathComponent("out.\(container)").path
        let file = try VideoFile(path)
        let sequence = try JPEGSequence(
            container, of: PixelSize(width: 160, height: 120), rate: 5, to: file)
        for (picture, time) in zip(pictures, times) { try sequence.add(picture, at: time) }
        try sequence.finish()
        try file.commit()
        #expect(sequence.count == 5)
        for (number, picture) in pictures.enumerated() {
            let found = folder.url.appendingPathComponent("found.jpg")
            let outcome = try Program.run(
                "ffmpeg",
                [
                    "-v", "error", "-y", "-i", path, "-map", "0:v:0", "-c", "copy", "-bsf:v",
                    "noise=drop=not(eq(n\\,\(number)))", "-f", "rawvideo", found.path,
                ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect([UInt8](try Data(contentsOf: found)) == picture, "picture \(number)")
        }
        let unit = container == .mkv ? 0.000_501 : 0.000_002
        for (found, time) in zip(try WrittenVideo.times(path), times) {
            #expect(abs(found - Double(time - times[0]) / 1e6) <= unit)
        }
        let index = try VideoReader(FileVideo(path)).index()
        #expect(index.count == 5 && index.keyframes.count == 5)
        #expect(abs(index.duration.seconds - 9.2) < 0.001)
    }

    @Test func `what does not fit is refused, and what was added stays`() throws {
        let buffer = VideoBuffer(maxBytes: 1 << 20)
        let sequence = try JPEGSequence(of: PixelSize(width: 160, height: 120), rate: 5, to: buffer)
        #expect(throws: MediaError.self) { try sequence.finish() }
        try sequence.add(pictures[0], at: 1_000)
        let small = try ImageCodec.encode(
            Raster(width: 8, height: 8, channels: 1, pixels: [UInt8](repeating: 9, count: 64)), as: .jpeg())
        for (bytes, time, words) in [
            (small, Int64(90_000), "8×8"), (pictures[1], 1_000, "not behind"),
            (pictures[1], 1_400, "not behind"),
            (pictures[1], 0, "before that of the first"), (Array("no JPEG".utf8), 90_000, "only JPEGs"),
        ] {
            let error = #expect(throws: MediaError.self) { try sequence.add(bytes, at: time) }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        try sequence.add(pictures[1], at: 2_000)
        try sequence.finish()
        #expect(sequence.count == 2)
        for container in [VideoContainer.avi, .webm] {
            #expect(throws: MediaError.self) {
                try JPEGSequence(container, of: PixelSize(width: 8, height: 8), rate: 5, to: buffer)
            }
        }
    }
}
