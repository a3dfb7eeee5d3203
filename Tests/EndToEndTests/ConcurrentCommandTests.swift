import Base
import Foundation
import TestSupport
import Testing

/// Commands that meet on one store, none of which knows of the others.
@Suite(.onOwnThreads, .serialized) struct ConcurrentCommandTests {
    @Test func `commands that come and go at the same time all do their work`() throws {
        let fovea = try Fovea()
        for index in 0..<12 {
            try fovea.folder.write(
                Picture.ppm(width: 8 + index, height: 8, seed: index), to: "in/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        for round in 0..<4 {
            let backup = fovea.folder.url.appendingPathComponent("backup-\(round)").path
            let commands = [
                ["add", folder, "--json"], ["verify"], ["gc"], ["purge", #"{"width": {"$lt": 12}}"#],
                ["count"], ["facets", "--property", "width"], ["backup", backup], ["gc"], ["find", "{}"],
            ]
            let running = commands.map { fovea.start($0) }
            for (command, running) in zip(commands, running) {
                let outcome = try running.finish()
                // What is purged at the moment at which it is added again may be refused, and says so.
                let refused =
                    try command[0] == "add" ? outcome.lines().filter { $0["verdict"] == "failed" } : []
                let isExcused = refused.allSatisfy {
                    $0["reason"]?.stringValue?.contains("deleted while it was added again") == true
                }
                #expect(isExcused && outcome.status == (refused.isEmpty ? 0 : 1), "\(command): \(outcome)")
            }
            #expect(try fovea.run("verify", "--store", backup).status == 0)
        }
        #expect(try fovea.run("add", folder).status == 0)
        #expect(try fovea.run("count").text == "12\n")
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `a command that holds the store stays until those that work through it are done`() throws {
        let fovea = try Fovea()
        let count = 1_500
        for index in 0..<count {
            try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: index), to: "in/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        // The first of them holds the store, and most of them end while others are at work.
        let folders = [folder, folder, folder]
        let running = [["count"]] + folders.map { ["add", $0, "--json"] } + [["count"], ["count"]]
        for command in running.map({ fovea.start($0) }) {
            let outcome = try command.finish()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(try fovea.run("count").text == "\(count)\n")
    }
}
