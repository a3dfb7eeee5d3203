import Glibc
import Media
import Rounds

/// Reads frames of one video that lies in memory, round by round, on one thread.
///
/// `VideoBenchmark TASK FILE`: `decode` decodes all frames, `slice` makes a JPEG of each by way of RGB,
/// `random` makes RGB of a hundred frames, whose numbers stand in the file `FILE.frames`, as
/// `random-jpeg` makes JPEGs of them.
@main
enum VideoBenchmark {
    static func main() throws {
        let tasks = ["decode", "slice", "random", "random-jpeg"]
        guard CommandLine.arguments.count == 3, tasks.contains(CommandLine.arguments[1]) else {
            print("usage: VideoBenchmark \(tasks.joined(separator: "|")) FILE")
            throw Failure.usage
        }
        let task = CommandLine.arguments[1]
        let video = Video(bytes: try read(CommandLine.arguments[2]))
        let numbers =
            task.hasPrefix("random")
            ? String(decoding: try read(CommandLine.arguments[2] + ".frames"), as: UTF8.self)
                .split(separator: "\n").compactMap { Int($0) } : []
        var sum = 0
        try Rounds.answer { _ in
            let reader = try VideoReader(video)
            if !numbers.isEmpty {
                try reader.frames(numbers) { _, _ in
                    sum &+=
                        task == "random"
                        ? try reader.raster().pixels.count
                        : try ImageCodec.encode(reader.raster(), as: .jpeg(quality: 85)).count
                }
                return numbers.count
            }
            var count = 0
            while try reader.next() != nil {
                count += 1
                switch task {
                case "slice":
                    sum &+= try ImageCodec.encode(reader.raster(), as: .jpeg(quality: 85)).count
                default: break
                }
            }
            return count
        } request: { _ in
            "{\"sum\":\(sum)}"
        }
    }

    enum Failure: Error { case usage, file(String) }

    private struct Video: VideoBytes {
        let bytes: [UInt8]
        var byteCount: Int { bytes.count }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            guard bytes.indices.contains(offset) else { return 0 }
            let count = min(buffer.count, bytes.count - offset)
            bytes.withUnsafeBytes { buffer.copyBytes(from: $0[offset..<offset + count]) }
            return count
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw Failure.file(path) }
        defer { fclose(file) }
        guard fseek(file, 0, SEEK_END) == 0 else { throw Failure.file(path) }
        let count = ftell(file)
        rewind(file)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = fread(buffer.baseAddress, 1, count, file)
            guard initialized == count else { throw Failure.file(path) }
        }
    }
}
