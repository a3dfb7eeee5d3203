import Base
import Foundation
import Media
import TestSupport
import Testing

/// What is written is what FFmpeg's own programs read: frames, times, codecs, pictures.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct VideoRenderTests {
    @Test(
        arguments: VideoContainer.allCases.flatMap { container in
            container.codecs.map { ($0, container) }
        })
    func `a codec goes into every container that is said to hold it`(
        _ codec: VideoCodec, _ container: VideoContainer
    ) throws {
        let folder = try TemporaryFolder()
        // A size that H.263 holds, and a rate that Matroska must round.
        let source = try Footage(
            "film", "film.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=176x144:rate=24000/1001:duration=1", "-c:v", "libx264",
                "-bf", "2", "-pix_fmt", "yuv420p", "-threads", "1",
            ]
        ).make(in: folder)
        let written = try WrittenVideo(
            VideoRequest(output: .encoded(VideoEncoding(codec, in: container))), of: source, in: folder,
            as: "out.\(container.rawValue)")
        let told = try WrittenVideo.told(written.path, "stream=codec_name:format=format_name")
        #expect(told["codec_name"] == (codec == .h263 ? "h263" : codec.rawValue))
        let name = ["mkv": "matroska", "webm": "webm", "mov": "mov", "mp4": "mp4", "avi": "avi"][
            container.rawValue]
        #expect(told["format_name"]?.split(separator: ",").contains { $0 == name ?? "" } == true)

        let times = try WrittenVideo.times(written.path)
        #expect(times.count == 24 && written.rendering.frameCount == 24)
        let tolerance = container == .mkv || container == .webm ? 0.00051 : 0.000_002
        for (number, time) in times.enumerated() {
            #expect(abs(time - Double(number) * 1_001 / 24_000) < tolerance, "frame \(number) at \(time)")
        }

        let size = PixelSize(width: 176, height: 144)
        let expected = try WrittenVideo.frames(source, size)
        let found = try WrittenVideo.frames(written.path, size)
        #expect(found.count == expected.count)
        let worst = zip(expected, found).map { WrittenVideo.psnr($0, $1) }.min() ?? 0
        #expect(worst > 33, "\(worst) dB")
    }

    @Test func `a codec that a container cannot hold is refused, naming both and what would work`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[0].make(in: folder)
        for container in VideoContainer.allCases {
            for codec in VideoCodec.allCases where !container.codecs.contains(codec) {
                let error = #expect(throws: MediaError.self) {
                    try VideoReader(FileVideo(source)).render(
                        VideoRequest(output: .encoded(VideoEncoding(codec, in: container))),
                        to: VideoBuffer(maxBytes: 1 << 20))
                }
                #expect(error?.code == .invalidOperation)
                for word in [codec.rawValue, container.rawValue, "h264", "mkv"]
                where container != .webm || word != "h264" {
                    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
                }
            }
        }
    }

    /// Kinds by their place in ``Footage/kinds``, and a range of each.
    @Test(arguments: [
        (0, 13..<71), (1, 30..<45), (2, 50..<99), (3, 7..<90), (4, 0..<20), (4, 5..<41), (5, 40..<80),
        (6, 11..<12), (9, 20..<60), (13, 3..<30),
    ])
    func `a lossless cut has exactly the frames of its range, when they were shown`(
        _ kind: Int, _ range: Range<Int>
    ) throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[kind].make(in: folder)
        let expected = try Footage.shown(source)
        let written = try WrittenVideo(
            VideoRequest(
                .frames(from: range.lowerBound, to: range.upperBound),
                output: .encoded(VideoEncoding(.h264, in: .mp4, quality: 100))), of: source, in: folder,
            as: "out.mp4")
        let found = try Footage.shown(written.path)
        #expect(found.map(\.crc) == expected[range].map(\.crc))
        #expect(found.first?.isKeyframe == true)
        #expect(written.rendering.frames == range && written.rendering.frameCount == range.count)
        let times = try WrittenVideo.times(written.path)
        let index = try VideoReader(FileVideo(source)).index()
        for (number, time) in zip(range, times) {
            let seconds = index.time(of: number).seconds - index.time(of: range.lowerBound).seconds
            #expect(abs(time - seconds) < 0.000_002, "frame \(number) at \(time), not \(seconds)")
        }
        #expect(times.first == 0)
    }

    @Test(arguments: [0, 5, 9])
    func `times of a rate that changes are kept, in AVI by frames that are shown longer`(_ kind: Int) throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[kind].make(in: folder)
        let index = try VideoReader(FileVideo(source)).index()
        for (codec, container) in [
            (VideoCodec.mpeg4, VideoContainer.avi), (.h264, .avi), (.mpeg4, .mov), (.vp9, .mkv),
        ] {
            let written = try WrittenVideo(
                VideoRequest(output: .encoded(VideoEncoding(codec, in: container))), of: source, in: folder,
                as: "\(codec).\(container)")
            let times = try WrittenVideo.times(written.path)
            #expect(times.count == index.count)
            for number in times.indices {
                let seconds = index.time(of: number).seconds - index.time(of: 0).seconds
                #expect(abs(times[number] - seconds) < 0.001, "\(container): frame \(number)")
            }
        }
    }

    @Test func `every tenth frame keeps its time and its picture`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[0].make(in: folder)
        let expected = try Footage.shown(source)
        let written = try WrittenVideo(
            VideoRequest(
                .seconds(from: 0.4, to: 3), step: 10,
                output: .encoded(VideoEncoding(.h264, in: .mkv, quality: 100))),
            of: source, in: folder, as: "out.mkv")
        let numbers = Array(stride(from: 10, to: 75, by: 10))
        #expect(try Footage.shown(written.path).map(\.crc) == numbers.map { expected[$0].crc })
        #expect(try WrittenVideo.times(written.path) == numbers.map { Double($0 - 10) / 25 })
        #expect(written.rendering.frames == 10..<75 && written.rendering.frameCount == 7)
        #expect(abs(written.rendering.duration.seconds - 2.6) < 1e-9)
    }

    @Test func `operations act on each frame as they act on an image`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[0].make(in: folder)
        let operations = try ImagePipeline([
            "crop=20,10,120,100", "resize=60x50", "grayscale", "threshold=90",
        ]).operations
        let written = try WrittenVideo(
            VideoRequest(
                .frames(from: 30, to: 40), operations: operations,
                output: .encoded(VideoEncoding(.h264, quality: 100))),
            of: source, in: folder, as: "out.mp4")
        #expect(written.rendering.size == PixelSize(width: 60, height: 50))
        let reader = try VideoReader(FileVideo(source))
        let made = try VideoReader(FileVideo(written.path))
        for number in 0..<10 {
            try reader.frame(30 + number)
            var raster = try reader.raster()
            for operation in operations { raster = try operation.apply(to: raster) }
            try made.frame(number)
            let gray = { (raster: Raster) throws in try Grayscale().apply(to: raster).pixels }
            // Nothing is lost but by the limited range of luma.
            let ratio = WrittenVideo.psnr(try gray(raster), try gray(try made.raster()))
            #expect(ratio > 45, "frame \(number): \(ratio) dB")
        }
    }

    @Test(arguments: [VideoContainer.mp4, .mkv])
    func `frames that are to be turned stand upright in every container`(_ container: VideoContainer) throws {
        let folder = try TemporaryFolder()
        let source = try Footage(
            "turned", "plain.mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", "1"],
            then: (["-i", "INPUT", "-c", "copy", "-metadata:s:v:0", "rotate=90"], "turned.mp4")
        ).make(in: folder)
        let written = try WrittenVideo(
            VideoRequest(
                .frames(from: 0, to: 5), output: .encoded(VideoEncoding(.h264, in: container, quality: 95))),
            of: source, in: folder, as: "out.\(container)")
        let size = PixelSize(width: 120, height: 160)
        #expect(written.rendering.size == size)
        let rotation = try VideoReader(FileVideo(source)).facts.rotation
        #expect(
            try VideoReader(FileVideo(written.path)).facts.rotation
                == (container.keepsRotation ? rotation : 0))
        let expected = try WrittenVideo.frames(source, size)
        for (one, other) in zip(expected, try WrittenVideo.frames(written.path, size)) {
            let ratio = WrittenVideo.psnr(one, other)
            #expect(ratio > 32, "\(ratio) dB")
        }
    }

    @Test(arguments: [("bt709", "pc"), ("bt709", "tv"), ("smpte170m", "tv")])
    func `range and matrix of colours are kept, or converted where a codec cannot tell them`(
        _ matrix: String, _ range: String
    ) throws {
        let folder = try TemporaryFolder()
        let source = try Footage(
            "colours", "colours.mp4",
            [
                "-f", "lavfi", "-i",
                "nullsrc=size=160x120:rate=25:duration=0.2,geq=r='128+100*sin(X/30+N)':g='128+100*sin(Y/25)':b='128+100*cos((X+Y)/40)'",
                "-vf",
                "scale=out_color_matrix=\(matrix):out_range=\(range),format=yuv420p", "-c:v",
                "libx264", "-qp", "1", "-colorspace", matrix, "-color_range", range,
            ]
        ).make(in: folder)
        for (codec, container) in [
            (VideoCodec.h264, VideoContainer.mkv), (.mpeg4, .mkv), (.mpeg4, .avi), (.mpeg4, .mp4),
            (.mjpeg, .mkv), (.vp9, .webm),
        ] {
            let written = try WrittenVideo(
                VideoRequest(output: .encoded(VideoEncoding(codec, in: container, quality: 97))),
                of: source, in: folder, as: "\(codec).\(container)")
            let told = try WrittenVideo.told(written.path, "stream=color_space,color_range,pix_fmt")
            if codec == .h264 || codec == .vp9 {
                #expect(told["color_space"] == matrix && told["color_range"] == range, "\(codec): \(told)")
            }
            if codec == .mjpeg { #expect(told["pix_fmt"] == "yuvj420p") }
            let (reader, made) = (
                try VideoReader(FileVideo(source)), try VideoReader(FileVideo(written.path))
            )
            try reader.frame(2)
            try made.frame(2)
            let ratio = WrittenVideo.psnr(try reader.raster().pixels, try made.raster().pixels)
            // A matrix or a range that is mistaken costs more than 10 dB.
            #expect(ratio > 38, "\(codec) in \(container): \(ratio) dB")
        }
    }

    @Test func `sound is copied where its part and the container allow it`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage(
            "with sound", "sound.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=4", "-f", "lavfi", "-i",
                "sine=frequency=440:sample_rate=48000:duration=4", "-c:v", "libx264", "-pix_fmt", "yuv420p",
                "-c:a", "aac", "-metadata:s:a:0", "language=deu",
            ]
        ).make(in: folder)
        let sounds = try WrittenVideo.packets(source, "a")
        let whole = try WrittenVideo(VideoRequest(), of: source, in: folder, as: "whole.mkv")
        #expect(whole.rendering.soundCount == 1 && whole.rendering.unheldSoundCount == 0)
        let copied = try WrittenVideo.packets(whole.path, "a")
        #expect(copied.count >= sounds.count - 2)
        #expect(Array(sounds.suffix(copied.count)) == copied)
        let told = try WrittenVideo.told(whole.path, "stream_tags=language", of: "a:0")
        #expect(told["TAG:language"] == "deu", "\(told)")

        let part = try WrittenVideo(
            VideoRequest(.seconds(from: 1, to: 2), output: .encoded(VideoEncoding(.mpeg4, in: .mov))),
            of: source, in: folder, as: "part.mov")
        let some = try WrittenVideo.packets(part.path, "a")
        // 48,000 samples in packets of 1,024.
        #expect((46...47).contains(some.count))
        let begin = try #require(sounds.firstIndex(of: some[0]))
        #expect(Array(sounds[begin..<begin + some.count]) == some)

        let without = try WrittenVideo(
            VideoRequest(output: .encoded(VideoEncoding(.vp9, in: .webm))), of: source, in: folder,
            as: "without.webm")
        #expect(without.rendering.soundCount == 0 && without.rendering.unheldSoundCount == 1)
        let silent = try WrittenVideo(
            VideoRequest(keepsSound: false), of: source, in: folder, as: "silent.mp4")
        #expect(try VideoReader(FileVideo(silent.path)).facts.audio.isEmpty)
    }

    @Test func `the same request gives the same bytes`() throws {
        let folder = try TemporaryFolder()
        let source = try Footage.kinds[0].make(in: folder)
        for container in VideoContainer.allCases {
            let encoding = VideoEncoding(container.codecs[0], in: container)
            let bytes = try (0..<2).map { _ in
                let buffer = VideoBuffer(maxBytes: 1 << 24)
                _ = try VideoReader(FileVideo(source)).render(
                    VideoRequest(.frames(from: 0, to: 30), output: .encoded(encoding)), to: buffer)
                return buffer.bytes
            }
            #expect(bytes[0] == bytes[1] && !bytes[0].isEmpty)
        }
    }
}
