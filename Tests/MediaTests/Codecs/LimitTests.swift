import Media
import TestSupport
import Testing

/// Files that claim or unpack to more than they should cost.
@Suite(.onOwnThreads) struct CodecLimitTests {
    @Test(arguments: [
        "64x48-420.jpg", "2-8-64x47.png", "16-colors-0.gif", "8-37.bmp", "raw-6-255.ppm", "rgb-little-16.tif",
        "64x48-lossy.webp",
    ])
    func `the limit is the last size that is allowed`(name: String) throws {
        let bytes = try CodecCorpus.read(name)
        let header = try ImageCodec.header(of: bytes)
        let count = header.width * header.height
        _ = try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: count))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: count - 1))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("\(header.width)×\(header.height)") == true)
        #expect(error?.message.contains("\(count - 1)") == true)
    }

    @Test(arguments: [Fixtures.heic, Fixtures.avif])
    func `the limit holds for HEIF and AVIF`(bytes: [UInt8]) throws {
        _ = try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: 48 * 32))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: 48 * 32 - 1))
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `a JPEG that claims 65535×65535 is refused before memory is taken`() throws {
        var bytes = try CodecCorpus.read("8x8-444.jpg")
        let place = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
        bytes.replaceSubrange(place + 5..<place + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
        expectLimit(bytes)
        #expect(try ImageCodec.header(of: bytes).width == 65_535)
    }

    @Test(
        "a PNG that claims a huge size is refused",
        arguments: [
            (60_000, 60_000), (2_147_483_647, 2_147_483_647), (1, 2_147_483_647), (2_147_483_647, 1),
        ])
    func hugePNG(width: Int, height: Int) throws {
        var bytes = try CodecCorpus.read("2-8-64x47.png")
        bytes.replaceSubrange(16..<20, with: bigEndian(width))
        bytes.replaceSubrange(20..<24, with: bigEndian(height))
        bytes.replaceSubrange(29..<33, with: bigEndian(Int(crc32(bytes[12..<29]))))
        expectLimit(bytes)
    }

    @Test(arguments: ["texts.png", "more-rows.png"])
    func `what unpacks beyond the image is not unpacked`(name: String) throws {
        let image = try ImageCodec.decode(CodecCorpus.read(name))
        #expect(try image.raster.pixels == CodecCorpus.read(name + ".pixels"))
        #expect((image.decodeError != nil) == (name == "more-rows.png"))
        // 20 MB of zeros would be a profile beyond the limit of 16.
        #expect(image.header.iccProfile == nil)
    }

    @Test("chunks of pixels behind the last row are noted", arguments: [0, 1_000, 100_000])
    func surplusChunks(byteCount: Int) throws {
        let original = try CodecCorpus.read("2-8-64x47.png")
        let body = Array("IDAT".utf8) + [UInt8](repeating: 7, count: byteCount)
        let chunk = bigEndian(byteCount) + body + bigEndian(Int(crc32(body)))
        let image = try ImageCodec.decode(original.dropLast(12) + chunk + original.suffix(12))
        #expect(try image.raster == ImageCodec.decode(original).raster)
        #expect((image.decodeError != nil) == (byteCount > 0), "\(image.decodeError ?? "")")
    }

    @Test func `a GIF that claims 65535×65535 is refused`() throws {
        var bytes = try CodecCorpus.read("16-colors-0.gif")
        bytes.replaceSubrange(6..<10, with: [0xFF, 0xFF, 0xFF, 0xFF])
        expectLimit(bytes)
    }

    @Test func `a BMP that claims a huge size is refused`() throws {
        var bytes = try CodecCorpus.read("8-37.bmp")
        bytes.replaceSubrange(18..<26, with: [0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F])
        expectLimit(bytes)
        bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0x80])
        let error = #expect(throws: MediaError.self) { try ImageCodec.decode(bytes) }
        #expect(error?.code == .malformedInput)
    }

    @Test func `a PNM that claims a huge size is refused`() {
        expectLimit(Array("P6 999999999 999999999 255\n".utf8))
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(Array("P6 99999999999999999999 1 255\n".utf8))
        }
        #expect(error?.code == .malformedInput)
    }

    @Test("a TIFF that claims a huge size or tile is refused", arguments: [0x0100, 0x0101, 0x0142, 0x0143])
    func hugeTIFF(tag: Int) throws {
        var bytes = try CodecCorpus.read("rgb-little-16.tif")
        let entry = [UInt8(tag & 255), UInt8(tag >> 8), 4, 0, 1, 0, 0, 0]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: entry) })
        bytes.replaceSubrange(place + 8..<place + 12, with: [0xFF, 0xFF, 0xFF, 0x7E])
        expectLimit(bytes)
    }

    @Test func `a JPEG of very many scans is refused`() throws {
        let bytes = try CodecCorpus.read("64x48-progressive.jpg")
        let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA }
        let last = try #require(scans.last)
        let scan = bytes[last..<bytes.count - 2]
        let many =
            bytes[..<last] + Array(repeatElement(scan, count: 600).joined()) + bytes[(bytes.count - 2)...]
        expectLimit(Array(many))
    }

    @Test func `scans of an image that is large are counted against its size`() throws {
        var bytes = try CodecCorpus.read("64x48-progressive.jpg")
        let place = try #require(
            bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC2 })
        // 40,000 × 40,000 pixels are above the pixel limit of no scan, but ten scans pass over 16 thousand
        // million.
        bytes.replaceSubrange(place + 5..<place + 9, with: [0x9C, 0x40, 0x9C, 0x40])
        let error = #expect(throws: MediaError.self) {
            try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: .max))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("scans") == true)
    }

    private func expectLimit(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: MediaError.self, sourceLocation: sourceLocation) {
            try ImageCodec.decode(bytes)
        }
        #expect(error?.code == .limitExceeded, "\(String(describing: error))", sourceLocation: sourceLocation)
    }

    private func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
