import Media
import TestSupport
import Testing

/// Files cut short, and files whose parts contradict each other.
@Suite(.onOwnThreads) struct CodecDamageTests {
    @Test(arguments: [
        "0-8-33x21.png", "2-8-33x21.png", "3-4-33x21.png", "6-16-5x3.png", "2-8-33x21-interlaced.png",
        "0-1-64x47-interlaced.png",
    ])
    func `every truncation of a PNG is an error or keeps pixels and says so`(name: String) throws {
        let bytes = try CodecCorpus.read(name)
        let whole = try ImageCodec.decode(bytes).raster
        let stride = whole.width * whole.channels
        for count in 0..<bytes.count {
            do {
                let image = try ImageCodec.decode(Array(bytes[..<count]))
                #expect(image.decodeError != nil, "\(count) of \(bytes.count) bytes pass for a sound file")
                guard !name.contains("interlaced") else { continue }
                for row in 0..<whole.height {
                    let kept = image.raster.pixels[row * stride..<(row + 1) * stride]
                    let isWhole = kept == whole.pixels[row * stride..<(row + 1) * stride]
                    guard isWhole || kept.allSatisfy({ $0 == 0 }) else {
                        Issue.record("\(count) bytes: row \(row) is neither whole nor black")
                        return
                    }
                }
            } catch {
                #expect([.malformedInput, .unknownFormat].contains(error.code), "\(count) bytes: \(error)")
            }
        }
    }

    @Test func `a PNG cut in half keeps the rows that arrived`() throws {
        let bytes = try CodecCorpus.read("2-8-64x47.png")
        let image = try ImageCodec.decode(Array(bytes[..<(bytes.count / 2)]))
        let whole = try ImageCodec.decode(bytes).raster
        #expect(image.decodeError != nil)
        #expect(image.raster.pixels[..<(20 * 64 * 3)] == whole.pixels[..<(20 * 64 * 3)])
        #expect(image.raster.pixels.suffix(64 * 3).allSatisfy { $0 == 0 })
    }

    @Test func `a PNG with a flipped bit in its pixels says so`() throws {
        var bytes = try CodecCorpus.read("2-8-64x47.png")
        bytes[bytes.count / 2] ^= 0x10
        switch Result(catching: { () throws(MediaError) in try ImageCodec.decode(bytes) }) {
        case .success(let image): #expect(image.decodeError != nil)
        case .failure(let error): #expect(error.code == .malformedInput)
        }
    }

    @Test(arguments: [
        "17x33-lossless.webp", "17x33-lossy-alpha.webp", "animated.webp", "16-colors-0.gif", "3-key-1.gif",
        "8-37.bmp", "core-24.bmp", "runs8.bmp", "raw-6-255.ppm", "plain-2-15.ppm", "RGB-tiff_lzw.tif",
        "rgb-little-16.tif", "CMYK-packbits.tif",
    ])
    func `no truncation of any format is a crash`(name: String) throws {
        let bytes = try CodecCorpus.read(name)
        let whole = try ImageCodec.decode(bytes).raster
        for count in 0..<bytes.count {
            do {
                let image = try ImageCodec.decode(Array(bytes[..<count]))
                #expect((image.raster.width, image.raster.height) == (whole.width, whole.height))
                #expect(image.decodeError != nil || image.raster == whole, "\(count) of \(bytes.count) bytes")
            } catch {
                let codes: [MediaError.Code] = [.malformedInput, .unknownFormat, .unsupported]
                #expect(codes.contains(error.code), "\(count) bytes: \(error)")
            }
        }
    }

    @Test(
        "a file cut short keeps the first rows",
        arguments: [
            "227x149-lossless.webp", "227x149-lossy.webp", "noise.gif", "strips.tif",
        ])
    func halves(name: String) throws {
        let bytes = try CodecCorpus.read(name)
        let whole = try ImageCodec.decode(bytes).raster
        // A TIFF's directory stands at its end: damage the pixels instead of cutting them off.
        var damaged = bytes
        if name.hasSuffix("tif") {
            damaged.replaceSubrange(
                bytes.count / 2..<bytes.count / 2 + 500, with: repeatElement(0, count: 500))
        } else {
            damaged.removeLast(bytes.count / 2)
        }
        let image = try ImageCodec.decode(damaged)
        #expect(image.decodeError != nil)
        let kept = whole.height / 8 * whole.width * whole.channels
        #expect(image.raster.pixels[..<kept] == whole.pixels[..<kept])
    }

    @Test func `what cannot be shown still has a header`() throws {
        let bytes = try CodecCorpus.read("2-8-64x47.png")
        let start = Array(bytes[..<60])
        let error = #expect(throws: MediaError.self) { try ImageCodec.decode(start) }
        #expect(error?.code == .malformedInput)
        let header = try ImageCodec.header(of: start)
        #expect((header.width, header.height, header.channels) == (64, 47, 3))
    }
}
