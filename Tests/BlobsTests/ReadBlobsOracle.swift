import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `Tests/Oracles/read_blobs.py`, which knows only the documented layout, finds in `directory`.
func readBlobsOracle(_ directory: FilePath) throws -> [String] {
    // By the machine's own Python: the script needs nothing else, and is never left out.
    let script = Surroundings.repository.appendingPathComponent("Tests/Oracles/read_blobs.py").path
    return try run("python3", [script, directory.string]).split(separator: "\n").map(String.init)
}

/// Runs a program to its end and returns what it wrote; another status than `status` shows that.
@discardableResult
func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], status: Int32 = 0
) throws -> String {
    let outcome = try Program.run(program, arguments, environment: environment)
    #expect(outcome.status == status, "\(program) \(arguments): \(outcome.everything)")
    return outcome.everything
}
