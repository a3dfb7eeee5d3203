public import Foundation

/// Another program, run to its end.
public enum Program {
    /// What a program printed and how it ended.
    public struct Outcome: Sendable {
        /// The exit code, or the number of the signal that ended it.
        public var status: Int32
        public var output: Data
        public var errors: String

        /// The output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }

        /// All that was printed, for a message.
        public var everything: String { text + errors }
    }

    /// Runs the program at `path`, or the one of this name on `PATH`, and waits for its end, which blocks the
    /// thread.
    ///
    /// - Parameter environment: variables beside those of this process.
    /// - Throws: `POSIXError` when there is no such program.
    public static func run(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], input: Data = Data()
    ) throws -> Outcome {
        // In files, as a pipe that nobody empties would stop a program that prints much on the other one.
        let folder = try TemporaryFolder()
        let files = ["input", "output", "errors"].map { folder.url.appendingPathComponent($0) }
        try input.write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        let isPath = path.contains("/")
        let process = try ChildProcess(
            isPath ? path : "/usr/bin/env", isPath ? arguments : [path] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            input: .handle(FileHandle(forReadingFrom: files[0])),
            output: .handle(FileHandle(forWritingTo: files[1])),
            errors: .handle(FileHandle(forWritingTo: files[2])))
        return Outcome(
            status: process.terminationStatus, output: try Data(contentsOf: files[1]),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }
}
