import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct JPEGTests {
    @Test(arguments: ["color", "gray", "ladder"], [2, 4, 8])
    func `a scaled decode is libjpeg's at that scale`(name: String, divisor: Int) throws {
        let bytes = try CodecCorpus.read("draft-\(name).jpg")
        let (width, height) = ((227 + divisor - 1) / divisor, (149 + divisor - 1) / divisor)
        let image = try ImageCodec.decode(
            bytes, options: DecodeOptions(scaling: .covering(width: width, height: height)))
        #expect((image.raster.width, image.raster.height) == (width, height))
        #expect((image.header.width, image.header.height) == (227, 149))
        let theirs = try CodecCorpus.read("draft-\(name).jpg.draft\(divisor)")
        #expect(image.raster.pixels == theirs)
    }

    @Test(
        "scaling covers what is asked on both sides",
        arguments: [
            (1, 1, 8), (29, 19, 8), (29, 20, 4), (30, 19, 4), (57, 38, 4), (58, 1, 2), (114, 75, 2),
            (115, 1, 1),
            (1, 76, 1), (227, 149, 1), (5_000, 5_000, 1),
        ])
    func scaling(width: Int, height: Int, divisor: Int) throws {
        let bytes = try CodecCorpus.read("draft-color.jpg")
        let options = DecodeOptions(scaling: .covering(width: width, height: height))
        let raster = try ImageCodec.decode(bytes, options: options).raster
        #expect(raster.width == (227 + divisor - 1) / divisor)
        #expect(raster.height == (149 + divisor - 1) / divisor)
    }

    @Test func `scaling is asked of the upright image`() throws {
        // turned-6 is stored 101×67 and seen 67×101.
        let bytes = try CodecCorpus.read("turned-6.jpg")
        let tall = try ImageCodec.decode(
            bytes, options: DecodeOptions(scaling: .covering(width: 34, height: 51)))
        #expect((tall.raster.width, tall.raster.height) == (34, 51))
        let wide = try ImageCodec.decode(
            bytes, options: DecodeOptions(scaling: .covering(width: 51, height: 34)))
        #expect((wide.raster.width, wide.raster.height) == (67, 101))
    }

    @Test func `orientation is left alone where that is asked`() throws {
        let bytes = try CodecCorpus.read("turned-6.jpg")
        let options = DecodeOptions(appliesOrientation: false)
        let image = try ImageCodec.decode(bytes, options: options)
        #expect((image.raster.width, image.raster.height) == (101, 67))
        #expect((image.header.storedWidth, image.header.storedHeight) == (101, 67))
        #expect((image.header.width, image.header.height) == (67, 101))
    }

    @Test func `arithmetic coding is read`() throws {
        let image = try ImageCodec.decode(Fixtures.arithmeticJPEG)
        #expect((image.raster.width, image.raster.height) == (24, 17))
        #expect(crc32(image.raster.pixels) == 2_205_639_043)
    }

    @Test(
        "processes that are not read are named",
        arguments: [
            (0xC3, 8, "lossless"), (0xC5, 8, "hierarchical"), (0xC7, 8, "lossless"), (0xCB, 8, "lossless"),
            (0xC1, 12, "12 bits"), (0xC2, 12, "12 bits"),
        ])
    func unsupported(marker: UInt8, bits: UInt8, word: String) throws {
        var bytes = try CodecCorpus.read("8x8-444.jpg")
        let place = try #require(frameHeader(bytes))
        bytes[place + 1] = marker
        bytes[place + 4] = bits
        let error = #expect(throws: MediaError.self) { try ImageCodec.decode(bytes) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains(word) == true)
    }

    @Test func `a frame of height zero is refused`() throws {
        var bytes = try CodecCorpus.read("8x8-444.jpg")
        let place = try #require(frameHeader(bytes))
        bytes.replaceSubrange(place + 5..<place + 7, with: [0, 0])
        #expect(throws: MediaError.self) { try ImageCodec.decode(bytes) }
    }

    @Test func `a second frame header is refused`() throws {
        let bytes = try CodecCorpus.read("8x8-444.jpg")
        let place = try #require(frameHeader(bytes))
        let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
        var header = Array(bytes[place..<place + 2 + length])
        header[5] = 0xFF
        for start in [place, place + 2 + length] {
            let doubled = Array(bytes[..<start]) + header + Array(bytes[start...])
            let error = #expect(throws: MediaError.self) { try ImageCodec.decode(doubled) }
            #expect(error?.code == .malformedInput)
        }
    }

    @Test func `a damaged file leaves nothing behind for the next`() throws {
        let sound = try CodecCorpus.read("17x33-420.jpg")
        let expected = try ImageCodec.decode(sound)
        let table = try #require(
            sound.indices.dropLast().first { sound[$0] == 0xFF && sound[$0 + 1] == 0xC4 })
        var damaged = sound
        damaged.replaceSubrange(table + 5..<table + 21, with: repeatElement(0xFF, count: 16))
        for _ in 0..<100 {
            #expect(throws: MediaError.self) { try ImageCodec.decode(damaged) }
            #expect(try ImageCodec.decode(sound) == expected)
        }
    }

    @Test("tables of another file are never used", arguments: [0xDB, 0xC4])
    func borrowedTables(marker: UInt8) throws {
        let whole = try CodecCorpus.read("17x33-420.jpg")
        var bare = whole
        while let place = bare.indices.dropLast().first(where: { bare[$0] == 0xFF && bare[$0 + 1] == marker })
        {
            bare.removeSubrange(place..<place + 2 + Int(bare[place + 2]) << 8 + Int(bare[place + 3]))
        }
        let foreign = try CodecCorpus.read("encoded-RGB-1-420.jpg")
        var outcomes: [Raster?] = []
        for before in [whole, foreign, whole] {
            for _ in 0..<20 { _ = try ImageCodec.decode(before) }
            outcomes.append((try? ImageCodec.decode(bare))?.raster)
        }
        #expect(outcomes.allSatisfy { $0 == outcomes[0] })
        // Without Huffman tables the standard ones hold, as for frames of Motion JPEG; nothing stands in for
        // the rest.
        #expect(try outcomes[0] == (marker == 0xC4 ? ImageCodec.decode(whole).raster : nil))
    }

    @Test(arguments: ["17x33-420.jpg", "17x33-progressive.jpg", "17x33-gray.jpg", "8x8-cmyk.jpg"])
    func `every truncation is an error or keeps pixels and says so`(name: String) throws {
        let bytes = try CodecCorpus.read(name)
        let whole = try ImageCodec.decode(bytes)
        for count in 0..<bytes.count {
            do {
                let image = try ImageCodec.decode(Array(bytes[..<count]))
                #expect(image.decodeError != nil, "\(count) of \(bytes.count) bytes pass for a sound file")
                #expect(
                    (image.raster.width, image.raster.height) == (whole.raster.width, whole.raster.height))
            } catch {
                let expected: [MediaError.Code] =
                    count < 3 ? [.malformedInput, .unknownFormat] : [.malformedInput]
                #expect(expected.contains(error.code), "\(count) bytes: \(error)")
            }
        }
    }

    @Test func `of a truncated file the rows that arrived are kept`() throws {
        let bytes = try CodecCorpus.read("227x149-444.jpg")
        let whole = try ImageCodec.decode(bytes).raster
        let half = try ImageCodec.decode(Array(bytes[..<(bytes.count / 2)]))
        #expect(half.decodeError?.contains("Premature end") == true)
        let sound = 48 * 227 * 3
        #expect(half.raster.pixels[..<sound] == whole.pixels[..<sound])
    }

    @Test func `a profile with a missing part is left out`() throws {
        var bytes = try CodecCorpus.read("long-profile.jpg")
        let name = Array("ICC_PROFILE\0".utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
        #expect(try ImageCodec.header(of: bytes).iccProfile != nil)
        bytes[place + name.count] = 7
        let header = try ImageCodec.header(of: bytes)
        #expect(header.iccProfile == nil)
        #expect((header.width, header.height) == (101, 67))
    }

    /// Where the frame header begins.
    private func frameHeader(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == 0xFF && [0xC0, 0xC1, 0xC2].contains(bytes[$0 + 1]) }
    }
}
