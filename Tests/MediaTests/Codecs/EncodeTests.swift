import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct EncodeTests {
    @Test(
        "a lossless file holds the pixels that went in", arguments: [1, 3, 4],
        [
            Encoding.png(), .png(compression: 0), .png(compression: 9), .webp(lossless: true),
            .webp(quality: 100, lossless: true),
        ])
    func lossless(channels: Int, encoding: Encoding) throws {
        let raster = noise(width: 37, height: 23, channels: channels)
        let image = try ImageCodec.decode(
            try ImageCodec.encode(raster, as: encoding),
            options: DecodeOptions(layout: channels == 1 ? .gray : channels == 3 ? .rgb : .rgba))
        #expect(image.raster == raster)
        #expect(image.header.format == encoding.format)
    }

    @Test(
        "a JPEG is the one that Pillow writes", arguments: [1, 50, 85, 96, 100],
        [
            ChromaSubsampling.none, .horizontal, .half,
        ])
    func jpeg(quality: Int, subsampling: ChromaSubsampling) throws {
        for mode in ["L", "RGB"] {
            let source = try ImageCodec.decode(CodecCorpus.read("source-\(mode).png")).raster
            let ours = try ImageCodec.encode(source, as: .jpeg(quality: quality, subsampling: subsampling))
            let theirs = try CodecCorpus.read("encoded-\(mode)-\(quality)-\(subsampling.rawValue).jpg")
            #expect(try ImageCodec.decode(ours).raster == ImageCodec.decode(theirs).raster)
        }
    }

    @Test func `4:4:0 is written`() throws {
        let raster = noise(width: 32, height: 32, channels: 3)
        let bytes = try ImageCodec.encode(raster, as: .jpeg(quality: 90, subsampling: .vertical))
        let frame = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        // The first component's sampling factors: 1 across, 2 down.
        #expect(bytes[frame + 11] == 0x12)
    }

    @Test func `alpha is dropped from a JPEG`() throws {
        let rgba = noise(width: 24, height: 16, channels: 4)
        let rgb = Raster(
            width: 24, height: 16, channels: 3,
            pixels: rgba.pixels.enumerated().filter { $0.offset % 4 != 3 }.map(\.element))
        #expect(try ImageCodec.encode(rgba, as: .jpeg()) == ImageCodec.encode(rgb, as: .jpeg()))
    }

    @Test func `a lossy WebP comes close`() throws {
        let source = try ImageCodec.decode(CodecCorpus.read("source-RGB.png")).raster
        let bytes = try ImageCodec.encode(source, as: .webp(quality: 90))
        let result = try ImageCodec.decode(bytes).raster
        var squares = 0
        for (before, after) in zip(source.pixels, result.pixels) {
            let difference = Int(before) - Int(after)
            squares += difference * difference
        }
        // A mean square error of 100 is a signal-to-noise ratio of 28 dB.
        #expect(squares < 100 * source.pixels.count)
        #expect(bytes.count < source.pixels.count / 2)
    }

    @Test func `Pillow reads what is written`() throws {
        let folder = try TemporaryFolder()
        var expected: [String] = []
        var files: [String] = []
        for channels in [1, 3, 4] {
            let raster = noise(width: 41, height: 29, channels: channels)
            for encoding in [Encoding.png(), .webp(lossless: true)]
            where channels != 1 || encoding.format == .png {
                let bytes = try ImageCodec.encode(raster, as: encoding)
                files.append(
                    try folder.write(bytes, to: "\(channels).\(encoding.format.fileExtension)"))
                let mode = channels == 1 ? "L" : channels == 3 ? "RGB" : "RGBA"
                expected.append("\(crc32(raster.pixels)) 41 29 \(mode)")
            }
            let bytes = try ImageCodec.encode(raster, as: .jpeg(quality: 90))
            files.append(try folder.write(bytes, to: "\(channels).jpg"))
            let shown = try ImageCodec.decode(bytes).raster
            expected.append("\(crc32(shown.pixels)) 41 29 \(channels == 1 ? "L" : "RGB")")
        }
        let lines = try PythonOracle.lines(of: "codec_pixels.py", files)
        #expect(lines == expected)
    }

    @Test(
        "settings out of range are refused",
        arguments: [
            Encoding.jpeg(quality: 0), .jpeg(quality: 101), .png(compression: -1), .png(compression: 10),
            .webp(quality: -1), .webp(quality: 101),
        ])
    func range(encoding: Encoding) {
        let raster = noise(width: 2, height: 2, channels: 3)
        let error = #expect(throws: MediaError.self) { try ImageCodec.encode(raster, as: encoding) }
        #expect(error?.code == .invalidOperation)
    }

    @Test func `what a format cannot hold is refused`() {
        let wide = Raster(width: 70_000, height: 1, channels: 1, pixels: [UInt8](repeating: 9, count: 70_000))
        for encoding in [Encoding.jpeg(), .webp()] {
            let error = #expect(throws: MediaError.self) { try ImageCodec.encode(wide, as: encoding) }
            #expect(error?.code == .invalidOperation)
        }
        #expect(throws: Never.self) { try ImageCodec.encode(wide, as: .png()) }
    }

    @Test(arguments: [Encoding.jpeg(), .png(), .webp()])
    func `the same pixels give the same bytes`(encoding: Encoding) throws {
        let raster = noise(width: 50, height: 40, channels: 3)
        #expect(try ImageCodec.encode(raster, as: encoding) == ImageCodec.encode(raster, as: encoding))
    }

    private func noise(width: Int, height: Int, channels: Int) -> Raster {
        var generator = SeededGenerator(seed: UInt64(width * 1_000 + height * 10 + channels))
        let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return Raster(width: width, height: height, channels: channels, pixels: pixels)
    }
}
