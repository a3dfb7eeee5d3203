import Foundation
import Media
import TestSupport
import Testing

/// Many frames at once, in whatever order they are asked for.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct FrameBatchTests {
    @Test(arguments: Footage.kinds)
    func `frames that are asked for together are those of ffmpeg, and reading goes on from any`(
        _ footage: Footage
    ) throws {
        let folder = try TemporaryFolder()
        let file = try footage.make(in: folder)
        let expected = try Footage.shown(file)
        let reader = try VideoReader(FileVideo(file))
        var random = SeededGenerator(seed: 11)
        let wanted = (0..<12).map { _ in Int.random(in: expected.indices, using: &random) }
        var found: [Int] = []
        try reader.frames(wanted + wanted) { number, frame in
            found.append(number)
            #expect(reader.crc() == expected[number].crc, "frame \(number)")
            if expected[number].presentation != nil {
                #expect(frame.presentation == expected[number].presentation)
            }
        }
        #expect(found == Set(wanted).sorted())
        // Frames that were left out on the way to one are not missing behind it.
        for number in wanted {
            try reader.frame(number)
            for behind in number + 1..<min(number + 6, expected.count) {
                let next = try #require(try reader.next())
                #expect(next.number == behind && reader.crc() == expected[behind].crc)
            }
        }
    }

    @Test func `a number that is none is named before anything is decoded`() throws {
        let folder = try TemporaryFolder()
        let reader = try VideoReader(FileVideo(try Footage.kinds[0].make(in: folder)))
        let error = #expect(throws: MediaError.self) {
            try reader.frames([5, 100, 3]) { _, _ in Issue.record("a frame was decoded") }
        }
        #expect(error?.message == "there is no frame 100: frames are 0 to 99")
    }
}
