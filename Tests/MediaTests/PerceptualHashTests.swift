import Base
import Foundation
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct PerceptualHashTests {
    private func hash(_ bytes: ArraySlice<UInt8>) -> PerceptualHash {
        PerceptualHash(bits: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    private func expectHashes(of jobs: [OperationOracle.Job], _ comment: String) throws {
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs)) {
            for level in PixelKernels.Level.allCases {
                let found = try PixelKernels.with(level) {
                    [
                        try PerceptualHash.pHash(of: job.raster), try PerceptualHash.dHash(of: job.raster),
                        try PerceptualHash.aHash(of: job.raster),
                    ]
                }
                let expected = [
                    hash(answer.bytes[0..<8]), hash(answer.bytes[8..<16]), hash(answer.bytes[16..<24]),
                ]
                #expect(found == expected, "\(comment), \(level), \(job.raster.size)×\(job.raster.channels)")
            }
        }
    }

    @Test("hashes are imagehash's, bit for bit", .enabled(if: PythonOracle.isAvailable))
    func equalsImagehash() throws {
        let seed: UInt64 = 64
        var random = SeededGenerator(seed: seed)
        let jobs = (0..<1_000).map { _ in
            OperationOracle.Job(
                name: "hashes",
                raster: random.raster(
                    width: random.side(upTo: 300), height: random.side(upTo: 300), channels: random.channels()
                ))
        }
        try expectHashes(of: jobs, "seed \(seed)")
    }

    /// Most frequencies of these are zero but for rounding errors, on which imagehash's bits then depend.
    @Test(
        "hashes of images constant in one direction are imagehash's too",
        .enabled(if: PythonOracle.isAvailable))
    func equalsImagehashWhereRoundingDecides() throws {
        let seed: UInt64 = 65
        var random = SeededGenerator(seed: seed)
        let jobs = (0..<600).map { index -> OperationOracle.Job in
            let width = [32, 64, 100, 8][index % 4], height = [32, 40, 64][index % 3]
            let isAcross = index % 2 == 0, steps = Int.random(in: 1...4, using: &random)
            let levels = (0..<max(width, height)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var pixels: [UInt8] = []
            for y in 0..<height {
                for x in 0..<width {
                    let place = isAcross ? x : y
                    let sample: UInt8 =
                        switch index % 5 {
                        case 0: levels[place]
                        case 1: UInt8(place / steps % 2 * 255)
                        case 2: UInt8(clamping: place * steps)
                        case 3: levels[0]
                        default: (x / 4 + y / 4) % 2 == 0 ? levels[1] : levels[2]
                        }
                    pixels.append(sample)
                }
            }
            return OperationOracle.Job(
                name: "hashes", raster: Raster(width: width, height: height, channels: 1, pixels: pixels))
        }
        try expectHashes(of: jobs, "seed \(seed)")
    }

    @Test func `the text is 16 digits and is read again`() throws {
        let hash = PerceptualHash(bits: 0x00A1_0000_0000_00FF)
        #expect(hash.description == "00a10000000000ff")
        #expect(PerceptualHash("00a10000000000ff") == hash)
        #expect(PerceptualHash("00A10000000000FF") == hash)
        for text in ["", "0", "00a10000000000f", "00a10000000000fff", "+0a10000000000ff", "00a10000000000fg"]
        {
            #expect(PerceptualHash(text) == nil, "\(text)")
        }
    }

    @Test func `distance counts differing bits`() {
        #expect(PerceptualHash(bits: 0).distance(to: PerceptualHash(bits: .max)) == 64)
        #expect(PerceptualHash(bits: 0b1010).distance(to: PerceptualHash(bits: 0b0110)) == 2)
    }
}

@Suite(.onOwnThreads) struct SampleStatisticsTests {
    @Test("mean and deviation are NumPy's", .enabled(if: PythonOracle.isAvailable))
    func equalNumPy() throws {
        var random = SeededGenerator(seed: 71)
        let jobs = (0..<60).map { _ in
            OperationOracle.Job(
                name: "statistics",
                raster: random.raster(
                    width: random.side(), height: random.side(), channels: random.channels()))
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs)) {
            let facts = try ImageAnalysis.analyse(job.raster)
            let expected = answer.doubles
            for (channel, statistics) in facts.channels.enumerated() {
                let comment: Comment = "seed 71, \(job.raster.size)×\(job.raster.channels)"
                #expect(abs(statistics.mean - expected[channel]) < 1e-9, comment)
                #expect(
                    abs(statistics.standardDeviation - expected[channel + job.raster.channels]) < 1e-9,
                    comment)
            }
        }
    }

    @Test func `histograms count every sample of every channel`() throws {
        var random = SeededGenerator(seed: 72)
        for channels in [1, 3, 4] {
            let raster = random.raster(width: 67, height: 41, channels: channels)
            let facts = try ImageAnalysis.analyse(raster)
            #expect(facts.channels.count == min(channels, 3))
            for channel in facts.channels.indices {
                var counts = [UInt32](repeating: 0, count: 256)
                for index in stride(from: channel, to: raster.pixels.count, by: channels) {
                    counts[Int(raster.pixels[index])] += 1
                }
                #expect(facts.channels[channel].histogram == counts)
            }
        }
    }

    @Test func `two values in equal parts deviate by half their distance`() {
        var histogram = [UInt32](repeating: 0, count: 256)
        #expect(SampleStatistics(histogram: histogram).mean == 0)
        #expect(SampleStatistics(histogram: histogram).standardDeviation == 0)
        histogram[0] = 1 << 27
        histogram[255] = 1 << 27
        #expect(SampleStatistics(histogram: histogram).mean == 127.5)
        #expect(SampleStatistics(histogram: histogram).standardDeviation == 127.5)
        histogram[0] = 0
        #expect(SampleStatistics(histogram: histogram).standardDeviation == 0)
    }
}
