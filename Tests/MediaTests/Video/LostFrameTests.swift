import Foundation
import Media
import TestSupport
import Testing

/// Packets of which no frame comes: numbers are those of the packets, whatever is asked for first.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct LostFrameTests {
    /// An MP4 of 100 frames of H.264, of which the packets with these places in order of decoding have become
    /// units of a kind that decoders pass over, and nothing shows that: ISO/IEC 14496-10, table 7-1.
    private func footage(losing places: [Int], in folder: TemporaryFolder) throws -> String {
        let file = try Footage(
            "lost", "lost.mp4",
            [
                "-c:v", "libx264", "-bf", "2", "-g", "25", "-sc_threshold", "0", "-pix_fmt", "yuv420p",
                "-threads", "1",
            ]
        ).make(in: folder)
        let packets = try packets(of: file)
        #expect(packets.count == 100)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for place in places {
            let (size, position) = packets[place]
            var offset = position
            while offset < position + size {
                let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
                bytes[offset + 4] = bytes[offset + 4] & 0xE0 | 30
                offset += 4 + length
            }
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        return file
    }

    @Test func `what is predicted from a damaged keyframe is the same, whatever was asked for before`() throws
    {
        let folder = try TemporaryFolder()
        let file = try footage(losing: [], in: folder)
        let packets = try packets(of: file)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        // The latter half of the keyframe 50 becomes noise.
        var random = SeededGenerator(seed: 23)
        for place in packets[50].size / 2..<packets[50].size {
            bytes[packets[50].position + place] = UInt8.random(in: 0...255, using: &random)
        }
        try bytes.write(to: URL(fileURLWithPath: file))
        let expected = try crcs(file)
        let index = try VideoReader(FileVideo(file)).index()
        let reader = try VideoReader(FileVideo(file), index: index)
        for number in 0..<100 {
            try reader.frame(number)
            let crc = reader.crc()
            // Those that do not need it are FFmpeg's.
            if !(50..<75).contains(number) { #expect(crc == expected[index.presentations[number]]) }
            guard number % 5 == 0 else { continue }
            let other = try VideoReader(FileVideo(file), index: index)
            try other.frame(number)
            #expect(other.crc() == crc, "frame \(number)")
        }
    }

    @Test(arguments: [20, 0])
    func `where times tell another order than the codec, numbers are those of the codec`(_ later: Int) throws
    {
        let folder = try TemporaryFolder()
        let file = try footage(losing: [], in: folder)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        // The box `ctts`: its name, a version, a count, and for so many frames each how much later they are
        // shown than decoded. The first becomes much later, or all are shown as they are decoded.
        let list = try #require(bytes.range(of: Data("ctts".utf8))).upperBound + 4
        func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        func write(_ number: Int, at place: Int) {
            for index in 0..<4 {
                bytes[place + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index))
            }
        }
        let delay = number(at: list + 8)
        if later > 0 { write(delay + later * 512, at: list + 8) }
        for entry in 0..<(later > 0 ? 0 : number(at: list)) { write(delay, at: list + 8 + 8 * entry) }
        try bytes.write(to: URL(fileURLWithPath: file))
        let expected = try Footage.shown(file).map(\.crc)
        #expect(expected.count == 100)
        let reader = try VideoReader(FileVideo(file))
        #expect(try reader.index().count == 100)
        var random = SeededGenerator(seed: 29)
        for number in expected.indices.shuffled(using: &random) {
            try reader.frame(number)
            #expect(reader.crc() == expected[number], "frame \(number)")
        }
    }

    /// Where packets are, in order of decoding.
    private func packets(of file: String) throws -> [(size: Int, position: Int)] {
        let probed = try Program.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pos,size", "-of", "csv=p=0",
                file,
            ])
        // The program tells sizes before positions.
        let packets = probed.text.split(separator: "\n").map { line in
            line.split(separator: ",").compactMap { Int($0) }
        }
        return packets.map { ($0[0], $0[1]) }
    }

    /// The CRC of each frame that comes of decoding with FFmpeg's program, by when it is shown in ticks.
    private func crcs(_ file: String) throws -> [Int64: UInt32] {
        let hashed = try Program.run(
            "ffmpeg",
            [
                "-v", "quiet", "-threads", "1", "-i", file, "-map", "0:v:0", "-fps_mode", "passthrough",
                "-copyts", "-enc_time_base", "-1", "-vf", "extractplanes=y", "-f", "framehash", "-hash",
                "crc32", "-",
            ])
        var found: [Int64: UInt32] = [:]
        for line in hashed.text.split(separator: "\n") where !line.hasPrefix("#") {
            let cells = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let (time, crc) = (Int64(cells[2]), UInt32(cells[5], radix: 16))
            if let time, let crc { found[time] = crc }
        }
        return found
    }

    @Test(arguments: [[40], [40, 41], [1], [2, 60], [50], [99]])
    func `a frame that does not come is named, and the others keep numbers and pixels`(_ places: [Int]) throws
    {
        let folder = try TemporaryFolder()
        let file = try footage(losing: places, in: folder)
        let expected = try crcs(file)
        #expect(expected.count < 100 && expected.count >= 90)
        let index = try VideoReader(FileVideo(file)).index()
        #expect(index.count == 100)
        let lost = (0..<100).filter { expected[index.presentations[$0]] == nil }
        #expect(lost.count >= places.count)

        func check(_ number: Int, _ reader: VideoReader, _ asked: String) throws {
            let crc = expected[index.presentations[number]]
            let hasCome = try reader.frameUnlessDamaged(number) != nil
            #expect(hasCome == (crc != nil), "frame \(number) of \(asked)")
            if hasCome { #expect(reader.crc() == crc, "frame \(number) of \(asked)") }
        }
        // Each alone, to begin with; ranges that begin before and behind; all, in any order.
        for number in [0, 2, 38, 39, 40, 41, 42, 45, 49, 50, 51, 61, 90, 99] {
            try check(number, try VideoReader(FileVideo(file), index: index), "one alone")
        }
        for range in [45..<46, 30..<60, 38..<46, 45..<90] {
            let reader = try VideoReader(FileVideo(file), index: index)
            for number in range { try check(number, reader, "\(range)") }
        }
        var random = SeededGenerator(seed: 19)
        let reader = try VideoReader(FileVideo(file))
        for number in (0..<100).shuffled(using: &random) { try check(number, reader, "all") }
        #expect(try reader.index().count == 100)
        #expect(try reader.index().presentations == index.presentations)
        for number in lost {
            #expect {
                try reader.frame(number)
            } throws: {
                "\($0)".contains("frame \(number) of 100 is damaged")
            }
        }
        // What was found out need not be found out again.
        let findings = try #require(reader.takeFindings() ?? (index.damaged.isEmpty ? nil : index))
        #expect(lost.allSatisfy { findings.isDamaged($0) })
        #expect(findings.presentations == index.presentations)

        let sequential = try VideoReader(FileVideo(file), index: findings)
        var numbers: [Int] = []
        while let (number, _) = try sequential.next() {
            #expect(sequential.crc() == expected[index.presentations[number]], "frame \(number) in order")
            numbers.append(number)
        }
        #expect(numbers == (0..<100).filter { !lost.contains($0) })
    }
}
