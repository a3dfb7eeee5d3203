import Base
import Foundation
import TestSupport
import Testing

/// What people get wrong, and what must not end a batch.
@Suite(.onOwnThreads) struct BadInputTests {
    private func pictures(_ count: Int, in fovea: Fovea) throws {
        for index in 0..<count {
            try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: index), to: "in/\(index).ppm")
        }
    }

    @Test func `a bad line of a list fails alone, whatever is wrong with it`() throws {
        let fovea = try Fovea()
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let many = (0..<1_001).map { "\"p\($0)\": 1" }.joined(separator: ", ")
        let bad = [
            #""a.b": 1"#, #""$x": 1"#, #""": 1"#, #""_x": 1"#, #""a\u0007b": 1"#, #""error": "none""#,
            #""width": 7"#,
            #""label": """#, #""label": "\#(String(repeating: "l", count: 10_000))""#,
            #""label": ["ok", "a\u0000"]"#,
            #""label": 3"#, "\"deep\": \(deep)", "\"x\": 1e999", many,
        ]
        try pictures(2 * bad.count, in: fovea)
        var lines: [String] = []
        for (index, members) in bad.enumerated() {
            lines.append(#"{"path": "\#(2 * index).ppm", "label": "good", "n": \#(index)}"#)
            lines.append(#"{"path": "\#(2 * index + 1).ppm", \#(members)}"#)
        }
        let list = try fovea.folder.write(Array(lines.joined(separator: "\n").utf8), to: "in/list.jsonl")
        let added = try fovea.run("add", list, "--json")
        let verdicts = try added.lines()
        #expect(added.status == 1, "\(added.errors)")
        #expect(verdicts.count == lines.count)
        for (index, verdict) in verdicts.enumerated() {
            #expect(verdict["verdict"] == (index % 2 == 0 ? "added" : "failed"), "\(verdict.json)")
            if index % 2 == 1 { #expect(verdict["reason"]?.stringValue?.isEmpty == false) }
        }
        #expect(try fovea.run("count", #"{"label": "good"}"#).text == "\(bad.count)\n")
        #expect(try fovea.run("count").text == "\(bad.count)\n")
    }

    @Test func `a list with a bad header is told once, and what else was named is added`() throws {
        let fovea = try Fovea()
        try pictures(3, in: fovea)
        let list = try fovea.folder.write(Array("path,a.b\n0.ppm,1\n1.ppm,2\n".utf8), to: "in/list.csv")
        let added = try fovea.run(
            "add", list, fovea.folder.url.appendingPathComponent("in/2.ppm").path, "--json")
        #expect(added.status == 1)
        #expect(try added.lines().map { $0["verdict"] } == ["failed", "added"])
    }

    @Test(
        "what is wrong on the command line exits with 64 and says what",
        arguments: [
            (["add", ""], "path is empty"), (["add", "x", "--property", "=1"], "name=value"),
            (["add", "x", "--property", "a.b=1"], "'a.b' may not hold '.'"),
            (["add", "x", "--property", "error=1"], "'error' may not be given"),
            (["count", "--store", ""], "--store is empty"), (["init", "--store", ""], "--store is empty"),
            (["find", "{"], "the filter is no JSON"), (["find", "[]"], "fovea: "),
            (["frobnicate"], "fovea: "), (["delete", "nothing"], "neither a filter"),
            (["delete", "{}"], "--yes"), (["purge", "{}"], "--yes"),
            (["delete", "{}", "1.0.1"], "One filter"),
            (["get", "1.0.0", "-o", ""], "--output is empty"),
        ])
    func usage(arguments: [String], reason: String) throws {
        let fovea = try Fovea()
        let outcome = try fovea.run(arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("fovea: "), "\(outcome.errors)")
        #expect(!outcome.errors.contains("(at )"), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func `another user's store is not said to be none`() throws {
        let fovea = try Fovea()
        func asNobody(_ arguments: [String]) throws -> Program.Outcome {
            try Program.run(
                "setpriv",
                ["--reuid=65534", "--regid=65534", "--clear-groups", Fovea.binary.path] + arguments)
        }
        guard try asNobody(["--version"]).status == 0 else {
            print("left out: here nobody else may run the program")
            return
        }
        let outcome = try asNobody(["count", "--store", fovea.store])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("permission denied") && outcome.errors.contains(fovea.store))
        #expect(!outcome.errors.contains("fovea init"))
    }

    @Test func `nothing found is said on standard error`() throws {
        let fovea = try Fovea()
        for arguments in [["find"], ["find", "--json"], ["find", #"{"width": 3}"#]] {
            let outcome = try fovea.run(arguments)
            #expect(outcome.status == 0 && outcome.output.isEmpty)
            #expect(outcome.errors == "no entity matches\n")
        }
    }

    @Test func `what an init that was killed has left is no hindrance, other things are`() throws {
        let fovea = try Fovea()
        for name in [
            "half/catalog.sqlite.new", "half/catalog.sqlite.new-wal", "half/blobs/packs/00000001.pack",
        ] {
            try fovea.folder.write([1, 2, 3], to: name)
        }
        let half = fovea.folder.url.appendingPathComponent("half").path
        try fovea.folder.write([1], to: "half/mine.txt")
        #expect(try fovea.run("init", "--store", half).status == 2)
        try FileManager.default.removeItem(atPath: half + "/mine.txt")
        try fovea.folder.write([1], to: "half/catalog.sqlite.new")
        let made = try fovea.run("init", "--store", half)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try fovea.run("verify", "--store", half).status == 0)
    }

    @Test func `a catalog that cannot be opened is a finding of verify`() throws {
        let fovea = try Fovea()
        try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: 1), to: "in/a.ppm")
        #expect(try fovea.run("add", fovea.folder.url.appendingPathComponent("in").path).status == 0)
        let catalog = fovea.store + "/catalog.sqlite"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: catalog))
        try bytes.prefix(bytes.count / 2 + 100).write(to: URL(fileURLWithPath: catalog))
        let outcome = try fovea.run("verify", "--json")
        #expect(outcome.status == 1)
        let lines = try outcome.lines()
        #expect(lines.first?["kind"] == "catalog" && lines.first?["message"]?.stringValue != nil)
        #expect((lines.last?["summary"]?.objectValue?["findings"]?.integerValue ?? 0) >= 1)
    }

    @Test func `64 levels of conditions are understood, and one more is named as too many`() throws {
        let fovea = try Fovea()
        func nested(_ levels: Int) -> String {
            String(repeating: #"{"$and": ["#, count: levels) + "{}" + String(repeating: "]}", count: levels)
        }
        #expect(try fovea.run("count", nested(63)).status == 0)
        #expect(try fovea.run("count", nested(64)).status == 0)
        let deeper = try fovea.run("count", nested(66))
        #expect(deeper.status == 64 && deeper.errors.contains("64"), "\(deeper.errors)")
    }

    @Test func `edges may be negative, and dates`() throws {
        let fovea = try Fovea()
        try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: 1), to: "in/a.ppm")
        try fovea.folder.write(
            Array(#"{"path": "in/a.ppm", "x": -5, "at": {"$date": "2024-05-06"}}"#.utf8), to: "list.jsonl")
        #expect(
            try fovea.run("add", fovea.folder.url.appendingPathComponent("list.jsonl").path).status == 0)
        let numbers = try fovea.run("histogram", "--property", "x", "--edges", "-9,-4,1", "--json").lines()
        #expect(numbers.first?["counts"] == [1, 0])
        let dates = try fovea.run(
            "histogram", "--property", "at", "--edges", "2023-01-01,2024-01-01,2025-01-01", "--json")
        #expect(try dates.lines().first?["counts"] == [0, 1], "\(dates.errors)")
    }
}

/// Commands whose reader goes away.
@Suite(.onOwnThreads) struct ClosedPipeTests {
    /// Runs a line of bash with `$FOVEA` as the program; the last line of the output is the program's status.
    private func bash(_ line: String, _ fovea: Fovea) throws -> (status: String, output: String) {
        let outcome = try Program.run(
            "/bin/bash", ["-c", line + #"; echo "${PIPESTATUS[0]}""#],
            environment: [
                "FOVEA": Fovea.binary.path, "FOVEA_STORE": fovea.store, "IN": fovea.folder.url.path + "/in",
            ])
        let lines = outcome.text.split(separator: "\n")
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    private func pictures(_ count: Int) throws -> Fovea {
        let fovea = try Fovea()
        for index in 0..<count {
            try fovea.folder.write(Picture.ppm(width: 8, height: 8, seed: index), to: "in/\(index).ppm")
        }
        return fovea
    }

    @Test func `add goes on when nobody reads its verdicts`() throws {
        // More than two groups, and more verdicts than a pipe holds.
        let fovea = try pictures(900)
        let piped = try bash(#""$FOVEA" add "$IN" --json 2>/dev/null | head -1"#, fovea)
        #expect(piped.status == "0")
        #expect(piped.output.contains("\"verdict\":\"added\""))
        #expect(try fovea.run("count").text == "900\n")
    }

    @Test func `a closed standard output is told, and nothing is written anywhere else`() throws {
        let fovea = try pictures(2)
        let outcome = try bash(#""$FOVEA" init --store "$FOVEA_STORE-2" --json >&- 2>/dev/null"#, fovea)
        #expect(outcome.status == "2")
    }

    @Test func `find ends quietly when its reader has enough`() throws {
        let fovea = try pictures(600)
        #expect(try fovea.run("add", fovea.folder.url.path + "/in").status == 0)
        let piped = try bash(#""$FOVEA" find --json 2>&1 | head -1"#, fovea)
        #expect(piped.status == "0")
        #expect(piped.output.hasPrefix("{") && !piped.output.contains("\n"))
    }

    @Test(arguments: ["", "--json"])
    func `verify does not claim that all is well when nobody reads what it found`(flag: String) throws {
        let fovea = try pictures(5)
        #expect(try fovea.run("add", fovea.folder.url.path + "/in").status == 0)
        let clean = try bash(#""$FOVEA" verify \#(flag) 2>/dev/null | true"#, fovea)
        #expect(clean.status == "0")
        let folder = URL(fileURLWithPath: fovea.store)
        for name in try FileManager.default.subpathsOfDirectory(atPath: fovea.store)
        where name.hasSuffix(".pack") {
            var bytes = try Data(contentsOf: folder.appendingPathComponent(name))
            bytes[bytes.count / 2] ^= 0x10
            try bytes.write(to: folder.appendingPathComponent(name))
        }
        let damaged = try bash(#""$FOVEA" verify \#(flag) 2>/dev/null | true"#, fovea)
        #expect(damaged.status == "1")
    }

    @Test func `standard output on a full disk is told`() throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let fovea = try pictures(3)
        let added = try bash(#""$FOVEA" add "$IN" --json 2>&1 >/dev/full"#, fovea)
        #expect(added.status == "2")
        #expect(added.output.contains("cannot write to standard output"))
        #expect(try fovea.run("count").text == "3\n")
    }
}
