import Foundation
import SystemPackage
import Testing

/// What `Tests/Oracles/read_blobs.py`, which knows only the documented layout, finds in `directory`.
func readBlobsOracle(_ directory: FilePath) throws -> [String] {
    let script = repositoryRoot.appending("Tests/Oracles/read_blobs.py")
    let output = try run("/usr/bin/env", ["python3", script.string, directory.string])
    return output.split(separator: "\n").map(String.init)
}

/// The root of the repository, wherever symbolic links make this file appear.
let repositoryRoot: FilePath = FilePath(URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().path)
    .removingLastComponent().removingLastComponent().removingLastComponent()

/// Runs a program to its end and returns what it wrote; a failure shows what it wrote to standard error.
@discardableResult
func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], status: Int32 = 0
) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == status, "\(program) \(arguments): \(text)")
    return text
}
