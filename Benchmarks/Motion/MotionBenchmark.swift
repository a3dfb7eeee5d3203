import Glibc
import Media
import Rounds

/// Looks through a video, round by round, on one thread.
///
/// `MotionBenchmark scan|decode FILE`, or `MotionBenchmark intervals QUESTION`, one of ``IntervalQuestions``.
/// A round is the whole video: `scan` looks for motion, `decode` decodes every frame. Beside `round`, `scan`
/// answers `samples` with each sample's time and score, and what was decoded.
@main
enum MotionBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            print("usage: MotionBenchmark scan|decode FILE, or intervals QUESTION")
            throw Failure.usage
        }
        if CommandLine.arguments[1] == "intervals" {
            let questions = IntervalQuestions(), name = CommandLine.arguments[2]
            var found = 0
            return try Rounds.answer { _ in
                found = questions.ask(name)
                return 1
            } request: { line in
                line == "found" ? "{\"found\":\(found)}" : nil
            }
        }
        let video = try MappedVideo(CommandLine.arguments[2])
        switch CommandLine.arguments[1] {
        case "scan":
            try Rounds.answer { _ in
                try MotionScan.run(video).frameCount
            } request: { line in
                line == "samples" ? text(try MotionScan.run(video)) : nil
            }
        case "decode":
            try Rounds.answer { _ in
                let reader = try VideoReader(video)
                var count = 0
                while try reader.next() != nil { count += 1 }
                return count
            }
        default: throw Failure.usage
        }
    }

    enum Failure: Error { case usage, file(String) }

    private static func text(_ report: MotionReport) -> String {
        let samples = report.samples.map { "[\($0.time),\($0.score)]" }.joined(separator: ",")
        let threshold = report.packets.threshold.map { "\($0)" } ?? "null"
        return """
            {"samples":[\(samples)],"frames":\(report.frameCount),"decoded":\(report.decodedCount),\
            "groups":\(report.groupCount),"between_keyframes":\(report.groupsBetweenKeyframes),\
            "by_size":\(report.groupsBySize),"threshold":\(threshold),"audited":\(report.packets.audited),\
            "missed":\(report.packets.missed)}
            """
    }
}

/// A video file in memory.
struct MappedVideo: VideoBytes {
    private let bytes: [UInt8]
    var byteCount: Int { bytes.count }

    init(_ path: String) throws {
        guard let file = fopen(path, "rb") else { throw MotionBenchmark.Failure.file(path) }
        defer { fclose(file) }
        guard fseek(file, 0, SEEK_END) == 0 else { throw MotionBenchmark.Failure.file(path) }
        let count = ftell(file)
        rewind(file)
        bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = fread(buffer.baseAddress, 1, count, file)
            guard used == count else { throw MotionBenchmark.Failure.file(path) }
        }
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, max(0, bytes.count - offset))
        if count > 0 {
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
            }
        }
        return count
    }
}
