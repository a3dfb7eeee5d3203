import Base
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct GeometryTests {
    /// 3 × 2, each sample telling its place.
    private let small = Raster(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])

    @Test(
        "rotating gives the bytes of Pillow", .enabled(if: PythonOracle.isAvailable),
        arguments: RotateFilter.allCases)
    func rotatesAsPillow(filter: RotateFilter) throws {
        let seed: UInt64 = 99
        var random = SeededGenerator(seed: seed)
        let exact: [Double] = [
            0, 90, 180, 270, 360, -90, 45, 30, 60, 1e-17, -1e-17, 359.999_999, 720.5, 1e-8,
        ]
        let fills: [FillColour] = [.clear, FillColour(red: 10, green: 200, blue: 90)]
        let jobs = (0..<160).map { index -> (OperationOracle.Job, Rotate) in
            let angle =
                index < 4 * exact.count
                ? exact[index % exact.count] : Double.random(in: -720...720, using: &random)
            var raster = random.raster(
                width: random.side(upTo: 120), height: random.side(upTo: 120), channels: random.channels())
            if index % 11 == 0 { raster = random.raster(width: 40, height: 40, channels: 3) }
            // Pillow takes the fill of gray as a sample and not as a colour.
            let fill = raster.channels == 1 ? .clear : fills[index % 2]
            let expands = index % 3 == 0
            let values = [fill.red, fill.green, fill.blue, fill.alpha].map { Value.integer(Int64($0)) }
            let job = OperationOracle.Job(
                name: "rotate", raster: raster,
                parameters: [
                    "angle": .float(angle), "filter": .string(filter.rawValue), "expand": .boolean(expands),
                    "fill": fill == .clear ? .null : .array(values),
                ])
            return (job, Rotate(degrees: angle, expand: expands, filter: filter, fill: fill))
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs.map(\.0))) {
            let comment = "seed \(seed), \(job.1), \(job.0.raster.size)×\(job.0.raster.channels)"
            for level in PixelKernels.Level.allCases {
                let result = try PixelKernels.with(level) { try job.1.apply(to: job.0.raster) }
                expectEqual(result, answer, "\(comment), \(level)")
            }
            #expect(try job.1.outputSize(of: job.0.raster.size).width == answer.width, "\(comment)")
        }
    }

    @Test(
        "a picture too long for fixed point is turned as Pillow does",
        .enabled(if: PythonOracle.isAvailable))
    func rotatesLongPictures() throws {
        var random = SeededGenerator(seed: 5)
        let raster = random.raster(width: 40_000, height: 2, channels: 1)
        let job = OperationOracle.Job(
            name: "rotate", raster: raster,
            parameters: ["angle": 0.01, "filter": "nearest", "expand": false, "fill": .null])
        let answer = try OperationOracle.answers([job])[0]
        expectEqual(try raster.rotated(degrees: 0.01, filter: .nearest), answer, "40000×2")
    }

    @Test func `quarter turns go counter-clockwise`() throws {
        #expect(try small.rotated(degrees: 90, expand: true).pixels == [3, 6, 2, 5, 1, 4])
        #expect(try small.rotated(degrees: 180).pixels == [6, 5, 4, 3, 2, 1])
        #expect(try small.rotated(degrees: -90, expand: true).pixels == [4, 1, 5, 2, 6, 3])
        #expect(try small.rotated(degrees: 360).pixels == small.pixels)
    }

    @Test func `four quarter turns restore any image`() throws {
        var random = SeededGenerator(seed: 8)
        for channels in [1, 3, 4] {
            let raster = random.raster(width: 71, height: 45, channels: channels)
            var turned = raster
            for _ in 0..<4 { turned = try turned.rotated(degrees: 90, expand: true) }
            #expect(turned == raster)
        }
    }

    @Test func `outside the turned image stands the fill, with its own alpha`() throws {
        let raster = Raster(
            width: 9, height: 9, channels: 4, pixels: [UInt8](repeating: 255, count: 9 * 9 * 4))
        let fill = FillColour(red: 7, green: 100, blue: 3, alpha: 20)
        for filter in RotateFilter.allCases {
            let result = try raster.rotated(degrees: 45, filter: filter, expand: true, fill: fill)
            #expect(Array(result.pixels[..<4]) == [7, 100, 3, 20], "\(filter)")
        }
        let gray = try small.rotated(degrees: 45, expand: true, fill: FillColour(red: 255, green: 0, blue: 0))
        #expect(gray.pixels[0] == 76)  // (19595 · 255 + 32768) >> 16
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `an angle that is no number is refused`(angle: Double) {
        let error = #expect(throws: MediaError.self) { try small.rotated(degrees: angle) }
        #expect(error?.code == .invalidOperation)
        #expect(throws: MediaError.self) {
            try Rotate(degrees: angle).outputSize(of: PixelSize(width: 2, height: 2))
        }
    }

    @Test func `a turned image above the limit is refused`() throws {
        // Corners at 1.5 ± 1.77 and 1 ± 1.77 lie on 5 × 4 pixels.
        let turn = Rotate(degrees: 45, expand: true)
        let error = #expect(throws: MediaError.self) { try turn.apply(to: small, maxPixels: 19) }
        #expect(error?.code == .limitExceeded)
        #expect(try turn.apply(to: small, maxPixels: 20).size == PixelSize(width: 5, height: 4))
    }

    @Test func `mirrors are their own inverse and put samples where the formula says`() throws {
        #expect(try small.flipped(across: true, down: false).pixels == [3, 2, 1, 6, 5, 4])
        #expect(try small.flipped(across: false, down: true).pixels == [4, 5, 6, 1, 2, 3])
        #expect(try Flip(.both).apply(to: small).pixels == [6, 5, 4, 3, 2, 1])
        var random = SeededGenerator(seed: 2)
        for direction in Flip.Direction.allCases {
            let raster = random.raster(width: 33, height: 20, channels: 3)
            #expect(try Flip(direction).apply(to: Flip(direction).apply(to: raster)) == raster)
        }
    }

    @Test func `a crop is the part that was asked for`() throws {
        #expect(try small.cropped(x: 1, y: 0, width: 2, height: 2).pixels == [2, 3, 5, 6])
        #expect(try small.cropped(x: 2, y: 1, width: 1, height: 1).pixels == [6])
    }

    @Test(
        "a crop that does not lie inside is refused",
        arguments: [
            (0, 0, 4, 1), (0, 0, 0, 1), (-1, 0, 2, 1), (3, 0, 1, 1), (0, 2, 1, 1), (2, 0, 2, 1),
            (Int.max, 0, Int.max, 1), (0, Int.min, 1, 1), (0, 0, -1, -1),
        ])
    func refusesCrop(x: Int, y: Int, width: Int, height: Int) {
        let error = #expect(throws: MediaError.self) {
            try small.cropped(x: x, y: y, width: width, height: height)
        }
        #expect(error?.code == .invalidOperation)
    }

    @Test func `the middle of an odd rest lies left and above`() throws {
        // 3 × 2: the square has side 2 and begins at ((3 − 2) div 2, 0).
        #expect(try CentreCrop().apply(to: small).pixels == [1, 2, 4, 5])
        #expect(try CentreCrop(PixelSize(width: 1, height: 1)).apply(to: small).pixels == [2])
        #expect(throws: MediaError.self) { try CentreCrop(PixelSize(width: 4, height: 1)).apply(to: small) }
    }

    @Test func `a letterbox keeps the shape and fills the rest`() throws {
        let white = Raster(
            width: 40, height: 20, channels: 3, pixels: [UInt8](repeating: 255, count: 40 * 20 * 3))
        let fill = FillColour(red: 1, green: 2, blue: 3)
        let result = try Letterbox(PixelSize(width: 10, height: 10), fill: fill).apply(to: white)
        #expect(result.size == PixelSize(width: 10, height: 10))
        for row in 0..<10 {
            // 40 × 20 fits as 10 × 5, two rows below the top: (10 − 5) div 2.
            let isInside = (2..<7).contains(row)
            let pixel = Array(result.pixels[row * 30..<row * 30 + 3])
            #expect(pixel == (isInside ? [255, 255, 255] : [1, 2, 3]), "row \(row)")
        }
    }

    @Test(
        "fitting rounds half up and leaves no side without a pixel",
        arguments: [
            (PixelSize(width: 3, height: 2), PixelSize(width: 1, height: 1), PixelSize(width: 1, height: 1)),
            (
                PixelSize(width: 1_000, height: 1), PixelSize(width: 10, height: 10),
                PixelSize(width: 10, height: 1)
            ),
            (
                PixelSize(width: 400, height: 301), PixelSize(width: 200, height: 200),
                PixelSize(width: 200, height: 151)
            ),
            (
                PixelSize(width: 300, height: 400), PixelSize(width: 100, height: 200),
                PixelSize(width: 100, height: 133)
            ),
        ])
    func fits(size: PixelSize, bounds: PixelSize, expected: PixelSize) throws {
        #expect(try Thumbnail(bounds).outputSize(of: size) == expected)
    }

    @Test func `a thumbnail never grows`() throws {
        #expect(try Thumbnail(PixelSize(width: 100, height: 100)).apply(to: small) == small)
        #expect(
            try Thumbnail(PixelSize(width: 2, height: 2)).apply(to: small).size
                == PixelSize(width: 2, height: 1))
    }

    @Test func `sides that are not given follow in proportion`() throws {
        let size = PixelSize(width: 250, height: 101)
        #expect(try Resize(.scale(0.4)).outputSize(of: size) == PixelSize(width: 100, height: 40))
        #expect(try Resize(.width(125)).outputSize(of: size) == PixelSize(width: 125, height: 51))
        #expect(try Resize(.height(1)).outputSize(of: size) == PixelSize(width: 2, height: 1))
        #expect(try Resize(.scale(0.0001)).outputSize(of: size) == PixelSize(width: 1, height: 1))
        #expect(throws: MediaError.self) { try Resize(.scale(.infinity)).outputSize(of: size) }
        #expect(throws: MediaError.self) { try Resize(.scale(.nan)).outputSize(of: size) }
    }
}
