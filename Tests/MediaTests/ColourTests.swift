import Base
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ColourTests {
    @Test("luma is Pillow's, at every level of instructions", .enabled(if: PythonOracle.isAvailable))
    func grayIsPillows() throws {
        var random = SeededGenerator(seed: 31)
        let jobs = (0..<60).map { _ in
            OperationOracle.Job(
                name: "gray",
                raster: random.raster(
                    width: random.side(), height: random.side(), channels: random.channels()))
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs)) {
            for level in PixelKernels.Level.allCases {
                let result = try PixelKernels.with(level) { try job.raster.grayscale() }
                expectEqual(result, answer, "seed 31, \(level), \(job.raster.size)×\(job.raster.channels)")
            }
        }
    }

    @Test func `luma is its formula for every red, green and blue of a grid`() throws {
        let steps = stride(from: UInt32(0), through: 255, by: 15)
        var pixels: [UInt8] = [], expected: [UInt8] = []
        for red in steps {
            for green in steps {
                for blue in steps {
                    pixels += [UInt8(red), UInt8(green), UInt8(blue)]
                    expected.append(UInt8((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16))
                }
            }
        }
        let raster = Raster(width: expected.count, height: 1, channels: 3, pixels: pixels)
        #expect(try raster.grayscale().pixels == expected)
    }

    @Test("a threshold is OpenCV's to-zero", .enabled(if: PythonOracle.isAvailable))
    func thresholdIsToZero() throws {
        var random = SeededGenerator(seed: 32)
        let jobs = (0..<40).map { index -> OperationOracle.Job in
            let raster = random.raster(
                width: random.side(upTo: 80), height: random.side(upTo: 80), channels: 1 + index % 2 * 2)
            return OperationOracle.Job(
                name: "threshold", raster: raster,
                parameters: ["value": .integer(Int64.random(in: 0...255, using: &random))])
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs)) {
            let value = try #require(job.parameters["value"]?.integerValue)
            expectEqual(try job.raster.thresholded(above: UInt8(value)), answer, "seed 32, above \(value)")
        }
    }

    @Test func `a threshold leaves alpha alone`() throws {
        let raster = Raster(width: 1, height: 2, channels: 4, pixels: [9, 10, 11, 5, 200, 0, 10, 0])
        #expect(try raster.thresholded(above: 10).pixels == [0, 0, 11, 5, 200, 0, 0, 0])
    }

    @Test func `colours are read from two, six or eight digits`() throws {
        func fill(_ text: String) throws -> FillColour? {
            (try ImagePipeline(["letterbox=4,fill=\(text)"]).operations.first as? Letterbox)?.fill
        }
        #expect(try fill("80") == FillColour(red: 128, green: 128, blue: 128))
        #expect(try fill("FF8000") == FillColour(red: 255, green: 128, blue: 0))
        #expect(try fill("01020304") == FillColour(red: 1, green: 2, blue: 3, alpha: 4))
        for text in ["", "8", "#ff8000", "ff80", "gg0000", "ff8000ff00", "+1", "ffé0"] {
            #expect(throws: MediaError.self, "\(text)") { try fill(text) }
        }
    }
}
