import Base
import Foundation
import TestSupport

/// Runs the real binary on a store of its own, as a user would.
struct Fovea {
    /// The binary under test: `FOVEA_BINARY`, else what this package's debug build made.
    static let binary: URL = {
        if let path = ProcessInfo.processInfo.environment["FOVEA_BINARY"] {
            return URL(fileURLWithPath: path)
        }
        return Surroundings.repository.appendingPathComponent(".build/debug/fovea")
    }()

    let folder: TemporaryFolder
    var store: String { folder.url.appendingPathComponent("store").path }

    /// A new store in a folder that is removed with this value.
    init() throws {
        folder = try TemporaryFolder()
        _ = try run("init")
    }

    /// What a command printed and how it ended.
    struct Outcome {
        var status: Int32
        var output: Data
        var errors: String
        var text: String { String(decoding: output, as: UTF8.self) }

        /// The output's lines as JSON objects.
        func lines() throws -> [Document] {
            try output.split(separator: 0x0A).map { line in
                guard let object = try JSON.parse(Array(line)).objectValue else {
                    throw NoObject(line: String(decoding: line, as: UTF8.self))
                }
                return object
            }
        }
        struct NoObject: Error { var line: String }
    }

    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try run(arguments, environment: environment)
    }

    /// - Parameter input: what standard input holds; nothing where `nil`.
    func run(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) throws -> Outcome {
        let process = start(arguments, environment: environment, input: input)
        return try process.finish()
    }

    /// Starts a command and leaves it running.
    func start(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) -> Running {
        Running(
            arguments, environment: environment.merging(["FOVEA_STORE": store]) { own, _ in own },
            input: input)
    }

    /// A running command, whose output is collected as it comes.
    final class Running: @unchecked Sendable {  // The lock guards what the reading threads fill.
        let process: ChildProcess
        private let out = Pipe()
        private let err = Pipe()
        private let lock = NSLock()
        private var output = Data()
        private var errors = Data()
        private let group = DispatchGroup()

        init(_ arguments: [String], environment: [String: String], input: String? = nil) {
            let stdin = input.map { _ in Pipe() }
            do {
                process = try ChildProcess(
                    Fovea.binary.path, arguments,
                    environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
                    input: stdin.map { .pipe($0) } ?? .nothing, output: .pipe(out),
                    errors: .pipe(err))
                // What is given fits into the pipe.
                try stdin?.fileHandleForWriting.write(contentsOf: Data((input ?? "").utf8))
                try stdin?.fileHandleForWriting.close()
            } catch {
                preconditionFailure("\(Fovea.binary.path) cannot be started: \(error)")
            }
            for (pipe, isOutput) in [(out, true), (err, false)] {
                group.enter()
                DispatchQueue(label: "pipe").async { [self] in
                    while true {
                        let data = pipe.fileHandleForReading.availableData
                        if data.isEmpty { break }
                        lock.withLock { if isOutput { output.append(data) } else { errors.append(data) } }
                    }
                    group.leave()
                }
            }
        }

        var outputSoFar: String { lock.withLock { String(decoding: output, as: UTF8.self) } }
        /// How many bytes of output there are so far.
        var outputCount: Int { lock.withLock { output.count } }
        var errorsSoFar: String { lock.withLock { String(decoding: errors, as: UTF8.self) } }

        func finish() throws -> Outcome {
            process.waitUntilExit()
            group.wait()
            return lock.withLock {
                Outcome(
                    status: process.terminationStatus, output: output,
                    errors: String(decoding: errors, as: UTF8.self))
            }
        }

        /// For how many seconds something is waited for that must come: sanitizers, and a machine with other
        /// work, make commands ten times as slow.
        private static let patience = 600.0

        /// Waits until the output holds a whole line; `nil` if the command ended before.
        func firstLine() throws -> String? {
            let deadline = Date().addingTimeInterval(Running.patience)
            while Date() < deadline {
                if let end = outputSoFar.firstIndex(of: "\n") { return String(outputSoFar[..<end]) }
                if !process.isRunning { return nil }
                Thread.sleep(forTimeInterval: 0.01)
            }
            return nil
        }

        /// Waits until standard error has `text` in it, or the command has ended; what it holds then.
        func errors(until text: String) -> String {
            let deadline = Date().addingTimeInterval(Running.patience)
            while Date() < deadline, process.isRunning, !errorsSoFar.contains(text) {
                Thread.sleep(forTimeInterval: 0.01)
            }
            return errorsSoFar
        }
    }
}
