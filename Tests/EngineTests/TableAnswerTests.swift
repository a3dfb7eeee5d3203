import Base
import Foundation
import Query
import TestSupport
import Testing

@testable import Catalog
@testable import Engine

/// Tables of what queries list, as pyarrow reads them, beside the JSON of the same queries.
@Suite(.enabled(if: PythonOracle.isAvailable)) struct TableAnswerTests {
    /// What the oracle says of the table: how many rows in batches of how many, its columns, and differences.
    private static func compare(_ rows: Value, _ table: TableAnswer) throws -> [String] {
        let json = Array(rows.json.utf8)
        var input = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
        input.append(contentsOf: json)
        for piece in table.pieces { input.append(contentsOf: piece) }
        return try PythonOracle.lines(of: "arrow_oracle.py", ["answer"], input: input)
    }

    /// The table of a query, and what its JSON lists.
    private static func ask(_ client: CommandClient, _ query: String) async throws -> [String] {
        let table = try await client.temporary.store.answerTable(
            CommandMessage(json: Array(query.utf8), blobs: []), dialect: client.dialect, principal: .owner)
        let reply = try await client.ask(query).reply
        let last = try #require(reply.arrayValue?.last?.objectValue?.members.first?.value.objectValue)
        var rows = last["entities"]?.arrayValue ?? last["connections"]?.arrayValue ?? []
        if client.dialect == .vdms {
            rows = rows.map { row in
                .object(
                    Document(
                        (row.objectValue ?? [:]).members.map {
                            ($0.key, $0.value == "Missing property" ? .null : $0.value)
                        }))
            }
        }
        return try compare(.array(rows), table)
    }

    private static func fill(_ store: Store, count: Int) throws {
        let words = ["", "plain", "ä\u{1F4F7}", "quote\" back\\ line\n"]
        try store.catalog.write { transaction in
            for number in 0..<count {
                var properties: Document = [
                    "n": .integer(Int64(number) &* 4_611_686_018_427_387_847),
                    "share": .float(Double(number) / 8), "text": .string(words[number % 4]),
                    "flag": .boolean(number % 3 == 0), "half": .integer(Int64(number)),
                    "at": .dateTime(
                        DateTime(microseconds: Int64(number) * 1_000_003, zone: .offset(minutes: 120))),
                ]
                if number % 5 == 0 { properties["text"] = .null }
                if number % 7 == 0 { properties["half"] = .float(0.5) }
                properties["mixed"] =
                    [.string("s"), .integer(1), .boolean(true), .array([1, "a"]), .null][number % 5]
                properties["list"] = [.integer(Int64(number)), ["a": .float(0.25)]]
                if number % 2 == 0 { properties["seldom"] = .string("x\(number)") }
                try transaction.insert("Thing", properties)
            }
        }
    }

    private static let fields =
        #"["n", "share", "text", "flag", "half", "at", "mixed", "list", "seldom", "nothing", "_uniqueid"]"#

    @Test("a query's table says what its JSON says", arguments: CommandDialect.allCases, [10, 5_000])
    func values(dialect: CommandDialect, count: Int) async throws {
        let client = try await CommandClient(dialect)
        try Self.fill(client.temporary.store, count: count)
        let word = dialect == .vdms ? "class" : "with_class"
        let found = try await Self.ask(
            client, #"[{"FindEntity": {"\#(word)": "Thing", "results": {"list": \#(Self.fields)}}}]"#)
        let nulls = (count + 4) / 5
        #expect(
            found == [
                "\(count) \(count)", "n int64 0", "share float64 0", "text utf8 \(nulls)", "flag boolean 0",
                "half float64 0", "at timestamp 0", "mixed json \(nulls)", "list json 0",
                "seldom utf8 \(count / 2)", "nothing utf8 \(count)", "_uniqueid utf8 0",
            ])
    }

    @Test func `a table without rows has the columns of the class`() async throws {
        let client = try await CommandClient()
        try Self.fill(client.temporary.store, count: 100)
        let found = try await Self.ask(
            client,
            #"[{"FindEntity": {"with_class": "Thing", "constraints": {"n": ["==", -1]}, "results": {"list": ["n", "at", "half", "flag", "x"]}}}]"#
        )
        #expect(
            found == ["0", "n int64 0", "at timestamp 0", "half float64 0", "flag boolean 0", "x utf8 0"])
    }

    @Test func `rows of several classes, all properties and connections become tables too`() async throws {
        let client = try await CommandClient()
        _ = try await client.ask(
            """
            [{"AddEntity": {"_ref": 1, "class": "A", "properties": {"a": 1, "both": "x"}}},
             {"AddEntity": {"_ref": 2, "class": "B", "properties": {"b": 2.5, "both": "y"}}},
             {"AddConnection": {"class": "c", "src": 1, "dst": 2, "properties": {"w": 0.25}}}]
            """)
        let all = try await Self.ask(client, #"[{"FindEntity": {"results": {"all_properties": true}}}]"#)
        #expect(
            all.first == "2 2" && all.contains("both utf8 0") && all.contains("a int64 1") && all.count == 5)
        let named = try await Self.ask(client, #"[{"FindEntity": {"results": {"list": ["both", "b"]}}}]"#)
        #expect(named == ["2 2", "both utf8 0", "b float64 1"])
        let links = try await Self.ask(
            client,
            #"[{"FindConnection": {"with_class": "c", "uniqueids": true, "results": {"list": ["w"]}}}]"#)
        #expect(
            links == [
                "1 1", "w float64 0", "_uniqueid utf8 0", "_src utf8 0", "_dst utf8 0",
            ])
    }

    @Test func `more rows than a batch has come in several`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        try store.catalog.write { transaction in
            for number in 0..<66_000 {
                try transaction.insert("T", ["n": .integer(Int64(number)), "t": .string("t\(number % 100)")])
            }
        }
        let request = FindRequest(
            entityClass: "T", filter: .all, projection: try Projection.parse(#"{"n": 1, "t": 1}"#))
        let table = try await store.table(request)
        let rows = try await store.find(request).entities
        #expect(
            try Self.compare(.array(rows.map { .object($0) }), table) == [
                "66000 464 65536", "_uniqueid utf8 0", "n int64 0", "t utf8 0",
            ])
        let text = try await store.findText(request).entities
        #expect(text == Array(Value.array(rows.map { .object($0) }).json.utf8))
    }

    @Test(
        "a query that lists nothing is refused before anything is done",
        arguments: [
            #"[{"AddEntity": {"class": "Made"}}]"#, "[]",
            #"[{"AddEntity": {"class": "Made"}}, {"FindEntity": {"results": {"count": true}}}]"#,
            #"[{"AddEntity": {"class": "Made"}}, {"FindImage": {"blobs": true, "results": {"list": ["a"]}}}]"#,
            #"[{"FindEntity": {"results": {"list": ["a"]}}}, {"AddEntity": {"class": "Made"}}]"#,
        ])
    func refused(query: String) async throws {
        let client = try await CommandClient()
        let error = await #expect(throws: EngineError.self) {
            try await client.temporary.store.answerTable(
                CommandMessage(json: Array(query.utf8), blobs: []), dialect: .aperture, principal: .owner)
        }
        #expect(error?.code == .invalidRequest)
        let isMade = try client.temporary.store.catalog.read { $0.schema.entityClass("Made") != nil }
        #expect(!isMade)
    }
}
