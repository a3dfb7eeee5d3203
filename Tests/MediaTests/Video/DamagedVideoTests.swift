import Foundation
import Media
import TestSupport
import Testing

/// Videos of which a part is missing or was written over: frames keep their numbers and their pixels.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct DamagedVideoTests {
    /// Bars that move, in noise: 120 frames with B-frames and a keyframe every twelve, or as `arguments` say.
    private func footage(_ name: String, _ arguments: [String], frames: Int = 120) -> Footage {
        Footage(
            name, name,
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x96:rate=25", "-frames:v", "\(frames)", "-vf",
                "noise=c0s=8:c0f=t:c0_seed=3", "-pix_fmt", "yuv420p", "-threads", "1",
            ] + arguments)
    }

    private static let h264 = ["-c:v", "libx264", "-bf", "2", "-g", "12", "-sc_threshold", "0"]

    /// The CRC of each frame that comes of decoding with FFmpeg's program, by when it is shown in ticks. What
    /// stands in the place of damage is another with each number of threads.
    private func crcs(_ file: String) throws -> [Int64: UInt32] {
        let hashed = try Program.run(
            "ffmpeg",
            [
                "-v", "quiet", "-threads", "1", "-i", file, "-map", "0:v:0", "-fps_mode", "passthrough",
                "-copyts",
                "-enc_time_base",
                "-1", "-vf", "extractplanes=y", "-f", "framehash", "-hash", "crc32", "-",
            ])
        var found: [Int64: UInt32] = [:]
        for line in hashed.text.split(separator: "\n") where !line.hasPrefix("#") {
            let cells = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 6, let time = Int64(cells[2]), let crc = UInt32(cells[5], radix: 16) else {
                continue
            }
            found[time] = crc
        }
        return found
    }

    /// The file with `count` bytes from the middle of it on written over.
    private func overwritten(_ file: String, count: Int, with byte: (Int) -> UInt8) throws -> String {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let start = bytes.count / 2
        for index in 0..<count { bytes[start + index] = byte(index) }
        let damaged =
            (file as NSString).deletingPathExtension + "-damaged." + (file as NSString).pathExtension
        try bytes.write(to: URL(fileURLWithPath: damaged))
        return damaged
    }

    @Test(arguments: ["msmpeg4v2", "msmpeg4", "mpeg4", "wmv2"])
    func `an AVI without its index gives each frame as decoding in order does`(_ codec: String) throws {
        let folder = try TemporaryFolder()
        let whole = try footage("cut.avi", ["-c:v", codec, "-g", "30", "-b:v", "400k"]).make(in: folder)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        // The index stands at the end: all of it is missing, or its latter half.
        let index = try #require(bytes.range(of: Data("idx1".utf8), options: .backwards)).lowerBound
        for end in [index * 3 / 4, index, index + (bytes.count - index) / 2] {
            let file = folder.url.appendingPathComponent("cut-\(end).avi").path
            try bytes[..<end].write(to: URL(fileURLWithPath: file))
            let expected = try Footage.shown(file)
            #expect(expected.count > 80)
            let reader = try VideoReader(FileVideo(file))
            let found = try reader.index()
            #expect(found.count == expected.count)
            #expect(found.keyframes.map(\.frame) == expected.indices.filter { expected[$0].isKeyframe })
            var random = SeededGenerator(seed: 3)
            for number in expected.indices.shuffled(using: &random) {
                try reader.frame(number)
                #expect(reader.crc() == expected[number].crc, "frame \(number) of \(codec) cut at \(end)")
            }
        }
    }

    @Test(arguments: ["zeros", "noise"])
    func `what was written over is named, and the other frames are those of ffmpeg`(_ kind: String) throws {
        let folder = try TemporaryFolder()
        let whole = try footage("whole.mp4", DamagedVideoTests.h264).make(in: folder)
        #expect(try VideoReader(FileVideo(whole)).index().damaged == [])
        var random = SeededGenerator(seed: 11)
        let file = try overwritten(whole, count: 20_000) { _ in
            kind == "zeros" ? 0 : UInt8.random(in: 0...255, using: &random)
        }
        let expected = try crcs(file)
        #expect(expected.count < 120)

        let reader = try VideoReader(FileVideo(file))
        let index = try reader.index()
        #expect(index.count == 120)
        let named = index.damaged.reduce(0) { $0 + $1.count }
        #expect(named > 0)
        #expect(
            index.damage?.contains("of 120 frames are damaged: \(index.damaged[0].lowerBound) to") == true)
        #expect(index.keyframes.allSatisfy { !index.isDamaged($0.frame) })
        // What is predicted from damage depends on what a decoder had left over; and so does the frame of
        // which only the end was written over, no further from the others than packets are reordered.
        func isClean(_ number: Int) -> Bool {
            let keyframe = index.keyframe(notAfter: number)?.frame ?? 0
            return !(keyframe...number + 3).contains { index.isDamaged($0) }
        }
        let came = (0..<120).filter { expected[index.presentations[$0]] != nil && !index.isDamaged($0) }
        #expect(came.count > 60)
        for number in (0..<120).shuffled(using: &random) {
            if try reader.frameUnlessDamaged(number) != nil {
                #expect(came.contains(number), "frame \(number)")
                guard isClean(number) else { continue }
                #expect(reader.crc() == expected[index.presentations[number]], "frame \(number)")
                continue
            }
            #expect(!came.contains(number), "frame \(number)")
            #expect {
                try reader.frame(number)
            } throws: {
                "\($0)".contains("frame \(number) of 120 is damaged")
            }
        }

        // One after another they have the same numbers.
        let sequential = try VideoReader(FileVideo(file), index: index)
        var numbers: [Int] = []
        while let (number, _) = try sequential.next() {
            #expect(sequential.crc() == expected[index.presentations[number]], "frame \(number)")
            numbers.append(number)
        }
        #expect(numbers == came)
    }

    @Test(arguments: [
        ["h264.ts", "libx264"], ["mpeg2.mpg", "mpeg2video"], ["mpeg4.avi", "mpeg4"], ["mjpeg.avi", "mjpeg"],
        ["vp8.webm", "libvpx"], ["vp9.webm", "libvpx-vp9"], ["h265.mp4", "libx265"], ["h264.mkv", "libx264"],
    ])
    func `nothing is said of whole videos`(_ made: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try footage(made[0], ["-c:v", made[1]], frames: 40).make(in: folder)
        let index = try VideoReader(FileVideo(file)).index()
        #expect(index.count == 40 && index.damaged == [] && index.damage == nil)
    }
}
