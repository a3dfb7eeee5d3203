import Foundation
import Media
import TestSupport
import Testing

/// Frames become JPEGs without becoming RGB first, and show the same.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct FrameJPEGTests {
    /// Matrix and range of colours, and how chroma is sampled.
    @Test(arguments: [
        ("bt709", "tv", "yuv420p"), ("bt709", "pc", "yuv420p"), ("smpte170m", "tv", "yuv420p"),
        ("smpte170m", "pc", "yuv420p"), ("bt709", "tv", "yuv422p"), ("bt709", "tv", "yuv444p"),
        ("bt2020nc", "tv", "yuv420p"), ("bt709", "tv", "gray"), ("bt709", "tv", "yuv420p10le"),
    ])
    func `a JPEG shows what the frame shows as RGB`(
        _ matrix: String, _ range: String, _ format: String
    ) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "colours", "colours.mkv",
            [
                "-f", "lavfi", "-i", "gradients=size=162x122:rate=5:duration=1:nb_colors=8:seed=4", "-vf",
                "scale=out_color_matrix=\(matrix):out_range=\(range),format=\(format)", "-c:v", "ffv1",
                "-colorspace", matrix, "-color_range", range,
            ]
        ).make(in: folder)
        let reader = try VideoReader(FileVideo(file))
        for number in 0..<5 {
            try reader.frame(number)
            let found = try ImageCodec.decode(
                try reader.jpeg(quality: 98), options: DecodeOptions(layout: .rgb)
            ).raster
            let ratio = WrittenVideo.psnr(try reader.raster().pixels, found.pixels)
            // A matrix or a range that is mistaken costs more than 10 dB.
            #expect(ratio > 38, "frame \(number): \(ratio) dB")
        }
    }

    @Test(arguments: [90, 180, 270])
    func `a JPEG stands upright`(_ turn: Int) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "turned", "plain.mp4",
            [
                "-f", "lavfi", "-i", "gradients=size=162x122:rate=5:duration=1:seed=3", "-c:v", "libx264",
                "-pix_fmt", "yuv420p", "-threads", "1",
            ],
            then: (["-i", "INPUT", "-c", "copy", "-metadata:s:v:0", "rotate=\(turn)"], "turned.mp4")
        ).make(in: folder)
        let reader = try VideoReader(FileVideo(file))
        try reader.frame(2)
        let raster = try reader.raster()
        let found = try ImageCodec.decode(
            try reader.jpeg(quality: 98), options: DecodeOptions(layout: .rgb)
        ).raster
        #expect(found.size == raster.size)
        #expect(WrittenVideo.psnr(raster.pixels, found.pixels) > 38)
    }

    @Test func `planes that JFIF takes as they are lose nothing but what the encoder loses`() throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "motion", "motion.avi", ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p", "-t", "0.2"]
        ).make(in: folder)
        let reader = try VideoReader(FileVideo(file))
        try reader.frame(1)
        let again = folder.url.appendingPathComponent("frame.jpg")
        try Data(try reader.jpeg(quality: 100)).write(to: again)
        let size = PixelSize(width: 160, height: 120)
        let (expected, found) = (
            try WrittenVideo.frames(file, size)[1], try WrittenVideo.frames(again.path, size)[0]
        )
        #expect(zip(expected, found).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    @Test func `a quality out of its range is refused`() throws {
        let folder = try TemporaryFolder()
        let reader = try VideoReader(FileVideo(try Footage.kinds[0].make(in: folder)))
        try reader.frame(0)
        for quality in [0, 101] {
            let error = #expect(throws: MediaError.self) { try reader.jpeg(quality: quality) }
            #expect(error?.message == "JPEG quality is \(quality), it must be in 1...100")
        }
    }

    @Test(arguments: PixelKernels.Level.allCases)
    func `kernels of all instruction sets give the same bytes`(_ level: PixelKernels.Level) throws {
        let folder = try TemporaryFolder()
        let file = try Footage(
            "colours", "colours.mkv",
            [
                "-vf", "crop=157:119,format=yuv420p", "-c:v", "ffv1", "-colorspace", "bt709", "-t", "0.1",
            ]
        ).make(in: folder)
        let reader = try VideoReader(FileVideo(file))
        try reader.frame(0)
        let plain = try PixelKernels.with(.portable) { try reader.jpeg() }
        #expect(try PixelKernels.with(level) { try reader.jpeg() } == plain)
    }
}
