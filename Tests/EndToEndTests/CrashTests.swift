import Base
import Foundation
import TestSupport
import Testing

/// What is left when the power of life and death over processes is used.
@Suite(.onOwnThreads, .serialized) struct CrashTests {
    private static let pictureCount = 2_000

    private func pictures(in folder: TemporaryFolder) throws -> String {
        for index in 0..<Self.pictureCount {
            try folder.write(
                Picture.ppm(width: 8 + index % 7, height: 8, seed: index),
                to: "data/c\(index % 10)/\(index).ppm")
        }
        return folder.url.appendingPathComponent("data").path
    }

    /// The store's entities without what differs from run to run.
    private func content(of fovea: Fovea) throws -> [String] {
        try fovea.run("find", "--json").lines().map { entity in
            var entity = entity
            for changing in ["_uniqueid", "_key", "added_at", "labels"] { entity[changing] = nil }
            return entity.json
        }.sorted()
    }

    @Test func `killed at any point, nothing acknowledged is lost and the run completes to the same store`()
        throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let fovea = try Fovea()
        let data = try pictures(in: fovea.folder)
        var acknowledged: Set<String> = []
        for kill in 0..<20 {
            let target = Int.random(in: 0..<Self.pictureCount, using: &random)
            let add = fovea.start(["add", data, "--label-from", "folder", "--json"])
            let deadline = Date().addingTimeInterval(120)
            while add.process.isRunning, Date() < deadline, add.outputCount < target * 90 {
                Thread.sleep(forTimeInterval: 0.002)
            }
            Foundation.kill(add.process.processIdentifier, SIGKILL)
            let output = try add.finish().output
            // A line that was cut off was not acknowledged.
            for line in output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
                let verdict = try #require(try JSON.parse(Array(line)).objectValue)
                if ["added", "duplicate"].contains(verdict["verdict"]?.stringValue) {
                    acknowledged.insert(try #require(verdict["path"]?.stringValue))
                }
            }
            let verified = try fovea.run("verify", "--json")
            #expect(verified.status == 0, "seed \(seed), kill \(kill): \(verified.text)")
            let present = Set(try fovea.run("find", "--json").lines().compactMap { $0["path"]?.stringValue })
            let lost = acknowledged.subtracting(present).sorted()
            #expect(lost.count == 0, "seed \(seed), kill \(kill): lost \(lost.prefix(5))")
        }
        #expect(try fovea.run("add", data, "--label-from", "folder").status == 0)
        let uninterrupted = try Fovea()
        #expect(try uninterrupted.run("add", data, "--label-from", "folder").status == 0)
        let isSame = try content(of: fovea) == content(of: uninterrupted)
        #expect(isSame, "seed \(seed)")
    }

    /// What of the store it is that meets the full disk first.
    enum Filling: String, CaseIterable { case pack, catalog }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk needs root"), arguments: Filling.allCases)
    func `a disk that fills up ends the run with its reason, and the run completes once there is room`(
        filling: Filling
    ) throws {
        let folder = try TemporaryFolder()
        let disk = folder.url.appendingPathComponent("disk").path
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        func shell(_ arguments: String...) throws -> Int32 {
            try Program.run(arguments[0], Array(arguments.dropFirst())).status
        }
        guard
            try shell("mount", "-t", "tmpfs", "-o", filling == .pack ? "size=12m" : "size=3m", "tmpfs", disk)
                == 0
        else {
            print("left out: this machine does not let root mount a tmpfs")
            return
        }
        defer { _ = try? shell("umount", disk) }
        let fovea = try Fovea()
        let store = disk + "/store"
        #expect(try fovea.run("init", "--store", store).status == 0)
        // Referenced pictures leave their bytes outside: then only the catalog grows.
        let (count, size) = filling == .pack ? (60, (400, 300)) : (1_500, (16, 16))
        for index in 0..<count {
            try fovea.folder.write(
                Picture.ppm(width: size.0, height: size.1, seed: index), to: "data/\(index).ppm")
        }
        let data = fovea.folder.url.appendingPathComponent("data").path
        let add = ["add", data, "--store", store, "--json"] + (filling == .pack ? [] : ["--reference"])
        let full = try fovea.run(add)
        // Told once, as what ended the run, and not for each file that came after.
        #expect(full.status == 2, "\(full.errors)")
        let errors = full.errors.split(separator: "\n").filter { $0.hasPrefix("fovea: ") }
        #expect(errors.count == 1 && errors[0].contains("disk of the store is full"), "\(full.errors)")
        #expect(try full.lines().allSatisfy { $0["verdict"] == "added" })
        let verified = try fovea.run("verify", "--store", store)
        #expect(verified.status == 0, "\(verified.text) \(verified.errors)")
        let acknowledged = try full.lines().filter { $0["verdict"] == "added" }.count
        let present = try #require(Int(try fovea.run("count", "--store", store).text.dropLast()))
        #expect(present >= acknowledged && present < count)
        #expect(try shell("mount", "-o", "remount,size=120m", disk) == 0)
        #expect(try fovea.run(add).status == 0)
        #expect(try fovea.run("count", "--store", store).text == "\(count)\n")
        #expect(try fovea.run("verify", "--store", store).status == 0)
        // To the last byte, by somebody else, while nobody has the store open.
        _ = try shell("dd", "if=/dev/zero", "of=\(disk)/other", "bs=4k", "status=none")
        #expect(try fovea.run("count", "--store", store).text == "\(count)\n")
        let freed = try fovea.run("gc", "--store", store)
        #expect(freed.status == 0, "\(freed.text) \(freed.errors)")
        #expect(try shell("rm", "\(disk)/other") == 0)
        #expect(try fovea.run("verify", "--store", store).status == 0)
        #expect(FileManager.default.fileExists(atPath: store + "/reserve"))
    }
}
