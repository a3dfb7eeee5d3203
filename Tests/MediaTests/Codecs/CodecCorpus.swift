import Base
import Foundation
import Media
import TestSupport
import Testing

/// Files of every kind that is read, with what Pillow shows of them (`Tests/Oracles/codec_corpus.py`).
enum CodecCorpus {
    struct Entry: Sendable, Codable, CustomTestStringConvertible {
        let name: String
        let format: String
        let width: Int
        let height: Int
        let channels: Int
        let bits: Int
        let frames: Int
        let alpha: Bool
        let orientation: Int
        let tolerance: Int
        let rgba: Bool?
        let icc: Int?
        let make: String?
        let model: String?
        // The name is that of the corpus' JSON.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let captured_at: String?
        let latitude: Double?
        let longitude: Double?
        let altitude: Double?

        var testDescription: String { name }
        var bytes: [UInt8] { get throws { try CodecCorpus.read(name) } }
        var pixels: [UInt8] { get throws { try CodecCorpus.read(name + ".pixels") } }
        var rgbaPixels: [UInt8] { get throws { try CodecCorpus.read(name + ".rgba") } }
    }

    /// Made once a run; empty when the oracle fails, which `the corpus is there` reports.
    static let entries: [Entry] = (try? outcome.get().entries) ?? []
    static let outcome = Result {
        let folder = try TemporaryFolder()
        _ = try PythonOracle.run("codec_corpus.py", [folder.url.path])
        let list = try Data(contentsOf: folder.url.appendingPathComponent("corpus.json"))
        return (folder: folder, entries: try JSONDecoder().decode([Entry].self, from: list))
    }

    static func read(_ name: String) throws -> [UInt8] {
        try contents(of: outcome.get().folder.url.appendingPathComponent(name))
    }
}

@Suite(.onOwnThreads) struct CodecCorpusTests {
    @Test func `the corpus is there`() throws {
        #expect(try CodecCorpus.outcome.get().entries.count > 400)
        #expect(
            Set(CodecCorpus.entries.map(\.format)) == ["jpeg", "png", "gif", "bmp", "pnm", "tiff", "webp"])
    }

    @Test(arguments: CodecCorpus.entries)
    func `decoded pixels are those that Pillow shows`(entry: CodecCorpus.Entry) throws {
        let image = try ImageCodec.decode(entry.bytes)
        #expect(image.decodeError == nil)
        let raster = image.raster
        try #require((raster.width, raster.height) == (entry.width, entry.height))
        try #require(raster.channels == entry.channels)
        try expectClose(raster.pixels, entry.pixels, tolerance: entry.tolerance)
    }

    @Test(arguments: CodecCorpus.entries.filter { $0.rgba == true })
    func `alpha is what Pillow shows`(entry: CodecCorpus.Entry) throws {
        let raster = try ImageCodec.decode(entry.bytes, options: DecodeOptions(layout: .rgba)).raster
        try #require(raster.channels == 4)
        try expectClose(raster.pixels, entry.rgbaPixels, tolerance: entry.tolerance)
    }

    @Test(arguments: CodecCorpus.entries)
    func `the header says what the file holds`(entry: CodecCorpus.Entry) throws {
        let header = try ImageCodec.header(of: entry.bytes)
        #expect(header.format.rawValue == entry.format)
        #expect((header.width, header.height) == (entry.width, entry.height))
        #expect(header.bitsPerChannel == entry.bits)
        #expect(header.frameCount == entry.frames)
        #expect(header.orientation == entry.orientation)
        #expect(header.hasAlpha == entry.alpha)
        #expect(header.iccProfile?.count == entry.icc)
        #expect(try ImageCodec.decode(entry.bytes).header == header)
    }

    @Test(arguments: CodecCorpus.entries.filter { $0.make != nil })
    func `what the camera wrote is read, in every container`(entry: CodecCorpus.Entry) throws {
        let exif = try #require(try ImageCodec.header(of: entry.bytes).exif)
        #expect(exif.make == entry.make)
        #expect(exif.model == entry.model)
        #expect(exif.capturedAt?.iso8601 == entry.captured_at)
        #expect(exif.orientation == 1)
        for (ours, written) in [
            (exif.latitude, entry.latitude), (exif.longitude, entry.longitude),
            (exif.altitude, entry.altitude),
        ] {
            let (ours, written) = (try #require(ours), try #require(written))
            #expect(abs(ours - written) < 1e-9)
        }
        #expect(exif.tags["ExposureTime"]?.floatValue == 0.004)
        #expect(exif.tags["PhotographicSensitivity"]?.integerValue == 400)
    }

    @Test(arguments: CodecCorpus.entries)
    func `every layout has its channels and the same picture`(entry: CodecCorpus.Entry) throws {
        let bytes = try entry.bytes
        let rgb = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgb)).raster
        let gray = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .gray)).raster
        let rgba = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgba)).raster
        try #require((rgb.channels, gray.channels, rgba.channels) == (3, 1, 4))
        for index in 0..<rgb.width * rgb.height {
            let color = rgb.pixels[index * 3..<index * 3 + 3]
            guard rgba.pixels[index * 4..<index * 4 + 3].elementsEqual(color) else {
                Issue.record("pixel \(index): \(color) and \(rgba.pixels[index * 4..<index * 4 + 3])")
                return
            }
            let values = color.map { Int($0) }
            // Of a file that is gray the sum of the weights, 65,536, leaves each value as it is.
            let luma = (values[0] * 19_595 + values[1] * 38_470 + values[2] * 7_471 + 32_768) >> 16
            guard Int(gray.pixels[index]) == luma else {
                Issue.record("pixel \(index): gray \(gray.pixels[index]), not \(luma)")
                return
            }
        }
    }

    private func expectClose(_ ours: [UInt8], _ theirs: [UInt8], tolerance: Int) throws {
        try #require(ours.count == theirs.count)
        var worst = 0
        var differing = 0
        for (our, their) in zip(ours, theirs) where our != their {
            worst = max(worst, abs(Int(our) - Int(their)))
            differing += 1
        }
        #expect(worst <= tolerance, "\(differing) of \(ours.count) values differ")
    }
}
