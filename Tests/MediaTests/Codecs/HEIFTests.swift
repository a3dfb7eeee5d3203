import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct HEIFTests {
    @Test(
        "HEIF and AVIF are decoded",
        arguments: [
            (Fixtures.heic, ImageFormat.heif, false), (Fixtures.heicAlpha, .heif, true),
            (Fixtures.avif, .avif, false),
            (Fixtures.avifAlpha, .avif, true),
        ])
    func decode(bytes: [UInt8], format: ImageFormat, hasAlpha: Bool) throws {
        let image = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgba))
        #expect(image.header.format == format)
        #expect((image.header.width, image.header.height) == (48, 32))
        #expect(image.header.hasAlpha == hasAlpha)
        #expect(image.header.bitsPerChannel == 8)
        #expect(image.header.frameCount == 1)
        #expect(image.decodeError == nil)
        // In the middle of a plain quarter a lossy codec comes close to the colour that went in.
        for (quarter, color) in Fixtures.quarters.enumerated() {
            let place = ((quarter / 2 * 16 + 8) * 48 + quarter % 2 * 24 + 12) * 4
            let pixel = image.raster.pixels[place..<place + 4].map(Int.init)
            for channel in 0..<3 { #expect(abs(pixel[channel] - Int(color[channel])) <= 6) }
            #expect(abs(pixel[3] - (hasAlpha && quarter % 2 == 1 ? 128 : 255)) <= 3)
        }
        #expect(try ImageCodec.header(of: bytes) == image.header)
        #expect(try ImageCodec.decode(bytes).raster.channels == 3)
        #expect(try ImageCodec.decode(bytes, options: DecodeOptions(layout: .gray)).raster.channels == 1)
    }

    @Test(arguments: [Fixtures.heic, Fixtures.avifAlpha])
    func `every truncation is an error`(bytes: [UInt8]) {
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: MediaError.self) { try ImageCodec.decode(Array(bytes[..<count])) }
        }
    }
}
