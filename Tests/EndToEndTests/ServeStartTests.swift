import Base
import Foundation
import TestSupport
import Testing

/// How a server comes up, and what it says when it cannot.
@Suite(.onOwnThreads, .serialized) struct ServeStartTests {
    private func serve(_ fovea: Fovea, _ more: String...) throws -> (running: Fovea.Running, port: Int) {
        let running = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"] + more)
        let line = try #require(try running.firstLine(), "\(running.errorsSoFar)")
        let bound = try #require(try JSON.parse(line).objectValue?["http"]?.stringValue)
        return (running, try #require(Int(bound.split(separator: ":").last ?? "")))
    }

    private func end(_ running: Fovea.Running) throws {
        running.process.terminate()
        #expect(try running.finish().status == 0)
    }

    @Test func `a port that is taken is named, with what to do`() throws {
        let (first, second) = (try Fovea(), try Fovea())
        let (running, port) = try serve(first)
        let refused = try second.run("serve", "--http", "127.0.0.1:\(port)")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("port \(port) of 127.0.0.1 is in use"))
        #expect(refused.errors.contains("--http"))
        try end(running)
    }

    @Test(
        "a role and a folder that are not there are refused before anything is served",
        arguments: [
            (["--anonymous-role", "nosuch"], "--anonymous-role 'nosuch': there is no such role"),
            (["--server-files", "/nope"], "--server-files /nope: No such file or directory"),
            (["--server-files", "/etc/passwd"], "--server-files /etc/passwd is no folder"),
        ])
    func wrongOption(options: [String], message: String) throws {
        let fovea = try Fovea()
        let running = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"] + options)
        #expect(try running.firstLine() == nil)
        if running.process.isRunning { running.process.terminate() }
        let ended = try running.finish()
        #expect(ended.status == 64)
        #expect(running.errorsSoFar.contains(message), "\(running.errorsSoFar)")
    }

    @Test func `a second server is told at once who serves the store`() throws {
        let fovea = try Fovea()
        let (running, _) = try serve(fovea)
        let start = Date()
        let refused = try fovea.run("serve", "--http", "127.0.0.1:0")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("is served by process \(running.process.processIdentifier)"))
        #expect(Date().timeIntervalSince(start) < 15)
        try end(running)
    }

    @Test func `a server waits for a command that holds the store, and says so`() throws {
        let fovea = try Fovea()
        for index in 0..<3_000 {
            try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: index), to: "data/\(index).ppm")
        }
        let add = fovea.start(["add", fovea.folder.url.appendingPathComponent("data").path, "--json"])
        // Its first verdict says that it holds the store.
        _ = try #require(try add.firstLine())
        let (running, _) = try serve(fovea)
        #expect(
            running.errorsSoFar.contains(
                "held by process \(add.process.processIdentifier), a command: waiting"))
        #expect(try add.finish().status == 0)
        try end(running)
    }

    @Test func `a catalog that is none is named before anything is served`() throws {
        let fovea = try Fovea()
        let catalog = URL(fileURLWithPath: fovea.store).appendingPathComponent("catalog.sqlite")
        try Data(repeating: 0x41, count: 8_192).write(to: catalog)
        let refused = try fovea.run("serve", "--http", "127.0.0.1:0")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("catalog.sqlite"))
        #expect(refused.errors.contains("fovea restore"))
    }
}
