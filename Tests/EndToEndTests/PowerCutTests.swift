import Foundation
import TestSupport
import Testing

/// A killed process leaves the page cache alive; only a replay of what was synced shows a missing fsync.
@Suite(.onOwnThreads, .serialized) struct PowerCutTests {
    /// Whether the recorder can be compiled and the replay be run here.
    private static let hasTools = Surroundings.hasPrograms("python3", "cc")

    private func replay(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let script = Surroundings.repository.appendingPathComponent("Tests/CrashTrace/replay.py").path
        let outcome = try Program.run("python3", [script] + arguments)
        return (outcome.status, outcome.everything)
    }

    @Test(.enabled(if: hasTools, "needs python3 and cc"))
    func `whenever the power fails during an ingest, the store is sound and holds what was acknowledged`()
        throws
    {
        let folder = try TemporaryFolder()
        for index in 0..<700 {
            try folder.write(Picture.ppm(width: 12, height: 9, seed: index), to: "pictures/\(index).ppm")
        }
        let store = folder.url.appendingPathComponent("store").path
        let trace = folder.url.appendingPathComponent("trace").path
        let pictures = folder.url.appendingPathComponent("pictures").path
        try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: false)
        let script = """
            '\(Fovea.binary.path)' init --store '\(store)' && \
            '\(Fovea.binary.path)' add '\(pictures)' --label-from folder --json --store '\(store)'
            """
        let recorded = try replay(["record", "--root", store, "--trace", trace, "--", "sh", "-c", script])
        #expect(recorded.status == 0, "\(recorded.output.suffix(2_000))")
        let check = Surroundings.repository.appendingPathComponent("Tests/CrashTrace/check_store.py").path
        let checked = try replay([
            "check", "--trace", trace, "--limit", "40", "--jobs", "2", "--check",
            "python3 '\(check)' '\(Fovea.binary.path)' {state} {acknowledged}",
        ])
        #expect(checked.status == 0, "\(checked.output.suffix(4_000))")
    }
}
