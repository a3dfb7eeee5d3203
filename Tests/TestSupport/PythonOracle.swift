public import Foundation

/// Scripts of `Tests/Oracles`, run in Python: other programs' answers to compare ours with.
public enum PythonOracle {
    /// A script that did not end well, with what it printed on standard error.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The interpreter: `FOVEA_ORACLE_PYTHON`, else that of `.venv`.
    private static let interpreter =
        ProcessInfo.processInfo.environment["FOVEA_ORACLE_PYTHON"]
        ?? Surroundings.repository.appendingPathComponent(".venv/bin/python").path

    /// Whether the tests that need Python are to run: it is there, or must be.
    public static let isAvailable =
        !Surroundings.mayLeaveOut || FileManager.default.isExecutableFile(atPath: interpreter)

    /// Runs `script` and returns what it printed.
    /// - Throws: ``Failure`` where it does not end well.
    public static func run(_ script: String, _ arguments: [String] = [], input: Data = Data()) throws -> Data
    {
        let path = Surroundings.repository.appendingPathComponent("Tests/Oracles/\(script)").path
        let outcome = try Program.run(interpreter, [path] + arguments, input: input)
        guard outcome.status == 0 else { throw Failure(description: "\(script): \(outcome.errors)") }
        return outcome.output
    }

    /// The lines that `script` prints.
    /// - Throws: ``Failure`` where it does not end well.
    public static func lines(
        of script: String, _ arguments: [String], input: Data = Data()
    ) throws -> [String] {
        let text = String(decoding: try run(script, arguments, input: input), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.last == "" ? lines.dropLast().map(String.init) : lines.map(String.init)
    }

    /// The lines that `script` answers to `lines`, as many as it likes.
    /// - Throws: ``Failure`` where it does not end well.
    public static func answers(of script: String, to lines: [String]) throws -> [String] {
        try self.lines(of: script, [], input: Data(lines.joined(separator: "\n").utf8))
    }
}
