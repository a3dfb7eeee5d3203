import Base
import Foundation
import Media
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

    static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let python: String = {
        let given = ProcessInfo.processInfo.environment["FOVEA_ORACLE_PYTHON"]
        return given ?? repository.appendingPathComponent(".venv/bin/python").path
    }()

    /// Without the interpreter the tests that need it are left out, unless the run demands all of them.
    static let isAvailable: Bool =
        FileManager.default.isExecutableFile(atPath: python)
        || ProcessInfo.processInfo.environment["FOVEA_REQUIRE_TEST_DATA"] == "1"

    /// The folder of images that lie outside the repository.
    static let data: URL = {
        if let given = ProcessInfo.processInfo.environment["FOVEA_TEST_DATA"] {
            return URL(fileURLWithPath: given)
        }
        return repository.deletingLastPathComponent().appendingPathComponent("shared")
    }()

    static let hasData: Bool =
        FileManager.default.fileExists(atPath: data.appendingPathComponent("data/photos").path)
        || ProcessInfo.processInfo.environment["FOVEA_REQUIRE_TEST_DATA"] == "1"

    static func answers(_ jobs: [Job]) throws -> [Answer] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ops-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A leftover in the temporary folder harms nobody.
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("in"), output = folder.appendingPathComponent("out")
        try message(jobs).write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [repository.appendingPathComponent("Tests/Oracles/ops_oracle.py").path]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the oracle failed; its message stands above")
        let answers = parse([UInt8](try Data(contentsOf: output)))
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

/// SplitMix64: the same numbers for the same seed on every machine.
struct OperationRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

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
