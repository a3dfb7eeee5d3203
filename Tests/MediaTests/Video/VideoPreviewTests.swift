import Base
import Foundation
import Media
import TestSupport
import Testing

/// Looks at the beginning of a video, and what is refused.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct VideoPreviewTests {
    let folder: TemporaryFolder
    let source: String

    init() throws {
        folder = try TemporaryFolder()
        source = try Footage.kinds[0].make(in: folder)
    }

    @Test func `a preview ends with the first limit that is reached`() throws {
        // 100 frames in 4 seconds.
        for (preview, step, count) in [
            (VideoRequest.Preview(maxFrames: 7), 1, 7), (.init(maxFrames: 7), 3, 7),
            (.init(maxFrames: 500), 1, 100),
            (.init(maxFraction: 0.25), 1, 25), (.init(maxSeconds: 0.5), 1, 13),
            (.init(maxSeconds: 9), 1, 100),
            (.init(maxFrames: 20, maxFraction: 0.25, maxSeconds: 0.4), 1, 10),
            (.init(maxFraction: 0.25), 10, 3),
        ] {
            let written = try WrittenVideo(
                VideoRequest(step: step, preview: preview), of: source, in: folder, as: "out.mp4")
            #expect(written.rendering.frameCount == count, "\(preview)")
            #expect(try WrittenVideo.times(written.path).count == count)
            #expect(written.rendering.isCutShort == (count * step < 100))
        }
    }

    @Test(arguments: [20_000, 40_000, 80_000])
    func `a preview of so many bytes is not larger, and has the first frames`(_ limit: Int) throws {
        let expected = try Footage.shown(source)
        for (codec, container) in [
            (VideoCodec.h264, VideoContainer.mp4), (.vp9, .webm), (.mpeg4, .avi), (.mjpeg, .mov),
        ] {
            let written = try WrittenVideo(
                VideoRequest(
                    preview: .init(maxBytes: limit),
                    output: .encoded(VideoEncoding(codec, in: container))), of: source, in: folder,
                as: "out.\(container)")
            let bytes = try #require(FileManager.default.contents(atPath: written.path)).count
            #expect(bytes <= limit && bytes > limit / 4, "\(codec): \(bytes)")
            let count = try WrittenVideo.times(written.path).count
            #expect(count == written.rendering.frameCount && count == written.rendering.frames.count)
            #expect(count < 100 && written.rendering.isCutShort)
        }
        let lossless = try WrittenVideo(
            VideoRequest(
                preview: .init(maxBytes: 100_000), output: .encoded(VideoEncoding(.h264, quality: 100))),
            of: source, in: folder, as: "lossless.mp4")
        let found = try Footage.shown(lossless.path).map(\.crc)
        #expect(found.count > 1 && found == expected.prefix(found.count).map(\.crc))
    }

    @Test func `what cannot be made is refused with a sentence`() throws {
        let reader = try VideoReader(FileVideo(source))
        func refusal(_ request: VideoRequest, maxBytes: Int = 1 << 24) -> MediaError? {
            #expect(throws: MediaError.self) {
                try reader.render(request, to: VideoBuffer(maxBytes: maxBytes))
            }
        }
        for (request, code, words) in [
            (VideoRequest(.frames(from: 5, to: 5)), MediaError.Code.invalidOperation, "frames 0 to 99"),
            (VideoRequest(.frames(from: 100, to: 120)), .invalidOperation, "frames 0 to 99"),
            (VideoRequest(.frames(from: -1, to: 3)), .invalidOperation, "frames 0 to 99"),
            (VideoRequest(.seconds(from: 4.5, to: 9)), .invalidOperation, "begins at 3.96"),
            (VideoRequest(.seconds(from: .nan, to: 1)), .invalidOperation, "no stretch of time"),
            (VideoRequest(.fractions(from: 0.5, to: 1.5)), .invalidOperation, "within 0 and 1"),
            (VideoRequest(step: 0), .invalidOperation, "at least 1 frame"),
            (VideoRequest(preview: .init(maxFrames: 0)), .invalidOperation, "at least 1 frame"),
            (VideoRequest(preview: .init(maxBytes: 4_200)), .limitExceeded, "4200 bytes"),
            (VideoRequest(maxPixels: 160 * 119), .limitExceeded, "160×120"),
            (VideoRequest(maxFrames: 99), .limitExceeded, "100 frames"),
            (
                VideoRequest(output: .encoded(VideoEncoding(quality: 101))), .invalidOperation,
                "0...100"
            ),
            (
                VideoRequest(output: .encoded(VideoEncoding(.h263, in: .mov))), .invalidOperation,
                nil
            ),
            (
                VideoRequest(operations: [Crop(x: 100, y: 0, width: 100, height: 10)]), .invalidOperation,
                "crop"
            ),
            (
                VideoRequest(
                    operations: [Resize(.size(PixelSize(width: 8193, height: 8193)))]), .limitExceeded,
                "8193×8193"
            ),
            (VideoRequest(step: 2, output: .copied(.mp4)), .invalidOperation, "encode them"),
        ] as [(VideoRequest, MediaError.Code, String?)] {
            guard let words else { continue }
            let error = refusal(request)
            #expect(error?.code == code, "\(error?.message ?? "")")
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        let error = refusal(VideoRequest(), maxBytes: 1_000)
        #expect(error?.code == .limitExceeded && error?.message.contains("1000 bytes") == true)
        // The range may go past the end, and the reader is whole after all this.
        let rendering = try reader.render(
            VideoRequest(.frames(from: 90, to: 5_000)), to: VideoBuffer(maxBytes: 1 << 24))
        #expect(rendering.frames == 90..<100)
    }

    @Test(arguments: [(161, 121), (1, 1), (2, 1), (33, 64)])
    func `odd sizes are kept by every codec that has any size`(_ width: Int, _ height: Int) throws {
        let operations: [any ImageOperation] = [Resize(.size(PixelSize(width: width, height: height)))]
        for (codec, container) in [
            (VideoCodec.h264, VideoContainer.mp4), (.mpeg4, .mov), (.vp9, .webm), (.mjpeg, .mkv),
        ] {
            let written = try WrittenVideo(
                VideoRequest(
                    .frames(from: 0, to: 3), operations: operations,
                    output: .encoded(VideoEncoding(codec, in: container))), of: source, in: folder,
                as: "out.\(container)")
            let told = try WrittenVideo.told(written.path, "stream=width,height,pix_fmt")
            #expect(told["width"] == "\(width)" && told["height"] == "\(height)", "\(codec): \(told)")
            #expect(try WrittenVideo.times(written.path).count == 3, "\(codec)")
        }
    }

    @Test func `H_263 takes sizes of multiples of 4 and says so of others`() throws {
        for (width, height, isHeld) in [(160, 120, true), (352, 288, true), (162, 120, false)] {
            let request = VideoRequest(
                .frames(from: 0, to: 3),
                operations: [Resize(.size(PixelSize(width: width, height: height)))],
                output: .encoded(VideoEncoding(.h263, in: .avi)))
            if isHeld {
                let written = try WrittenVideo(request, of: source, in: folder, as: "out.avi")
                #expect(try WrittenVideo.times(written.path).count == 3)
            } else {
                let error = #expect(throws: MediaError.self) {
                    try WrittenVideo(request, of: source, in: folder, as: "out.avi")
                }
                #expect(error?.message.contains("multiples of 4") == true)
            }
        }
    }

    @Test func `what is cancelled ends between two frames, and its file is gone`() throws {
        let cancellation = Cancellation()
        let reader = try VideoReader(FileVideo(source), cancellation: cancellation)
        let path = folder.url.appendingPathComponent("cancelled.mp4").path
        var done: [Int] = []
        do {
            let file = try VideoFile(path)
            let error = #expect(throws: MediaError.self) {
                try reader.render(VideoRequest(), to: file) { count, all in
                    #expect(all == 100)
                    done.append(count)
                    if count == 40 { cancellation.cancel() }
                }
            }
            #expect(error?.code == .cancelled)
        }
        #expect(done == Array(1...40))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(left.allSatisfy { !$0.contains("cancelled") })
    }

    @Test func `a file takes its name when it is whole, and leaves what had the name until then`() throws {
        let path = try folder.write(Array("old".utf8), to: "name.mp4")
        let contents = { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }
        do {
            let file = try VideoFile(path)
            _ = try VideoReader(FileVideo(source)).render(VideoRequest(), to: file)
            #expect(contents() == Array("old".utf8))
        }
        #expect(contents() == Array("old".utf8))
        let file = try VideoFile(path)
        let rendering = try VideoReader(FileVideo(source)).render(VideoRequest(), to: file)
        try file.commit()
        #expect(contents()?.count == rendering.byteCount)
        #expect(throws: MediaError.self) { try file.commit() }
        let error = #expect(throws: MediaError.self) { try VideoFile("/no/such/folder/a.mp4") }
        #expect(error?.code == .notWritten)
        #expect(error?.message == "/no/such/folder/a.mp4 cannot be made: No such file or directory")
    }

    @Test(.enabled(if: canMount, "this process may not mount a file system to fill it up"))
    func `a full disk is told of, and nothing stays on it`() throws {
        let small = try TemporaryFolder()
        #expect(mount("tmpfs", small.url.path, "tmpfs", 0, "size=64k") == 0)
        defer { umount2(small.url.path, CInt(MNT_DETACH)) }
        let reader = try VideoReader(FileVideo(source))
        do {
            let file = try VideoFile(small.url.appendingPathComponent("out.mp4").path)
            let request = VideoRequest(output: .encoded(VideoEncoding(.mjpeg, quality: 90)))
            let error = #expect(throws: MediaError.self) { try reader.render(request, to: file) }
            #expect(error?.code == .noSpace)
            #expect(error?.message.hasSuffix("out.mp4 cannot be written: No space left on device") == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: small.url.path).isEmpty)
    }
}

/// Whether this process may mount a file system, found out by doing it.
private let canMount: Bool = {
    guard let folder = try? TemporaryFolder() else { return false }
    guard mount("tmpfs", folder.url.path, "tmpfs", 0, "size=64k") == 0 else { return false }
    umount2(folder.url.path, CInt(MNT_DETACH))
    return true
}()
