import Media
import Rounds

/// Does one thing to all images of a folder, round by round.
///
/// `MediaBenchmark TASK FOLDER`, with a ``MediaTask``. Beside `round`, which does all images once on one
/// thread, it answers `write PATH`: what became of each image goes there, one after the other.
@main
enum MediaBenchmark {
    static func main() throws {
        guard CommandLine.arguments.count == 3, let task = MediaTask(rawValue: CommandLine.arguments[1])
        else {
            let tasks = MediaTask.allCases.map(\.rawValue).joined(separator: "|")
            print("usage: MediaBenchmark \(tasks) FOLDER")
            throw Failure.usage
        }
        let images = try InputFiles.read(folder: CommandLine.arguments[2])
        var checksum = 0
        try Rounds.answer { _ in
            // The sum keeps the work from being left out.
            for image in images { checksum &+= try task.run(image).count }
            return images.count
        } request: { line in
            guard line.hasPrefix("write ") else { return nil }
            let results = try images.map(task.run)
            try InputFiles.write(results, to: String(line.dropFirst("write ".count)))
            return "{\"sum\":\(checksum)}"
        }
    }

    enum Failure: Error { case usage, file(String) }
}
