import Base
import Foundation
import Synchronization
import TestSupport
import Testing

/// `fovea collect` against servers of the tests' own.
@Suite(.onOwnThreads, .serialized) struct CollectCommandTests {
    /// For servers on this machine that are asked as fast as they can.
    private static let local = ["--allow-private-addresses", "--delay", "0", "--ignore-robots"]

    private static func picture(_ number: Int) -> [UInt8] {
        Picture.ppm(width: 8 + number % 7, height: 8, seed: number)
    }

    /// Answers `/N` with picture N, and anything else with 404.
    private static func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        guard let number = Int(request.target.dropFirst().prefix { $0 != "?" }) else { return .answer(404) }
        return .answer(200, [], picture(number))
    }

    private func list(_ fovea: Fovea, _ name: String, _ text: String) throws -> String {
        try fovea.folder.write(Array(text.utf8), to: name)
    }

    private func collect(_ fovea: Fovea, _ arguments: String...) throws -> (status: Int32, lines: [Document])
    {
        let outcome = try fovea.run(["collect"] + arguments + Self.local + ["--json"])
        return (outcome.status, try outcome.lines())
    }

    /// The store's images without what differs from run to run.
    private func content(of fovea: Fovea) throws -> [String] {
        try fovea.run("find", "--json").lines().map { entity in
            var entity = entity
            for changing in ["_uniqueid", "_key", "added_at", "labels"] { entity[changing] = nil }
            return entity.json
        }.sorted()
    }

    @Test func `a list becomes images with URL, source, caption, label and properties`() throws {
        let server = try ScriptedServer(Self.answer)
        let fovea = try Fovea()
        let list = try list(
            fovea, "list.csv",
            """
            url,caption,label,score
            \(server.root)/1,a cat,cat,0.5
            \(server.root)/2,,,
            \(server.root)/missing,x,y,1
            not a url,,,
            \(server.root)/1?again,the same cat,cat,
            too,few

            """)
        let (status, lines) = try collect(fovea, list, "--source", "labelled_set", "--property", "set=7")
        #expect(status == 1)
        let verdicts = Dictionary(grouping: lines) { $0["verdict"]?.stringValue ?? "" }.mapValues(\.count)
        #expect(verdicts == ["added": 2, "duplicate": 1, "failed": 3])
        let missing = try #require(lines.first { $0["url"] == .string("\(server.root)/missing") })
        #expect(missing["status"] == 404 && missing["code"] == "status" && missing["attempts"] == 1)

        let images = try fovea.run("find", #"{"label": "cat"}"#, "--json").lines()
        let image = try #require(images.first)
        #expect(
            images.count == 1 && image["source"] == "labelled_set" && image["set"] == 7
                && image["score"] == 0.5)
        let urls = ["\(server.root)/1", "\(server.root)/1?again"]
        #expect(image["url"] == .string(urls[0]) && image["urls"] == .array(urls.map { .string($0) }))
        #expect(image["width"] == 9 && image["path"] == nil)
        let captions = (image["labels"]?.arrayValue ?? []).compactMap(\.objectValue)
            .filter { $0["kind"] == "caption" }.compactMap { $0["geometry"]?.stringValue }
        #expect(Set(captions) == ["a cat", "the same cat"])

        let asked = server.targets.count
        let again = try collect(fovea, list)
        #expect(again.lines.filter { $0["verdict"] == "duplicate" }.count == 3 && again.status == 1)
        #expect(server.targets.count == asked, "what is known is not asked for again, failed or not")
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `what failed is tried again when it is asked for, with what its list said`() throws {
        let isUp = Mutex(false)
        let server = try ScriptedServer { request in
            isUp.withLock { $0 } ? Self.answer(request) : .answer(500)
        }
        let fovea = try Fovea()
        let list = try list(
            fovea, "list.jsonl",
            #"{"url": "\#(server.root)/1", "caption": "a cat", "day": {"$date": "2024-05-06T07:08:09Z"}}"#)
        #expect(try collect(fovea, list, "--attempts", "1").lines.first?["code"] == "status")
        #expect(try fovea.run("collect", "--statuses", "failed").text.contains("\(server.root)/1"))
        isUp.withLock { $0 = true }
        #expect(try collect(fovea, list).status == 1, "not without being asked")
        #expect(server.targets.count == 1)
        let (status, lines) = try collect(fovea, "--retry-failed")
        #expect(status == 0 && lines.map { $0["verdict"] } == ["added"] && server.targets.count == 2)
        let image = try #require(try fovea.run("find", "--json").lines().first)
        #expect(image["day"]?.stringValue?.hasPrefix("2024-05-06T07:08:09") == true)
        let known = try fovea.run("collect", "--statuses", "all", "--json").lines()
        #expect(known.count == 1 && known[0]["attempts"] == 2 && known[0]["verdict"] == "added")
        #expect(try collect(fovea, "--retry-failed").lines.isEmpty, "nothing is left to try")
    }

    @Test func `a server that asks for a pause is given it, within the run`() throws {
        let count = Mutex(0)
        let server = try ScriptedServer { request in
            let isFirst = count.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst ? .answer(429, [("retry-after", "1")]) : Self.answer(request)
        }
        let fovea = try Fovea()
        let began = ContinuousClock.now
        let (status, lines) = try collect(fovea, "\(server.root)/1")
        #expect(status == 0 && lines.first?["attempts"] == 2)
        #expect(ContinuousClock.now - began >= .seconds(1))
    }

    @Test func `what was declined is skipped with its reason, and taken once it may be`() throws {
        let server = try ScriptedServer { request in
            switch request.target {
            case "/robots.txt": .answer(200, [], Array("user-agent: *\ndisallow: /2\n".utf8))
            case "/3": .answer(200, [("x-robots-tag", "noai")], Self.picture(3))
            default: Self.answer(request)
            }
        }
        let fovea = try Fovea()
        let list = try list(fovea, "list.txt", (1...3).map { "\(server.root)/\($0)\n" }.joined())
        func codes(_ arguments: String...) throws -> [String] {
            let outcome = try fovea.run(["collect", list, "--delay", "0", "--json"] + arguments)
            #expect(outcome.status == 0)
            return try outcome.lines().map { $0["code"]?.stringValue ?? $0["verdict"]?.stringValue ?? "" }
                .sorted()
        }
        #expect(try codes() == ["private_address", "private_address", "private_address"])
        #expect(server.connectionCount == 0)
        let told = try fovea.run(["collect", list, "--delay", "0"]).errors
        #expect(told.contains("skipped 3, private_address: such as http://127.0.0.1"))
        #expect(told.contains("--allow-private-addresses"))
        #expect(try codes("--allow-private-addresses") == ["added", "opt_out", "robots"])
        #expect(
            try codes("--allow-private-addresses", "--ignore-robots") == ["added", "duplicate", "opt_out"])
        #expect(
            try codes("--allow-private-addresses", "--ignore-opt-out") == ["added", "duplicate", "duplicate"])
    }

    @Test func `bytes that are not what the list promised are refused`() throws {
        let server = try ScriptedServer(Self.answer)
        let fovea = try Fovea()
        let list = try list(
            fovea, "list.csv", "url,sha256\n\(server.root)/1,\(String(repeating: "0", count: 64))\n")
        #expect(try collect(fovea, list).lines.first?["code"] == "digest")
        #expect(try fovea.run("count").text == "0\n")
    }

    @Test func `by reference only the pixels stay at their URL, and it is said where`() throws {
        let server = try ScriptedServer(Self.answer)
        let fovea = try Fovea()
        let (status, lines) = try collect(fovea, "\(server.root)/1", "--reference-only")
        #expect(status == 0)
        let id = try #require(lines.first?["_uniqueid"]?.stringValue)
        let image = try #require(try fovea.run("find", "--json").lines().first)
        #expect(image["width"] == 9 && image["phash"] != nil && image["url"] == .string("\(server.root)/1"))
        let pixels = try fovea.run("get", id, "-o", "-")
        #expect(pixels.status == 2 && pixels.errors.contains("\(server.root)/1"))
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `an exported list gives the same store when it is collected`() throws {
        let server = try ScriptedServer(Self.answer)
        let fovea = try Fovea()
        let list = try list(
            fovea, "list.csv",
            "url,caption\n" + (0..<20).map { "\(server.root)/\($0),\"a, \"\"b\"\" \($0)\"\n" }.joined())
        #expect(try collect(fovea, list).status == 0)
        for ending in ["csv", "tsv", "jsonl"] {
            let file = fovea.folder.url.appendingPathComponent("out.\(ending)").path
            #expect(try fovea.run("collect", "--export-list", file).status == 0)
            let other = try Fovea()
            #expect(try collect(other, file).status == 0)
            #expect(try content(of: other) == content(of: fovea), "\(ending)")
        }
    }

    @Test func `a purged image's URLs are forgotten, a deleted one's are not fetched again`() throws {
        let server = try ScriptedServer(Self.answer)
        let fovea = try Fovea()
        let lines = try collect(fovea, "\(server.root)/1", "\(server.root)/2").lines
        let ids = lines.compactMap { $0["_uniqueid"]?.stringValue }
        #expect(try fovea.run("purge", ids[0], "--yes").status == 0)
        #expect(try fovea.run("delete", ids[1]).status == 0)
        let known = try fovea.run("collect", "--statuses", "all", "--json").lines()
        #expect(known.map { $0["url"] } == [lines[1]["url"]])
        let urls = lines.compactMap { $0["url"]?.stringValue }
        #expect(
            try collect(fovea, urls[0], urls[1]).lines.map { $0["verdict"]?.stringValue ?? "" }.sorted() == [
                "added", "duplicate",
            ])
        #expect(try fovea.run("count").text == "1\n")
    }

    @Test
    func `killed at any point, a run completes to the same store and fetches nothing twice that was told`()
        throws
    {
        let count = 600
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let server = try ScriptedServer(Self.answer)
        let text = "url,caption\n" + (0..<count).map { "\(server.root)/\($0),number \($0)\n" }.joined()
        let fovea = try Fovea()
        let file = try list(fovea, "list.csv", text)
        var told: Set<String> = []
        for kill in 0..<6 {
            let asked = server.targets.count
            let run = fovea.start(["collect", file, "--json", "--connections", "8"] + Self.local)
            let target = Int.random(in: 0..<150, using: &random)
            let deadline = Date().addingTimeInterval(60)
            while run.process.isRunning, Date() < deadline, server.targets.count < asked + target {
                Thread.sleep(forTimeInterval: 0.002)
            }
            Foundation.kill(run.process.processIdentifier, SIGKILL)
            let output = try run.finish().output
            let fetched = server.targets[asked...].map { "\(server.root)\($0)" }
            #expect(told.isDisjoint(with: fetched), "seed \(seed), kill \(kill)")
            // A line that was cut off was not told.
            for line in output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
                let verdict = try #require(try JSON.parse(Array(line)).objectValue)
                told.insert(try #require(verdict["url"]?.stringValue))
            }
            #expect(try fovea.run("verify").status == 0, "seed \(seed), kill \(kill)")
        }
        #expect(try collect(fovea, file).status == 0)
        let whole = try Fovea()
        #expect(try collect(whole, file).status == 0)
        let isSame = try content(of: fovea) == content(of: whole)
        #expect(isSame, "seed \(seed)")
        #expect(try fovea.run("count").text == "\(count)\n")
    }
}
