import Base
@testable import Pipeline
import SystemPackage
import TestSupport
import Testing

@Suite struct URLListTests {
    private func rows(
        _ text: String, _ name: String, _ columns: URLList.Columns = URLList.Columns()
    ) throws -> [CollectItem] {
        let folder = try TemporaryFolder()
        let file = try folder.write(Array(text.utf8), to: name)
        var rows: [CollectItem] = []
        _ = try URLList(FilePath(file), columns: columns).forEach {
            rows.append($0)
            return true
        }
        return rows
    }

    private func refusal(
        _ text: String, _ name: String, _ columns: URLList.Columns = URLList.Columns()
    ) -> String {
        do {
            _ = try rows(text, name, columns)
            return "taken"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a plain list has a URL a line, and comments`() throws {
        let rows = try rows("# sizes\r\nhttp://a/1\r\n\n  # more\nhttp://a/2#x", "a.txt")
        #expect(rows.map(\.url) == ["http://a/1", "http://a/2#x"])
        #expect(rows.map(\.place) == ["a.txt:2", "a.txt:5"])
    }

    @Test func `a table's columns are URL, caption, label, digest and properties`() throws {
        let digest = String(repeating: "ab", count: 32)
        for (name, separator) in [("a.csv", ","), ("a.tsv", "\t")] {
            let lines = [
                ["url", "caption", "label", "score", "width", "NSFW", "sha256"],
                ["http://a/1", "\"a cat, a dog\"", "cat", "0.5", "640", "no", digest],
                ["http://a/2", "", "", "", "", "", ""],
            ].map { $0.joined(separator: separator) }.joined(separator: "\n")
            let rows = try rows(lines, name, URLList.Columns(ignored: ["NSFW"]))
            #expect(rows[0].captions == ["a cat, a dog"] && rows[0].labels == ["cat"])
            #expect(
                rows[0].properties == ["score": 0.5], "what the file itself says is not taken from a list")
            #expect(rows[0].digest?.description == digest)
            #expect(rows[1].captions == [] && rows[1].properties == [:] && rows[1].digest == nil)
            #expect(rows.allSatisfy { $0.failure == nil })
        }
    }

    @Test func `columns may have other names`() throws {
        let columns = URLList.Columns(url: "URL", caption: "TEXT", needsCaption: true)
        let rows = try rows("URL\tTEXT\turl\nhttp://a/1\ta cat\tother\n", "a.tsv", columns)
        #expect(rows[0].url == "http://a/1" && rows[0].captions == ["a cat"])
        #expect(rows[0].properties == ["url": "other"])
    }

    @Test func `objects keep their types`() throws {
        let rows = try rows(
            """
            {"url": "http://a/1", "caption": ["one", "two"], "n": 1, "taken": {"$date": "2024-05-06T07:08:09Z"}}
            {"url": "http://a/2", "caption": null, "label": ["x", "y"]}
            """, "a.jsonl")
        #expect(rows[0].captions == ["one", "two"] && rows[0].properties["n"] == 1)
        #expect(rows[0].properties["taken"] == .dateTime(DateTime(microseconds: 1_714_979_289_000_000)))
        #expect(rows[1].labels == ["x", "y"])
        let kept = CollectItem(url: "http://a/1", given: rows[0].given)
        #expect(kept.properties == rows[0].properties && kept.captions == rows[0].captions)
    }

    @Test func `a bad line fails by itself and says where it stands`() throws {
        let table = try rows(
            "url,sha256\nhttp://a/1\n,\nhttp://a/3,xyz\nhttp://a/4,\n", "a.csv")
        #expect(table.map { $0.failure != nil } == [true, true, true, false])
        #expect(table.map(\.place) == ["a.csv:2", "a.csv:3", "a.csv:4", "a.csv:5"])
        let objects = try rows(
            "{\n[]\n{\"caption\": \"x\"}\n{\"url\": 1}\n{\"url\": \"u\", \"label\": 1}\n{\"url\": \"u\"}\n",
            "a.jsonl")
        #expect(objects.map { $0.failure != nil } == [true, true, true, true, true, false])
    }

    @Test func `a list that cannot be understood says what would help`() {
        #expect(refusal("URL,b\n", "a.csv").contains("--url-column"))
        let columns = URLList.Columns(caption: "TEXT", needsCaption: true)
        #expect(refusal("url,b\n", "a.csv", columns).contains("--caption-column"))
        #expect(refusal("url,a.b\n", "a.csv").contains("--ignore-column"))
        #expect(refusal("url,url\n", "a.csv").contains("two columns"))
        #expect(refusal("", "a.csv").contains("empty"))
        #expect(refusal("PAR1", "a.parquet").contains("convert"))
    }

    @Test func `a request is the same after it has gone over the socket`() throws {
        var request = CollectRequest()
        request.lists = ["/a/b.csv"]
        request.urls = ["http://a/"]
        request.captionColumn = "TEXT"
        request.source = .synthetic
        request.properties = ["when": .dateTime(DateTime(microseconds: 1)), "n": 1]
        request.delay = .milliseconds(250)
        request.seed = .max
        request.retriesFailed = true
        let read = try CollectRequest(document: try #require(JSON.parse(request.document.json).objectValue))
        #expect(read.document == request.document && read.properties == request.properties)
        for (member, value) in [
            ("delay_ms", -1), ("connections", 0), ("source", "elsewhere"), ("lists", ["relative"]),
            ("user_agent", "a\r\nb"),
        ] as [(String, Value)] {
            var document = request.document
            document[member] = value
            #expect(throws: (any Error).self, "\(member)") { try CollectRequest(document: document) }
        }
    }
}
