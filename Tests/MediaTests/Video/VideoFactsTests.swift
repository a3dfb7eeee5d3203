import Foundation
import Media
import TestSupport
import Testing

/// What a video's head tells, and what is no video.
@Suite(.onOwnThreads, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct VideoFactsTests {
    @Test func `the head tells container, codec, size, rate and sound`() throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "with sound", "sound.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=192x108:rate=30000/1001:duration=2", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=44100:duration=2", "-c:v", "libx264", "-pix_fmt", "yuv420p",
                "-c:a",
                "aac", "-ac", "2", "-metadata:s:a:0", "language=deu",
            ]
        ).make(in: folder)
        let reader = try VideoReader(FileVideo(file))
        let facts = reader.facts
        #expect(facts.container.contains("mp4"))
        #expect(facts.codec == "h264" && facts.pixelFormat == "yuv420p" && facts.bitsPerSample == 8)
        #expect(facts.size == PixelSize(width: 192, height: 108) && facts.rotation == 0)
        #expect(facts.toldRate == Ratio(30_000, 1_001))
        #expect(facts.audio == [.init(codec: "aac", channels: 2, sampleRate: 44_100, language: "deu")])
        let index = try reader.index()
        #expect(index.basis == .packets)
        #expect(index.count == 60 && facts.toldFrameCount == 60)
        #expect(!index.hasVariableRate)
        #expect(index.meanRate.map { abs($0 - 30_000 / 1_001) < 0.001 } == true)
        #expect(index.keyframes.first?.frame == 0)
    }

    @Test func `a time leads to the frame that is shown then`() throws {
        let index = try #require(
            Ratio(1, 10).map {
                FrameIndex(
                    basis: .packets, timeBase: $0, presentations: [3, 5, 9], lastDuration: 2,
                    keyframes: [
                        .init(frame: 0, decoding: 0, position: nil),
                        .init(frame: 2, decoding: 4, position: 7),
                    ])
            })
        #expect(
            [0.2, 0.3, 0.49, 0.5, 0.89, 0.9, 99].map { index.frame(shownAt: $0) } == [nil, 0, 0, 1, 1, 2, 2])
        #expect([3, 4, 5, 9, 10].map { index.frame(at: $0) } == [0, nil, 1, 2, nil])
        #expect([0, 1, 2].map { index.keyframe(notAfter: $0)?.frame } == [0, 0, 2])
        #expect(index.duration.ticks == 8 && index.hasVariableRate)
    }

    @Test func `what is no video is refused with a sentence, cut short at any place or not`() throws {
        let folder = try TemporaryFolder()
        for kind in [0, 6, 8] {
            let whole = try Data(contentsOf: URL(fileURLWithPath: Footage.kinds[kind].make(in: folder)))
            for count in [0, 1, 7, 100, 1_000, whole.count / 3, whole.count - 5_000, whole.count - 1] {
                let cut = FileVideo(whole.prefix(count))
                do {
                    let reader = try VideoReader(cut)
                    var frames = 0
                    while try reader.next() != nil { frames += 1 }
                    #expect(frames <= 101)
                } catch let error as MediaError {
                    #expect(!error.message.isEmpty && error.code == .malformedInput)
                }
            }
        }
        for bytes in [
            Data("no video at all, but a text of some length that goes on".utf8), Data(count: 70_000),
        ] {
            #expect(throws: MediaError.self) { try VideoReader(FileVideo(bytes)) }
        }
        let text = folder.url.appendingPathComponent("list.ffconcat")
        try Data("ffconcat version 1.0\nfile /etc/passwd\n".utf8).write(to: text)
        #expect(throws: MediaError.self) { try VideoReader(FileVideo(text.path)) }
    }

    @Test func `frames beyond the limit are refused before they are decoded`() throws {
        let folder = try TemporaryFolder()
        let file = try Footage.kinds[0].make(in: folder)
        let error = #expect(throws: MediaError.self) {
            try VideoReader(FileVideo(file), VideoOptions(maxPixels: 160 * 119))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message == "its frames have 160 x 120 pixels, the limit is 19040")
        let mostly = #expect(throws: MediaError.self) {
            try VideoReader(FileVideo(file), VideoOptions(maxFrames: 99))
        }
        #expect(mostly?.message == "it has more than 99 frames, which is the limit")
        #expect(try VideoReader(FileVideo(file), VideoOptions(maxFrames: 100)).index().count == 100)
        // Where no table tells them they are counted.
        let other = try Footage.kinds[2].make(in: folder)
        let reader = try VideoReader(FileVideo(other), VideoOptions(maxFrames: 99))
        #expect(throws: MediaError.self) { try reader.index() }
    }

    /// The head of a QuickTime file that tells of so many JPEGs of one byte each, which take none in it.
    private func claim(_ count: Int, isSound: Bool = false) -> Data {
        func number(_ value: Int, _ width: Int = 4) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - $0))) }
        }
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        func box(_ name: String, _ parts: [UInt8]...) -> [UInt8] {
            let content = parts.flatMap { $0 }
            return number(content.count + 8) + Array(name.utf8) + content
        }
        let entry = box(
            "jpeg", zeros(6), number(1, 2), zeros(16), number(16, 2), number(16, 2), number(0x48_0000),
            number(0x48_0000), zeros(4), number(1, 2), zeros(32), number(24, 2), number(0xFFFF, 2))
        let table = box(
            "stbl", box("stsd", zeros(4), number(1), entry),
            box("stts", zeros(4), number(1), number(count), number(1)),
            box("stsz", zeros(4), number(1), number(count)),
            box("stsc", zeros(4), number(1), number(1), number(count), number(1)),
            box("stco", zeros(4), number(1), number(40)))
        let media = box(
            "mdia", box("mdhd", zeros(12), number(1_000), number(count), zeros(4)),
            box("hdlr", zeros(8), Array((isSound ? "soun" : "vide").utf8), zeros(13)), box("minf", table))
        return Data(box("ftyp", Array("isom".utf8), zeros(4)) + box("moov", box("trak", media)))
    }

    @Test func `what a file of few bytes tells of millions of frames is refused before memory is taken`()
        throws
    {
        let error = #expect(throws: MediaError.self) { try VideoReader(FileVideo(claim(10_000_001))) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message == "it has more than 10000000 frames, which is the limit")
        // As many samples of sound that is not compressed are a few minutes.
        let sound = #expect(throws: MediaError.self) {
            try VideoReader(FileVideo(claim(30_000_000, isSound: true)))
        }
        #expect(sound?.code != .limitExceeded)
    }
}
