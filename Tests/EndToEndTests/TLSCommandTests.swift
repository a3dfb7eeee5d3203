import Base
import Foundation
import TestSupport
import Testing

/// The store's certificates, and the addresses that a server refuses.
@Suite(.onOwnThreads, .serialized) struct TLSCommandTests {
    private func authority(_ fovea: Fovea) -> String { fovea.store + "/tls/ca.pem" }

    @Test func `a new store has an authority, and says where`() throws {
        let fovea = try Fovea()
        let store = fovea.folder.url.appendingPathComponent("another").path
        let line = try #require(try fovea.run("init", "--json", "--store", store).lines().first)
        #expect(line["ca"] == .string("\(store)/tls/ca.pem"))
        #expect(FileManager.default.fileExists(atPath: "\(store)/tls/ca.pem"))
    }

    @Test(.enabled(if: Surroundings.hasPrograms("curl")), arguments: [false, true])
    func `HTTPS is served to those who trust the store's authority, and only to those`(isOld: Bool) throws {
        let (fovea, other) = (try Fovea(), try Fovea())
        // Stores of earlier versions have none yet.
        if isOld { try FileManager.default.removeItem(atPath: fovea.store + "/tls") }
        let running = fovea.start(["serve", "--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--json"])
        let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
        let bound = try JSONDecoder().decode(Bound.self, from: Data(line.utf8))
        #expect(bound.ca == authority(fovea))
        let url = "https://\(bound.https.replacingOccurrences(of: "127.0.0.1", with: "localhost"))/health"
        for (file, isGood) in [(authority(fovea), true), (authority(other), false)] {
            let outcome = try Program.run("curl", ["--silent", "--show-error", "--cacert", file, url])
            #expect((outcome.status == 0) == isGood, "\(outcome.everything)")
            #expect(outcome.text.contains("\"ok\"") == isGood)
        }
        running.process.terminate()
        #expect(try running.finish().status == 0)
    }

    private struct Bound: Decodable {
        var https: String
        var ca: String
    }

    @Test(
        "what cannot be served is refused, and says what can",
        arguments: [
            (["--http", "0.0.0.0:0"], "--https"), (["--tls-cert", "a.pem"], "--tls-key"),
            (
                ["--https", "127.0.0.1:0", "--tls-cert", "/nothing.pem", "--tls-key", "/nothing.key"],
                "/nothing.pem"
            ),
            (["--https", "127.0.0.1"], "--https"), (["--wire", "here"], "--wire"),
            (["--max-message", "8GiB"], "--max-message"),
        ] as [([String], String)])
    func refused(options: [String], reason: String) throws {
        let outcome = try Fovea().run(["serve", "--http", "127.0.0.1:0"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }
}
