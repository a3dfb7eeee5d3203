import Base
import Foundation
import Media
import TestSupport
import Testing

/// Pillow, OpenCV and imagehash, run by `Tests/Oracles/ops_oracle.py`.
enum OperationOracle {
    /// One thing to do to one image.
    struct Job {
        var name: String
        var raster: Raster
        var parameters: Document = [:]
    }

    /// An array of bytes, or of floats as bytes.
    struct Answer {
        var height, width, channels: Int
        var bytes: [UInt8]

        /// The numbers of an answer in double precision.
        var doubles: [Double] {
            bytes.withUnsafeBytes { raw in
                (0..<bytes.count / 8).map { raw.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
            }
        }
    }

    /// Whether photographs from outside of the repository are there, or must be.
    static let hasPhotographs = Surroundings.offers("data/photos")

    static func answers(_ jobs: [Job]) throws -> [Answer] {
        let answers = parse([UInt8](try PythonOracle.run("ops_oracle.py", input: message(jobs))))
        try #require(answers.count == jobs.count)
        return answers
    }

    private static func message(_ jobs: [Job]) -> Data {
        let documents = jobs.map { job -> Value in
            var document = job.parameters
            document["op"] = .string(job.name)
            document["height"] = .integer(Int64(job.raster.height))
            document["width"] = .integer(Int64(job.raster.width))
            document["channels"] = .integer(Int64(job.raster.channels))
            return .object(document)
        }
        let json = Array(Value.array(documents).json.utf8)
        var data = Data()
        withUnsafeBytes(of: Int32(json.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: json)
        for job in jobs { data.append(contentsOf: job.raster.pixels) }
        return data
    }

    private static func parse(_ bytes: [UInt8]) -> [Answer] {
        func number<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Int {
            bytes.withUnsafeBytes {
                Int(Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)))
            }
        }
        var answers: [Answer] = [], offset = 0
        while offset < bytes.count {
            let count = number(offset + 12, as: Int64.self), start = offset + 20
            answers.append(
                Answer(
                    height: number(offset, as: Int32.self), width: number(offset + 4, as: Int32.self),
                    channels: number(offset + 8, as: Int32.self), bytes: Array(bytes[start..<start + count])))
            offset = start + count
        }
        return answers
    }
}

/// Rasters and sizes by chance.
extension SeededGenerator {
    /// Noise, black and white, a gradient, or one colour.
    mutating func raster(width: Int, height: Int, channels: Int) -> Raster {
        let kind = Int.random(in: 0..<4, using: &self), level = UInt8.random(in: 0...255, using: &self)
        let across = Int.random(in: 0...3, using: &self), down = Int.random(in: 0...3, using: &self)
        let count = width * height * channels
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let pixel = index / channels
                buffer[index] =
                    switch kind {
                    case 0: UInt8(truncatingIfNeeded: next())
                    case 1: next() & 1 == 0 ? 0 : 255
                    case 2:
                        UInt8(
                            truncatingIfNeeded: pixel % width * across + pixel / width * down + index
                                % channels * 40)
                    default: level
                    }
            }
            initialized = count
        }
        return Raster(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// Mostly small, sometimes very small, sometimes large.
    mutating func side(upTo largest: Int = 500) -> Int {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: Int.random(in: 1...9, using: &self)
        case 1, 2: Int.random(in: 1...90, using: &self)
        default: Int.random(in: 1...largest, using: &self)
        }
    }

    mutating func channels() -> Int { [1, 3, 4][Int.random(in: 0..<3, using: &self)] }
}

/// Whether `raster` is what the oracle says.
func expectEqual(
    _ raster: Raster, _ answer: OperationOracle.Answer, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let size = raster.width == answer.width && raster.height == answer.height
    guard !size || raster.pixels != answer.bytes else { return }
    let different = zip(raster.pixels, answer.bytes).count { $0 != $1 }
    Issue.record(
        "\(comment): \(different) of \(answer.bytes.count) samples differ, \(raster.size) for \(answer.width)×\(answer.height)",
        sourceLocation: sourceLocation)
}
