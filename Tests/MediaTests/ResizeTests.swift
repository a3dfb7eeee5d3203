import Base
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ResizeTests {
    /// Jobs of one filter on random images, with and without a box.
    private func jobs(
        _ filter: ResizeFilter, count: Int, seed: UInt64, hasBoxes: Bool
    ) -> [(job: OperationOracle.Job, size: PixelSize, box: PixelBox?)] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let raster = random.raster(
                width: random.side(), height: random.side(), channels: random.channels())
            var size = PixelSize(width: random.side(upTo: 300), height: random.side(upTo: 300))
            if index % 7 == 0 { size.width = raster.width }
            if index % 5 == 0 { size.height = raster.height }
            var box: PixelBox?
            var parameters: Document = [
                "filter": .string(filter.rawValue), "to_width": .integer(Int64(size.width)),
                "to_height": .integer(Int64(size.height)),
            ]
            if hasBoxes, index % 3 == 0 {
                // Quarters of pixels, which single precision holds: the oracle takes edges, we take sides.
                func cut(_ length: Int) -> (Double, Double) {
                    let start = Int.random(in: 0..<4 * length, using: &random)
                    return (
                        Double(start) / 4, Double(Int.random(in: 1...4 * length - start, using: &random)) / 4
                    )
                }
                let (x, width) = cut(raster.width), (y, height) = cut(raster.height)
                box = PixelBox(x: x, y: y, width: width, height: height)
                parameters["box"] = .array([.float(x), .float(y), .float(x + width), .float(y + height)])
            }
            return (OperationOracle.Job(name: "resize", raster: raster, parameters: parameters), size, box)
        }
    }

    @Test(
        "every filter gives the bytes of Pillow or OpenCV, at every level of instructions",
        .enabled(if: PythonOracle.isAvailable), arguments: ResizeFilter.allCases)
    func equalsOracle(filter: ResizeFilter) throws {
        let seed: UInt64 = 20_240 + UInt64(filter.rawValue.utf8.reduce(0) { $0 &+ Int($1) })
        let isPillow = filter != .linear && filter != .area
        let jobs = jobs(filter, count: 120, seed: seed, hasBoxes: isPillow)
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs.map(\.job))) {
            for level in PixelKernels.Level.allCases {
                let result = try PixelKernels.with(level) {
                    try job.job.raster.resized(to: job.size, filter: filter, box: job.box)
                }
                expectEqual(
                    result, answer,
                    "seed \(seed), \(filter), \(level), \(job.job.raster.size)×\(job.job.raster.channels) → \(job.size)"
                        + " box \(String(describing: job.box))")
            }
        }
    }

    @Test("area by whole factors is OpenCV's, also of 2 × 2", .enabled(if: PythonOracle.isAvailable))
    func areaByWholeFactors() throws {
        var random = SeededGenerator(seed: 7)
        let jobs = (0..<60).map { _ -> (OperationOracle.Job, PixelSize) in
            let size = PixelSize(width: random.side(upTo: 60), height: random.side(upTo: 60))
            let across = Int.random(in: 1...6, using: &random), down = Int.random(in: 1...6, using: &random)
            let raster = random.raster(
                width: size.width * across, height: size.height * down, channels: random.channels())
            return (
                OperationOracle.Job(
                    name: "resize", raster: raster,
                    parameters: [
                        "filter": "area", "to_width": .integer(Int64(size.width)),
                        "to_height": .integer(Int64(size.height)),
                    ]), size
            )
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs.map(\.0))) {
            expectEqual(
                try job.0.raster.resized(to: job.1, filter: .area), answer,
                "seed 7, \(job.0.raster.size) → \(job.1)")
            if job.0.raster.width == 2 * job.1.width, job.0.raster.height == 2 * job.1.height {
                // Half the size is the same for OpenCV's linear.
                expectEqual(try job.0.raster.resized(to: job.1, filter: .linear), answer, "linear by 2")
            }
        }
    }

    @Test(
        "a reduction with windows of thousands of taps is Pillow's", .enabled(if: PythonOracle.isAvailable)
    )
    func manyTaps() throws {
        var random = SeededGenerator(seed: 11)
        let shapes = [(9_000, 3, 3), (3, 9_000, 3), (20_000, 1, 1), (5_000, 2, 4), (1, 12_000, 1)]
        let filters: [ResizeFilter] = [.box, .bilinear, .hamming, .bicubic, .lanczos]
        var jobs: [(OperationOracle.Job, PixelSize, ResizeFilter)] = []
        for (width, height, channels) in shapes {
            let raster = random.raster(width: width, height: height, channels: channels)
            for filter in filters {
                let size = PixelSize(width: min(width, 5), height: min(height, 4))
                let parameters: Document = [
                    "filter": .string(filter.rawValue), "to_width": .integer(Int64(size.width)),
                    "to_height": .integer(Int64(size.height)),
                ]
                jobs.append(
                    (
                        OperationOracle.Job(name: "resize", raster: raster, parameters: parameters), size,
                        filter
                    ))
            }
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs.map(\.0))) {
            for level in PixelKernels.Level.allCases {
                let result = try PixelKernels.with(level) {
                    try job.0.raster.resized(to: job.1, filter: job.2)
                }
                expectEqual(result, answer, "\(job.2), \(level), \(job.0.raster.size)")
            }
        }
    }

    @Test func `the whole image at its own size is returned as it is`() throws {
        var random = SeededGenerator(seed: 3)
        let raster = random.raster(width: 13, height: 7, channels: 4)
        for filter in ResizeFilter.allCases {
            #expect(try raster.resized(to: raster.size, filter: filter) == raster)
        }
    }

    @Test func `a constant image stays constant whatever the filter`() throws {
        let raster = Raster(
            width: 31, height: 17, channels: 3, pixels: [UInt8](repeating: 77, count: 31 * 17 * 3))
        for filter in ResizeFilter.allCases {
            let result = try raster.resized(to: PixelSize(width: 50, height: 9), filter: filter)
            #expect(result.pixels.allSatisfy { $0 == 77 }, "\(filter)")
        }
    }

    @Test(
        "sizes that are no image are refused",
        arguments: [(0, 5), (5, 0), (-3, 5), (Int.min, Int.max), (0, 0)])
    func refusesNoSize(width: Int, height: Int) {
        let raster = Raster(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4])
        let error = #expect(throws: MediaError.self) {
            try raster.resized(to: PixelSize(width: width, height: height))
        }
        #expect(error?.code == .invalidOperation)
    }

    @Test func `a result above the limit is refused before memory is taken`() {
        let raster = Raster(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4])
        for size in [
            PixelSize(width: 1 << 20, height: 1 << 20), PixelSize(width: Int.max, height: 1),
            PixelSize(width: 101, height: 100),
        ] {
            let error = #expect(throws: MediaError.self) { try raster.resized(to: size, maxPixels: 10_000) }
            #expect(error?.code == .limitExceeded)
        }
        #expect(throws: Never.self) {
            try raster.resized(to: PixelSize(width: 100, height: 100), maxPixels: 10_000)
        }
    }

    @Test(
        "boxes that are empty, not finite or outside are refused",
        arguments: [
            PixelBox(x: 0, y: 0, width: 0, height: 1), PixelBox(x: -0.5, y: 0, width: 1, height: 1),
            PixelBox(x: 0, y: 0, width: 2.5, height: 1), PixelBox(x: .nan, y: 0, width: 1, height: 1),
            PixelBox(x: 0, y: 0, width: .infinity, height: 1), PixelBox(x: 1, y: 1, width: 1e-30, height: 1),
            PixelBox(x: 0, y: 0, width: 1, height: -1),
        ])
    func refusesBox(box: PixelBox) {
        let raster = Raster(width: 2, height: 2, channels: 1, pixels: [1, 2, 3, 4])
        for filter in ResizeFilter.allCases {
            let error = #expect(throws: MediaError.self) {
                try raster.resized(to: PixelSize(width: 3, height: 3), filter: filter, box: box)
            }
            #expect(error?.code == .invalidOperation)
        }
    }
}
