import Base
import Blobs
import Dispatch
import Foundation
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Power cuts at every sync, by `Tests/CrashTrace/replay.py`, which records a writer and has each state
/// checked.
///
/// Writer and check are this same program: the environment says which role this process has.
@Suite(.onOwnThreads) struct CrashReplayTests {
    private static let roleVariable = "FOVEA_CRASH_ROLE"
    private static let pathVariable = "FOVEA_CRASH_PATH"
    private static let acknowledgedVariable = "FOVEA_CRASH_ACKNOWLEDGED"

    @Test(.enabled(if: hasTools, "python3 and a C compiler are needed"))
    func `a power cut at any sync loses nothing that was acknowledged`() throws {
        let environment = ProcessInfo.processInfo.environment
        let path = FilePath(environment[Self.pathVariable] ?? "")
        switch environment[Self.roleVariable] {
        case "write": try CrashWriter(path).run(syncs: true)
        case "write without syncs": try CrashWriter(path).run(syncs: false)
        case "check": try check(path, FilePath(environment[Self.acknowledgedVariable] ?? ""))
        default:
            try withTemporaryDirectory { directory in
                let output = try replay(directory, role: "write", limit: 30, status: 0)
                #expect(output.contains(" 0 failed"), "\(output)")
            }
        }
    }

    @Test(.enabled(if: hasTools, "python3 and a C compiler are needed"))
    func `a writer that does not sync is found out`() throws {
        try withTemporaryDirectory { directory in
            _ = try replay(directory, role: "write without syncs", limit: 4, status: 1)
        }
    }

    @Test(.enabled(if: hasTools, "python3 and a C compiler are needed"))
    func `the crash replay tells right orders of writes and syncs from wrong ones`() throws {
        try run(
            "python3",
            [Surroundings.repository.appendingPathComponent("Tests/CrashTrace/selftest.py").path])
    }

    // MARK: - Private

    /// Records the writer of `role` and checks the states; `status` is what the check must exit with.
    private func replay(_ directory: FilePath, role: String, limit: Int, status: Int32) throws -> String {
        let script = Surroundings.repository.appendingPathComponent("Tests/CrashTrace/replay.py").path
        let root = directory.appending("root").string
        let trace = directory.appending("trace").string
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let arguments = [
            "--testing-library", "swift-testing", "--filter", "BlobsTests.CrashReplayTests.*power cut",
        ]
        try run(
            "python3",
            [script, "record", "--root", root, "--trace", trace, "--", program] + arguments,
            environment: [Self.roleVariable: role, Self.pathVariable: root + "/blobs"])
        let command =
            "env \(Self.roleVariable)=check '\(Self.pathVariable)={state}/blobs' "
            + "'\(Self.acknowledgedVariable)={acknowledged}' '\(program)' "
            + arguments.map { "'\($0)'" }.joined(separator: " ")
        return try run(
            "python3",
            [script, "check", "--trace", trace, "--limit", "\(limit)", "--check", command],
            status: status)
    }

    /// What a store must be after a power cut: all that was acknowledged is there, and the store goes on as
    /// ever.
    private func check(_ path: FilePath, _ acknowledged: FilePath) throws {
        var table = try CrashWriter.table(acknowledged)
        let store = try BlobStore(directory: path, options: .small)
        #expect(try store.verify(table).map(\.description) == [])
        let blob = try store.put(sample(-1, count: 600))
        try store.sync()
        table.insert(blob)
        _ = try store.collectGarbage(
            minimumDeadFraction: 0, live: { try LiveBlobs(table) },
            commit: { moves in
                for move in moves {
                    table.remove(StoredBlob(digest: move.digest, location: move.from))
                    table.insert(StoredBlob(digest: move.digest, location: move.to))
                }
            })
        #expect(try store.verify(table).map(\.description) == [])
        let scan = try Scan(store)
        #expect(Set(scan.intact) == table)
        #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty)
        #expect(files(below: path.appending("temporary")) == [])
    }
}

private let hasTools = Surroundings.hasPrograms("python3", "cc")

/// Puts, syncs and collects as an ingest does, and says on standard output what a catalog would have
/// committed: `live` and `gone` with a blob and its location.
private final class CrashWriter: Sendable {
    private let path: FilePath
    private let live = Mutex<Set<StoredBlob>>([])

    init(_ path: FilePath) { self.path = path }

    func run(syncs: Bool) throws {
        // A process that ends between a put and its sync, after which another goes on.
        do { _ = try BlobStore(directory: path, options: .small).put(sample(0, count: 500)) }
        let store = try BlobStore(directory: path, options: .small)
        DispatchQueue.concurrentPerform(iterations: 3) { thread in
            for step in 0..<6 {
                do {
                    var blobs: [StoredBlob] = []
                    for item in 0..<4 {
                        let seed = thread << 16 | step << 8 | item
                        let count = item == 3 && step % 2 == 0 ? 2100 + seed % 900 : seed * 7919 % 1800
                        blobs.append(try store.put(sample(seed, count: count)))
                    }
                    if syncs { try store.sync() }
                    commit(live: blobs, gone: [])
                } catch {
                    Issue.record(error)
                }
            }
        }
        for round in 0..<2 {
            let dead = live.withLock { live in
                live.sorted { $0.digest < $1.digest }.enumerated().filter { $0.offset % 3 != round }.map(
                    \.element)
            }
            commit(live: [], gone: dead)
            _ = try store.collectGarbage(
                minimumDeadFraction: 0.2, live: { try live.withLock { try LiveBlobs($0) } },
                commit: { moves in
                    commit(
                        live: moves.map { StoredBlob(digest: $0.digest, location: $0.to) },
                        gone: moves.map { StoredBlob(digest: $0.digest, location: $0.from) })
                })
            let blob = try store.put(sample(round - 10, count: 700))
            if syncs { try store.sync() }
            commit(live: [blob], gone: [])
        }
    }

    /// One line in one write, as a commit is one: its parts hold together or not at all.
    private func commit(live added: [StoredBlob], gone: [StoredBlob]) {
        live.withLock { live in
            live.subtract(gone)
            live.formUnion(added)
            let words = added.map { "live " + Self.text($0) } + gone.map { "gone " + Self.text($0) }
            let line = Array(("commit " + words.joined(separator: " ") + "\n").utf8)
            let written = write(1, line, line.count)
            #expect(written == line.count)
        }
    }

    private static func text(_ blob: StoredBlob) -> String {
        let columns = blob.location.columns
        return "\(blob.digest) \(columns.kind) \(columns.pack) \(columns.offset) \(columns.length)"
    }

    /// The blobs that a catalog would hold after the commits in the file of acknowledgements.
    static func table(_ path: FilePath) throws -> Set<StoredBlob> {
        var table: Set<StoredBlob> = []
        for line in String(decoding: try contents(of: path), as: UTF8.self).split(separator: "\n") {
            // Around the commits stands what the test library prints.
            guard line.hasPrefix("commit ") else { continue }
            let words = line.split(separator: " ").dropFirst().map(String.init)
            for start in stride(from: 0, to: words.count, by: 6) {
                let numbers = try words[start + 2..<start + 6].map { try #require(Int64($0)) }
                let columns = BlobLocation.Columns(
                    kind: numbers[0], pack: numbers[1], offset: numbers[2], length: numbers[3])
                let blob = StoredBlob(
                    digest: try #require(SHA256Digest(words[start + 1])), location: try BlobLocation(columns))
                if words[start] == "live" { table.insert(blob) } else { table.remove(blob) }
            }
        }
        return table
    }
}
