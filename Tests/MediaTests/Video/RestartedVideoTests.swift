import Foundation
import Media
import TestSupport
import Testing

/// Streams that were put one behind the other: their times start anew in the middle, so that no time says
/// which frame is meant.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct RestartedVideoTests
{
    /// Two streams in one file.
    struct Joint: CustomTestStringConvertible {
        var testDescription: String
        var ending: String
        var first: [String]
        var second: [String]
    }

    private static let bars = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4"]

    /// A fractal that is zoomed into, for three seconds.
    private static func zoom(_ size: String = "160x120") -> [String] {
        ["-f", "lavfi", "-i", "mandelbrot=size=\(size):rate=25", "-t", "3"]
    }

    private static let h264 = [
        "-c:v", "libx264", "-bf", "3", "-g", "12", "-pix_fmt", "yuv420p", "-threads", "1",
    ]
    private static let open = h264 + ["-x264-params", "open-gop=1:scenecut=0"]
    private static let mpeg2 = ["-c:v", "mpeg2video", "-bf", "2", "-g", "12"]

    private static let joints = [
        Joint(
            testDescription: "MPEG-2 in a transport stream", ending: "ts", first: bars + mpeg2,
            second: zoom() + mpeg2),
        Joint(
            testDescription: "H.264 with open groups of pictures in a transport stream", ending: "ts",
            first: bars + open, second: zoom() + open),
        Joint(
            testDescription: "times that go back by less than a group of pictures", ending: "ts",
            first: bars + open, second: zoom() + open + ["-output_ts_offset", "2.3"]),
        Joint(
            testDescription: "times that go back to before the beginning", ending: "ts",
            first: bars + h264 + ["-output_ts_offset", "20"], second: zoom() + h264),
        Joint(
            testDescription: "another size of frames", ending: "ts", first: bars + h264,
            second: zoom("320x240") + h264),
        Joint(
            testDescription: "another size of frames in MPEG-2", ending: "ts", first: bars + mpeg2,
            second: zoom("320x240") + mpeg2),
        Joint(
            testDescription: "MPEG-1 in a program stream", ending: "mpg",
            first: bars + ["-c:v", "mpeg1video", "-bf", "2"], second: zoom() + ["-c:v", "mpeg1video"]),
        Joint(
            testDescription: "MPEG-2 as on a DVD", ending: "vob", first: bars + mpeg2,
            second: zoom() + mpeg2),
        Joint(
            testDescription: "a second stream that has lost its beginning", ending: "ts",
            first: bars + open, second: zoom() + open + ["-bsf:v", "noise=drop='lt(n,7)'"]),
    ]

    @Test func `frames are numbered in order where their times fall from the end of all time`() throws {
        let folder = try TemporaryFolder()
        let file = try Footage("IVF", "times.ivf", ["-t", "1", "-c:v", "libvpx", "-auto-alt-ref", "0"])
            .make(in: folder)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        // Behind a head of 32 bytes each frame has its size in 4 bytes and its time in 8.
        var (offset, count) = (32, 0)
        while offset < bytes.count {
            let size = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
            let time = (1 << 60) - 1 - count
            for place in 0..<8 { bytes[offset + 4 + place] = UInt8(truncatingIfNeeded: time >> (8 * place)) }
            (offset, count) = (offset + 12 + size, count + 1)
        }
        let expected = try Footage.shown(file).map(\.crc)
        #expect(count == 25 && expected.count == 25)
        try bytes.write(to: URL(fileURLWithPath: file))
        let reader = try VideoReader(FileVideo(file))
        #expect(try reader.index().count == 25)
        for number in expected.indices.reversed() {
            try reader.frame(number)
            #expect(reader.crc() == expected[number], "frame \(number)")
        }
    }

    @Test(arguments: joints)
    func `frames by number are those that decoding in order gives`(_ joint: Joint) throws {
        let folder = try TemporaryFolder()
        var bytes = Data()
        for (name, arguments) in [("first", joint.first), ("second", joint.second)] {
            let part = try Footage("part", "\(name).\(joint.ending)", arguments).make(in: folder)
            bytes += try Data(contentsOf: URL(fileURLWithPath: part))
        }
        let file = folder.url.appendingPathComponent("both.\(joint.ending)").path
        try bytes.write(to: URL(fileURLWithPath: file))
        let expected = try Footage.shown(file).map(\.crc)
        #expect(expected.count > 150)

        let reader = try VideoReader(FileVideo(file))
        let index = try reader.index()
        #expect(index.count == expected.count)
        var found: [UInt32] = []
        while let (number, _) = try reader.next() {
            #expect(number == found.count)
            found.append(reader.crc())
        }
        #expect(found == expected, "one after another")
        var random = SeededGenerator(seed: 17)
        for number in expected.indices.shuffled(using: &random) {
            try reader.frame(number)
            #expect(reader.crc() == expected[number], "frame \(number) by its number")
        }
        // Whoever knows the index begins anywhere, and goes on over the joint.
        for first in [99, 60, 101, 3] {
            let other = try VideoReader(FileVideo(file), index: index)
            try other.frame(first)
            #expect(other.crc() == expected[first], "frame \(first) first")
            while let (number, _) = try other.next() {
                #expect(other.crc() == expected[number], "frame \(number) after \(first)")
            }
        }
    }
}
