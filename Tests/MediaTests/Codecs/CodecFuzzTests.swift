import Foundation
import Media
import Synchronization
import TestSupport
import Testing

@Suite(.onOwnThreads) struct CodecFuzzTests {
    /// Small files of many kinds.
    private static let seeds: [(name: String, bytes: [UInt8])] = {
        let names = [
            "8x8-444.jpg", "17x33-420.jpg", "17x33-progressive.jpg", "8x8-cmyk.jpg", "7x5-gray.jpg",
            "camera.jpg",
            "turned-6.jpg", "restarts.jpg", "profile.jpg",
            "0-1-33x21.png", "0-16-5x3.png", "2-8-33x21-interlaced.png", "3-4-33x21.png", "6-8-5x3.png",
            "palette-alpha.png", "turned-legacy.png", "turned-xmp.png", "camera.png", "animated.png",
            "16-colors-0.gif", "3-key-1.gif", "animated.gif", "small-frame-key.gif", "interlaced-9.gif",
            "1-37.bmp", "4-7.bmp", "555.bmp", "565.bmp", "fields-5-108.bmp", "core-4.bmp", "delta8.bmp",
            "runs4.bmp",
            "plain-1.pbm", "plain-3-15.ppm", "raw-5-1023.ppm", "raw-6-255.ppm", "mode-1.ppm",
            "gray16-little.tif", "rgb-big-16.tif", "palette4-big.tif", "1-tiff_lzw.tif", "group4.tif",
            "jpeg-gray.tif",
            "CMYK-packbits.tif", "turned-6.tif", "extra-1-little.tif", "float-big.tif",
            "17x33-lossless.webp", "17x33-lossy-alpha.webp", "8x8-lossy.webp", "animated.webp", "camera.webp",
        ]
        let files = names.compactMap { name in (try? CodecCorpus.read(name)).map { (name, $0) } }
        return files + [
            ("heic", Fixtures.heic), ("avif", Fixtures.avif), ("heicAlpha", Fixtures.heicAlpha),
            ("arithmetic", Fixtures.arithmeticJPEG),
        ]
    }()

    @Test(arguments: 0..<seeds.count)
    func `no damage to a file is a crash`(number: Int) {
        let (name, original) = CodecFuzzTests.seeds[number]
        let rounds = name.hasPrefix("heic") || name.hasPrefix("avif") ? 60 : 250
        for round in 0..<rounds {
            var generator = SeededGenerator(seed: UInt64(number * 1_000_000 + round))
            var bytes = original
            Mutation.apply(to: &bytes, using: &generator)
            check(bytes, using: &generator, "\(name), round \(round)")
        }
    }

    @Test func `noise behind each format's first bytes is not a crash`() {
        for (number, seed) in CodecFuzzTests.seeds.enumerated() {
            for round in 0..<40 {
                var generator = SeededGenerator(seed: UInt64(round << 32 + number))
                let kept = Int.random(in: 4...40, using: &generator)
                let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
                check(
                    Array(seed.bytes.prefix(kept)) + noise, using: &generator, "\(seed.name), round \(round)")
            }
        }
    }

    /// Header and pixels agree with each other and with the limit, or there is an error.
    private func check(_ bytes: [UInt8], using generator: inout SeededGenerator, _ comment: Comment) {
        let layouts = PixelLayout.allCases
        let layout = layouts[Int.random(in: 0..<layouts.count, using: &generator)]
        let scaling: DecodeScaling = Bool.random(using: &generator) ? .full : .covering(width: 5, height: 5)
        let options = DecodeOptions(maxPixels: 1 << 20, layout: layout, scaling: scaling)
        let header = try? ImageCodec.header(of: bytes)
        guard let image = try? ImageCodec.decode(bytes, options: options) else { return }
        #expect(image.header == header, comment)
        #expect(image.header.width * image.header.height <= 1 << 20, comment)
        #expect(
            image.raster.width <= image.header.width && image.raster.height <= image.header.height, comment)
    }
}

@Suite(.onOwnThreads) struct CodecConcurrencyTests {
    @Test func `many threads decode at once and each gets its own picture`() throws {
        let entries = CodecCorpus.entries
        let files = try entries.map { (try $0.bytes, try $0.pixels, $0) }
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for step in 0..<files.count {
                let (bytes, pixels, entry) = files[(step * 7 + thread * 61) % files.count]
                let ours = (try? ImageCodec.decode(bytes))?.raster.pixels ?? []
                // Equal arrays are told at once, which most of them are.
                let isClose =
                    ours == pixels
                    || ours.count == pixels.count
                        && zip(ours, pixels).allSatisfy { abs(Int($0) - Int($1)) <= entry.tolerance }
                if !isClose { wrong.withLock { $0.append(entry.name) } }
            }
        }
        #expect(wrong.withLock { $0 } == [])
    }

    @Test func `encoders run side by side`() throws {
        let raster = try ImageCodec.decode(CodecCorpus.read("source-RGB.png")).raster
        let encodings: [Encoding] = [.jpeg(), .png(), .webp(), .webp(lossless: true)]
        let expected = try encodings.map { (encoding) throws in try ImageCodec.encode(raster, as: encoding) }
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for step in 0..<20 {
                let number = (step + thread) % encodings.count
                let bytes = try? ImageCodec.encode(raster, as: encodings[number])
                if bytes != expected[number] { wrong.withLock { $0 += 1 } }
            }
        }
        #expect(wrong.withLock { $0 } == 0)
    }
}
