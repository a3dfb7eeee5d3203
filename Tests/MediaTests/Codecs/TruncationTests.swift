import Media
import TestSupport
import Testing

/// Files of every format that end too early, wherever that is.
@Suite(.onOwnThreads) struct TruncationTests {
    /// Small files, with places in them where nothing would be missed: metadata and frames behind the pixels,
    /// directories behind or before them, last blocks that end early.
    private static let names = [
        "8x8-444.jpg", "17x33-progressive.jpg", "7x5-gray.jpg", "restarts.jpg", "camera.jpg",
        "0-8-5x3.png", "2-8-33x21-interlaced.png", "palette-alpha.png", "camera.png", "animated.png",
        "16-colors-0.gif", "3-key-1.gif", "animated.gif", "small-frame-key.gif", "one.gif", "black.gif",
        "1-37.bmp", "core-4.bmp", "565.bmp", "runs8.bmp", "runs4.bmp", "delta8.bmp", "fields-5-108.bmp",
        "plain-1.pbm", "plain-2-15.ppm", "plain-3-255.ppm", "plain-2-65535.ppm", "raw-5-1023.ppm",
        "raw-6-255.ppm", "mode-1.ppm",
        "rgb-little-None.tif", "rgb-big-16.tif", "gray1-little.tif", "palette4-big.tif", "RGB-tiff_lzw.tif",
        "L-tiff_adobe_deflate.tif", "CMYK-packbits.tif", "group4.tif", "jpeg-gray.tif", "turned-6.tif",
        "camera.tif", "pages.tif",
        "17x33-lossless.webp", "17x33-lossless-alpha.webp", "8x8-lossy.webp", "17x33-lossy-alpha.webp",
        "animated-lossy.webp", "camera.webp", "turned-2.webp",
    ]

    @Test(arguments: names)
    func `a file cut short is refused, marked, or lacks nothing`(name: String) throws {
        try checkCuts(of: try CodecCorpus.read(name), name)
    }

    @Test(arguments: [
        ("heic", Fixtures.heic), ("heicAlpha", Fixtures.heicAlpha), ("avif", Fixtures.avif),
        ("avifAlpha", Fixtures.avifAlpha), ("arithmetic", Fixtures.arithmeticJPEG),
    ])
    func `so is a fixture cut short`(name: String, bytes: [UInt8]) throws {
        try checkCuts(of: bytes, name)
    }

    @Test func `an animation cut behind its first frame keeps that frame`() throws {
        for name in ["animated.gif", "animated-lossy.webp", "animated.png"] {
            let bytes = try CodecCorpus.read(name)
            let whole = try ImageCodec.decode(bytes)
            let image = try ImageCodec.decode(Array(bytes.dropLast(20)))
            #expect(image.raster == whole.raster, "\(name)")
            #expect(image.decodeError?.contains("cut short") == true, "\(name): \(image.decodeError ?? "-")")
        }
    }

    /// Every byte of a small file, and of what stands around the pixels of others; 13 apart within these,
    /// which falls on each byte of a sample and of a row in turn.
    private static func cuts(of length: Int) -> [Int] {
        (0..<length).filter { length <= 1_536 || $0 < 512 || $0 >= length - 256 || $0.isMultiple(of: 13) }
    }

    /// Where many places fail, the first is told.
    private func checkCuts(of bytes: [UInt8], _ name: String) throws {
        let whole = try ImageCodec.decode(bytes)
        #expect(whole.decodeError == nil)
        for count in TruncationTests.cuts(of: bytes.count) {
            guard let image = try? ImageCodec.decode(Array(bytes[..<count])), image.decodeError == nil,
                image != whole
            else { continue }
            Issue.record("\(name): \(count) of \(bytes.count) bytes pass for a whole file and are another")
            return
        }
    }
}
