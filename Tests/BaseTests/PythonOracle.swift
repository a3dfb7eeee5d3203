import Foundation
import Testing

/// Runs a script of `Tests/Oracles` in Python: one JSON text a line in, one answer a line out.
enum PythonOracle {
    private static let root: URL = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static var interpreter: String {
        ProcessInfo.processInfo.environment["FOVEA_ORACLE_PYTHON"] ?? root.path + "/.venv/bin/python"
    }

    /// Whether the tests that need Python can run; where they must, they do.
    static var isAvailable: Bool {
        ProcessInfo.processInfo.environment["FOVEA_REQUIRE_TEST_DATA"] == "1"
            || FileManager.default.isExecutableFile(atPath: interpreter)
    }

    /// The lines that `script` answers to `lines`.
    static func answers(of script: String, to lines: [String]) throws -> [String] {
        let input = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try lines.joined(separator: "\n").write(to: input, atomically: false, encoding: .utf8)
        // A leftover in the temporary folder is harmless.
        // A leftover in the temporary folder is harmless.
        defer { try? FileManager.default.removeItem(at: input) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: interpreter)
        process.arguments = [root.path + "/Tests/Oracles/" + script]
        process.standardInput = try FileHandle(forReadingFrom: input)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(script) failed")
        let answers = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return answers.last == "" ? answers.dropLast().map(String.init) : answers.map(String.init)
    }
}
