import Base
import Foundation
import Media
import TestSupport
import Testing

@Suite struct PictureMeasuresTests {
    @Test(
        "measures are those of NumPy, OpenCV and Pillow",
        .enabled(if: PythonOracle.isAvailable))
    func oracle() throws {
        let folder = try TemporaryFolder()
        // Smaller than what is shrunk, larger, high, a single pixel, a single row.
        let sizes = [(60, 40), (1_300, 700), (300, 900), (1, 1), (2_000, 1), (129, 128)]
        let files = try sizes.enumerated().map { index, size in
            try folder.write(
                Picture.ppm(width: size.0, height: size.1, seed: index * 37), to: "\(index).ppm")
        }
        let lines = try PythonOracle.lines(of: "measures_oracle.py", files)
        try #require(lines.count == files.count)
        for (file, line) in zip(files, lines) {
            let expected = try #require(JSON.parse(line).arrayValue)
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
            let raster = try ImageCodec.decode(bytes, options: DecodeOptions(layout: .rgb)).raster
            let measures = try PictureMeasures(raster)
            let luma = measures.luma
            #expect(abs(luma.mean - expected[0].floatValue!) < 1e-9, "\(file)")
            #expect(abs(luma.deviation - expected[1].floatValue!) < 1e-9, "\(file)")
            let sharpness = try measures.sharpness()
            #expect(abs(sharpness - expected[2].floatValue!) < 1e-6 * max(1, sharpness), "\(file)")
            let (gradient, noise) = (try measures.gradient(), measures.noise())
            #expect(abs(gradient - expected[4].floatValue!) < 1e-9 * max(1, gradient), "\(file)")
            #expect(abs(noise - expected[5].floatValue!) < 1e-9 * max(1, noise), "\(file)")
            let parts = try #require(expected[3].objectValue)
            let colours = try measures.colours()
            #expect(colours.count == parts.count, "\(file)")
            for (colour, part) in colours {
                #expect(abs(part - (parts[colour.rawValue]?.floatValue ?? -1)) < 1e-9, "\(file) \(colour)")
            }
        }
    }

    @Test func `a plain picture is as bright as its colour, without contrast, edges or a second colour`()
        throws
    {
        let red = Raster(
            width: 4, height: 3, channels: 3, pixels: (0..<12).flatMap { _ -> [UInt8] in [255, 0, 0] })
        let measures = try PictureMeasures(red)
        // ITU-R BT.601's luma of red, in whole steps: (19595 × 255 + 32768) >> 16 = 76.
        #expect(measures.luma.mean == 76.0 / 255 && measures.luma.deviation == 0)
        #expect(try measures.sharpness() == 0)
        let colours = try measures.colours()
        #expect(colours.map(\.colour) == [.red] && colours.map(\.part) == [1])
    }

    @Test func `the variance of the Laplacian of a checkerboard is that of its formula`() throws {
        // Inside and at mirrored edges each pixel's four neighbours are of the other colour: ±4 × 100.
        let pixels = (0..<64).map { index -> UInt8 in (index / 8 + index % 8) % 2 == 0 ? 100 : 200 }
        let board = Raster(width: 8, height: 8, channels: 1, pixels: pixels)
        #expect(try PictureMeasures(board).sharpness() == 160_000)
    }

    @Test func `the noise of Gaussian noise is its deviation, and a slope has none`() throws {
        var generator = SeededGenerator(seed: 11)
        // Box and Muller; no value is further from 128 than 4.3 · 12.
        let noisy = (0..<256 * 256).map { _ -> UInt8 in
            let (u, v) = (
                Double.random(in: 1e-4..<1, using: &generator), Double.random(in: 0..<1, using: &generator)
            )
            return UInt8((128 + 12 * (-2 * log(u)).squareRoot() * cos(2 * .pi * v)).rounded())
        }
        let raster = Raster(width: 256, height: 256, channels: 1, pixels: noisy)
        #expect(abs(try PictureMeasures(raster).noise() - 12) < 0.3)
        let slope = Raster(
            width: 64, height: 64, channels: 1,
            pixels: (0..<4_096).map { UInt8(2 * ($0 % 64) + $0 / 64) })
        #expect(try PictureMeasures(slope).noise() == 0)
        // Across, Sobel sees 8 · 2 levels inside and none at the mirrored edges; down, 8 · 1 alike.
        let expected = 62.0 / 64 * (16 * 16 + 8 * 8)
        #expect(abs(try PictureMeasures(slope).gradient() - expected) < 1e-9)
    }
}
