import Foundation
import Media
import TestSupport
import Testing

/// Packets that are copied are those of the source.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct VideoCopyTests {
    /// Kinds by their place in ``Footage/kinds``, and what is asked for.
    @Test(
        arguments: [
            (0, 30..<60, .mp4), (0, 25..<26, .mkv), (0, 0..<100, .mov), (1, 30..<45, .mp4),
            (2, 60..<70, .mkv), (3, 7..<90, .mp4), (4, 20..<40, .mp4), (5, 40..<80, .mkv),
            (9, 50..<60, .webm), (10, 26..<40, .mkv), (13, 40..<50, .mp4),
        ] as [(Int, Range<Int>, VideoContainer)])
    func `a copy has the packets of its frames, from the keyframe on, without a gap`(
        _ kind: Int, _ asked: Range<Int>, _ container: VideoContainer
    ) throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[kind].make(in: folder)
        let expected = try Footage.shown(source)
        let written = try WrittenVideo(
            VideoRequest(
                .frames(from: asked.lowerBound, to: asked.upperBound), output: .copied(container)),
            of: source, in: folder, as: "out.\(container)")
        let range = written.rendering.frames
        #expect(
            range.lowerBound == expected.indices.last { $0 <= asked.lowerBound && expected[$0].isKeyframe })
        #expect(range.lowerBound <= asked.lowerBound && range.upperBound >= asked.upperBound)
        #expect(range.upperBound < asked.upperBound + 8)
        // Decoded, they are the source's frames, all of them.
        let found = try Footage.shown(written.path)
        #expect(found.map(\.crc) == expected[range].map(\.crc))
        let times = try WrittenVideo.times(written.path)
        let index = try VideoReader(FileVideo(source)).index()
        let tolerance = container == .mkv || container == .webm ? 0.00051 : 0.000_002
        for (number, time) in zip(range, times) {
            let seconds = index.time(of: number).seconds - index.time(of: range.lowerBound).seconds
            #expect(abs(time - seconds) < tolerance, "frame \(number) at \(time), not \(seconds)")
        }
        // Stored, they are the source's packets in the same order, but for those of frames that are shown
        // before the keyframe and follow it. (Streams of another framing, which transport streams have, are
        // reframed.)
        guard !source.hasSuffix(".ts") else { return }
        let copied = try WrittenVideo.packets(written.path, "v")
        #expect(copied.count == range.count)
        var rest = try WrittenVideo.packets(source, "v")[...]
        rest = rest.dropFirst(try #require(rest.firstIndex(of: copied[0])))
        for packet in copied {
            let place = try #require(rest.firstIndex(of: packet))
            #expect(place - rest.startIndex <= (packet == copied.dropFirst().first ? 4 : 0))
            rest = rest[(place + 1)...]
        }
    }

    @Test func `what cannot be copied is refused, saying what can be done instead`() throws {
        let folder = try TemporaryFolder()
        for (kind, part, container, words) in [
            (4, VideoPart.frames(from: 2, to: 9), VideoContainer.mp4, "begin at frame"),
            (6, .all, .mkv, "encode them"), (0, .all, .avi, "encode them"), (9, .all, .mov, "vp9"),
            (0, .all, .webm, "h264"),
        ] {
            let source = try Footage.kinds[kind].make(in: folder)
            let error = #expect(throws: MediaError.self) {
                try VideoReader(FileVideo(source)).render(
                    VideoRequest(part, output: .copied(container)), to: VideoBuffer(maxBytes: 1 << 24))
            }
            #expect(error?.code == .invalidOperation)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `rotation and sound go with copied packets`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage(
            "turned, with sound", "plain.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=48000:duration=4", "-c:v", "libx264", "-g", "25", "-pix_fmt",
                "yuv420p", "-threads", "1", "-c:a", "aac",
            ],
            then: (["-i", "INPUT", "-c", "copy", "-metadata:s:v:0", "rotate=90"], "turned.mp4")
        ).make(in: folder)
        let written = try WrittenVideo(
            VideoRequest(.seconds(from: 2, to: 3), output: .copied(.mov)), of: source, in: folder,
            as: "out.mov")
        let facts = try VideoReader(FileVideo(written.path)).facts
        #expect(facts.rotation == (try VideoReader(FileVideo(source)).facts.rotation))
        #expect(facts.audio.count == 1 && written.rendering.soundCount == 1)
        #expect(written.rendering.frames.lowerBound == 50)
    }
}
