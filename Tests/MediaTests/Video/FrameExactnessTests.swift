import Foundation
import Media
import TestSupport
import Testing

/// A frame's number means the same picture to us as to FFmpeg's own programs, however it is reached.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct FrameExactnessTests
{
    @Test(arguments: Footage.kinds)
    func `frames are those that ffmpeg shows: numbers, times, keyframes and pixels`(_ footage: Footage) throws
    {
        let folder = try TemporaryFolder()
        let file = try footage.make(in: folder)
        let expected = try Footage.shown(file)
        #expect(expected.count >= 24)
        let reader = try VideoReader(FileVideo(file))
        let index = try reader.index()
        #expect(index.count == expected.count)
        // Where the container keeps no times, ffprobe says none for some frames.
        for (number, frame) in expected.enumerated() where frame.presentation != nil {
            #expect(index.presentations[number] == frame.presentation, "frame \(number)")
        }

        var found: [Footage.Shown] = []
        while let (number, frame) = try reader.next() {
            #expect(number == found.count)
            found.append(
                Footage.Shown(
                    presentation: frame.presentation, isKeyframe: frame.isKeyframe, crc: reader.crc()))
        }
        #expect(found == expected, "one after another")

        var random = SeededGenerator(seed: 7)
        for number in expected.indices.shuffled(using: &random) {
            try reader.frame(number)
            #expect(reader.crc() == expected[number].crc, "frame \(number) by its number")
        }
        // On from any frame, too.
        let middle = expected.count / 2
        try reader.frame(middle)
        let next = try #require(try reader.next())
        #expect(next.number == middle + 1)
        #expect(reader.crc() == expected[middle + 1].crc)
    }

    @Test func `keyframes alone have the numbers that they have among all`() throws {
        let folder = try TemporaryFolder()
        let file = try Footage.kinds[0].make(in: folder)
        let expected = try Footage.shown(file)
        let reader = try VideoReader(FileVideo(file), VideoOptions(frames: .keyframes))
        var numbers: [Int] = []
        while let (number, _) = try reader.next() {
            numbers.append(number)
            #expect(reader.crc() == expected[number].crc)
        }
        #expect(numbers == expected.indices.filter { expected[$0].isKeyframe })
        #expect(numbers.count == 4)
    }

    @Test(arguments: [[26, 51, 76], [76]])
    func `frames before the first keyframe that an MP4 lists are frames all the same`(_ listed: [Int]) throws
    {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "whole", "whole.mp4",
            [
                "-c:v", "libx264", "-bf", "2", "-g", "25", "-sc_threshold", "0", "-pix_fmt", "yuv420p",
                "-threads", "1",
            ]
        ).make(in: folder)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        // The box `stss`: its name, a version, how many samples it lists, and their numbers from 1.
        let list = try #require(bytes.range(of: Data("stss".utf8))).upperBound + 4
        func number(_ value: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        #expect(Array(bytes[list..<list + 8]) == number(4) + number(1))
        let changed = ([listed.count] + listed).flatMap(number)
        bytes.replaceSubrange(list..<list + changed.count, with: changed)
        try bytes.write(to: URL(fileURLWithPath: file))
        let expected = try Footage.shown(file)
        #expect(expected.count == 100)
        let reader = try VideoReader(FileVideo(file))
        #expect(try reader.index().presentations == expected.map(\.presentation))
        var found: [UInt32] = []
        while try reader.next() != nil { found.append(reader.crc()) }
        #expect(found == expected.map(\.crc))
        var random = SeededGenerator(seed: 5)
        for number in expected.indices.shuffled(using: &random) {
            try reader.frame(number)
            #expect(reader.crc() == expected[number].crc, "frame \(number)")
        }
    }

    @Test(arguments: [2, 8, 14, 30, 62, 100, 101, 124, 158, 162])
    func `pixels of any width are those of ffmpeg, and nothing is written behind them`(_ width: Int) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "narrow", "narrow.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=size=\(width)x50:rate=25:duration=0.2", "-c:v", "ffv1",
                "-pix_fmt", "yuv420p",
            ]
        ).make(in: folder)
        let made = try Program.run(
            "ffmpeg", ["-v", "error", "-i", file, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        let expected = [UInt8](made.output)
        let reader = try VideoReader(FileVideo(file))
        var found: [UInt8] = []
        // Often enough for the allocator to notice what was written outside of what it gave.
        for _ in 0..<20 {
            found = []
            for number in 0..<5 {
                try reader.frame(number)
                found += try reader.raster().pixels
            }
        }
        #expect(found == expected)
    }

    @Test(arguments: [90, 180, 270])
    func `pixels are those of ffmpeg, upright`(_ turn: Int) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "turned", "plain.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", "1"],
            then: (["-i", "INPUT", "-c", "copy", "-metadata:s:v:0", "rotate=\(turn)"], "turned.mp4")
        ).make(in: folder)
        let pixels = folder.url.appendingPathComponent("pixels").path
        let made = try Program.run(
            "ffmpeg",
            ["-v", "error", "-i", file, "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", pixels])
        #expect(made.status == 0)
        let expected = [UInt8](try Data(contentsOf: URL(fileURLWithPath: pixels)))
        let reader = try VideoReader(FileVideo(file))
        try reader.frame(0)
        let raster = try reader.raster()
        #expect(reader.facts.rotation % 180 == turn % 180 && reader.facts.rotation != 0)
        #expect(reader.facts.size == PixelSize(width: raster.width, height: raster.height))
        #expect(raster.width == (turn == 180 ? 160 : 120))
        #expect(raster.pixels == expected)
    }
}
