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

    @Test func `a new store, and a server that nobody can log in to, say how to log in`() throws {
        let fovea = try Fovea()
        let another = fovea.folder.url.appendingPathComponent("another").path
        let made = try fovea.run("init", "--store", another).errors
        #expect(made.contains("must trust \(another)/tls/ca.pem\n"))
        #expect(made.contains("'fovea user add NAME --role admin --password-stdin --store \(another)'"))
        #expect(made.contains("APERTUREDB_KEY=$(fovea user token NAME --key HOST:PORT --store \(another))"))
        for hasUser in [false, true] {
            if hasUser { #expect(try fovea.run("user", "add", "robot").status == 0) }
            let running = fovea.start(["serve", "--http", "127.0.0.1:0", "--wire", "127.0.0.1:0"])
            let text = running.errors(until: "log in with")
            #expect(text.contains("nobody can log in yet") != hasUser, "\(text)")
            #expect(text.contains("fovea user token NAME --key 127.0.0.1:"), "\(text)")
            running.process.terminate()
            #expect(try running.finish().status == 0)
        }
    }

    @Test(.enabled(if: Surroundings.hasPrograms("curl")))
    func `with --require-login HTTP is for users, for as long as sessions are told to last`() throws {
        let fovea = try Fovea()
        let password = "correct horse 1!"
        let added = try fovea.run(
            ["user", "add", "ann", "--role", "reader", "--password-stdin"], input: password + "\n")
        #expect(added.status == 0)
        let running = fovea.start([
            "serve", "--http", "127.0.0.1:0", "--json", "--require-login", "--session-lifetime", "2m",
            "--refresh-lifetime", "3h",
        ])
        let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
        let url = try #require(try JSON.parse(line).objectValue?["url"]?.stringValue)
        func curl(_ arguments: String...) throws -> String {
            try Program.run("curl", ["--silent", "--write-out", " %{http_code}"] + arguments).text
        }
        #expect(try curl("\(url)v1/stats").hasSuffix(" 401"))
        #expect(try curl("--user", "ann:\(password)", "\(url)v1/stats").hasSuffix(" 200"))
        #expect(
            try curl("--user", "ann:\(password)", "--request", "DELETE", "\(url)v1/entities/Image/1.0.1")
                .hasSuffix(" 403"))
        #expect(try curl(url).hasSuffix(" 200"))
        let query = #"[{"Authenticate": {"username": "ann", "password": "\#(password)"}}]"#
        let grant = try curl("--json", query, "\(url)api")
        #expect(
            grant.contains(#""session_token_expires_in":120,"refresh_token_expires_in":10800"#), "\(grant)")
        running.process.terminate()
        #expect(try running.finish().status == 0)
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
            (["--session-lifetime", "0"], "--session-lifetime"),
            (["--session-lifetime", "1w"], "--session-lifetime"),
            (["--refresh-lifetime", "366d"], "--refresh-lifetime"),
        ] as [([String], String)])
    func refused(options: [String], reason: String) throws {
        let outcome = try Fovea().run(["serve", "--http", "127.0.0.1:0"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
    }
}
