import Foundation
import Media
import TestSupport
import Testing

/// Files of a few bytes that would take very much memory or time.
@Suite(.onOwnThreads) struct MemoryLimitTests {
    @Test func `a progressive JPEG of a few bytes that claims 256 million pixels is refused`() throws {
        let bytes = try resized("17x33-progressive.jpg", to: 16_000)
        #expect(bytes.count < 2_000)
        let error = #expect(throws: MediaError.self) { try ImageCodec.decode(bytes) }
        #expect(error?.code == .malformedInput)
        #expect(error?.message.contains("16000×16000 in a file of \(bytes.count) bytes") == true)
        #expect(try ImageCodec.header(of: bytes).width == 16_000)
    }

    /// 16,000 × 16,000 × 3 bytes of pixels and, where all scans must be read first, two bytes for each
    /// coefficient: all three components have 1000 × 1000 units of 4 + 1 + 1 blocks of 64.
    @Test func `the coefficients of a progressive JPEG count as memory`() throws {
        let bytes = try resized("17x33-progressive.jpg", to: 16_000) + [UInt8](repeating: 0, count: 4_096)
        let error = #expect(throws: MediaError.self) { try ImageCodec.decode(bytes) }
        #expect(error?.code == .limitExceeded)
        let needed = 16_000 * 16_000 * 3 + 1_000 * 1_000 * 6 * 128
        #expect(error?.message.contains("needs \(needed) bytes") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\(1 << 30)") == true)
    }

    @Test func `a JPEG header cut behind a photo's size keeps its pixels while they are small`() throws {
        let bytes = try resized("17x33-420.jpg", to: 1_000)
        let image = try ImageCodec.decode(bytes)
        #expect((image.raster.width, image.raster.height) == (1_000, 1_000))
        #expect(image.decodeError != nil)
    }

    @Test(
        "the memory limit is the last that is allowed",
        arguments: [
            // Bytes a pixel: the raster's, and what the decoder holds beside them.
            ("64x48-420.jpg", 3), ("2-8-33x21.png", 3), ("3-8-33x21-interlaced.png", 3),
            ("16-colors-0.gif", 5), ("4-7.bmp", 3), ("runs8.bmp", 4), ("raw-6-255.ppm", 3),
            ("64x48-lossy.webp", 3), ("64x48-lossless.webp", 7), ("animated.webp", 16), ("turned-6.png", 6),
        ])
    func memoryLimit(name: String, bytesPerPixel: Int) throws {
        let bytes = try CodecCorpus.read(name)
        let header = try ImageCodec.header(of: bytes)
        let needed = header.width * header.height * bytesPerPixel
        _ = try ImageCodec.decode(bytes, options: DecodeOptions(maxBytes: needed))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(bytes, options: DecodeOptions(maxBytes: needed - 1))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("\(needed - 1)") == true)
    }

    @Test func `tiles that libvips holds three rows of count as memory`() throws {
        let bytes = try CodecCorpus.read("rgb-little-48.tif")
        // 83 × 59 pixels of three bytes, and three rows of two tiles of 48 × 48.
        let needed = 83 * 59 * 3 + 3 * 2 * 48 * 48 * 3
        _ = try ImageCodec.decode(bytes, options: DecodeOptions(maxBytes: needed))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(bytes, options: DecodeOptions(maxBytes: needed - 1))
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `HEIF counts the planes of its codec`() throws {
        // 48 × 32 pixels: three bytes of pixels, and three copies of them on the way.
        let needed = 48 * 32 * 12
        _ = try ImageCodec.decode(Fixtures.heic, options: DecodeOptions(maxBytes: needed))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(Fixtures.heic, options: DecodeOptions(maxBytes: needed - 1))
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `the limit grows with the pixels that are allowed, from 1 GiB`() {
        #expect(DecodeOptions().maxBytes == 1 << 30)
        #expect(DecodeOptions(maxPixels: 1_000).maxBytes == 1 << 30)
        #expect(DecodeOptions(maxPixels: 1 << 29).maxBytes == 1 << 31)
        #expect(DecodeOptions(maxPixels: .max).maxBytes == .max)
    }

    /// Each chunk unpacks to 16 MB and is no profile: hundreds of them would take half a minute.
    @Test func `of many profiles in a PNG one is unpacked`() throws {
        let bytes = try CodecCorpus.read("profiles.png")
        let clock = ContinuousClock()
        var header: ImageHeader?
        let time = try clock.measure { header = try ImageCodec.header(of: bytes) }
        #expect(header?.iccProfile == nil && header?.exif == nil)
        #expect(time < .seconds(2))
    }

    /// `name` with another width and height in its frame header.
    private func resized(_ name: String, to side: Int) throws -> [UInt8] {
        var bytes = try CodecCorpus.read(name)
        let place = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && [0xC0, 0xC2].contains(bytes[$0 + 1]) })
        let pair = [UInt8(side >> 8), UInt8(side & 255)]
        bytes.replaceSubrange(place + 5..<place + 9, with: pair + pair)
        return bytes
    }
}
