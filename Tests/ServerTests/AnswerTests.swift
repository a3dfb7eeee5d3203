import Base
import Engine
import SystemPackage
import Testing

@testable import Server

/// What the answers of a store say over HTTP.
@Suite struct AnswerTests {
    @Test func `lines tell the count of all matches in a header`() async throws {
        try await ServedStore.run { served in
            for seed in 1...3 { try await served.add(seed: seed) }
            let answer = try await served.answer(
                "POST", "/v1/entities/Image/find", headers: ["Accept: application/x-ndjson"],
                body: Array(#"{"limit": 2, "count": true}"#.utf8))
            #expect(answer.header("x-fovea-count") == "3")
            #expect(answer.text.split(separator: "\n").count == 2)
        }
    }

    @Test func `a table says what lines say, and its count stands in a header`() async throws {
        try await ServedStore.run { served in
            for seed in 1...3 { try await served.add(seed: seed) }
            let table = try await served.answer(
                "POST", "/v1/entities/Image/find", headers: [Self.acceptsTable],
                body: Array(#"{"projection": {"width": 1, "path": 1}, "count": true}"#.utf8))
            #expect(table.header("content-type") == TableAnswer.mediaType)
            #expect(table.header("x-fovea-count") == "3")
            // The end of a stream: https://arrow.apache.org/docs/format/Columnar.html
            #expect(table.body.suffix(8) == [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
            #expect(table.header("content-length") == String(table.body.count))
        }
    }

    @Test func `commands answer with tables over the holder's socket, and to sessions`() async throws {
        let lists = Array(#"[{"FindImage": {"blobs": false, "results": {"list": ["width"]}}}]"#.utf8)
        let counts = Array(#"[{"FindImage": {"blobs": false, "results": {"count": true}}}]"#.utf8)
        try await ServedStore.run(isHolderSocket: true) { served in
            try await served.add()
            let table = try await served.answer("POST", "/api", headers: [Self.acceptsTable], body: lists)
            #expect(table.status == 200)
            #expect(table.header("content-type") == TableAnswer.mediaType)
            let none = try await served.answer("POST", "/api", headers: [Self.acceptsTable], body: counts)
            #expect(none.status == 400)
            #expect(none.text.contains("lists nothing"))
        }
        try await ServedStore.run { served in
            let refused = try await served.answer("POST", "/api", headers: [Self.acceptsTable], body: lists)
            #expect(refused.status == 401)
            #expect(refused.json?["error"]?.objectValue?["code"] == "unauthenticated")
        }
    }

    private static let acceptsTable = "Accept: application/vnd.apache.arrow.stream"

    @Test func `a class that there is not is told with those that there are, also of an empty store`()
        async throws
    {
        try await ServedStore.run { served in
            for verb in ["find", "count", "facets", "explain"] {
                let typo = try await served.answer("POST", "/v1/entities/Imgae/\(verb)", json: "{}")
                #expect(typo.status == 404, "\(verb)")
                #expect(typo.text.contains("there is no class 'Imgae'; there are: Image"))
                let empty = try await served.answer("POST", "/v1/entities/Image/\(verb)", json: "{}")
                #expect(empty.status == 200, "\(verb)")
            }
            #expect(try await served.answer("GET", "/v1/entities/Image/1.0.1").status == 404)
            #expect(try await served.answer("GET", "/v1/entities/Imgae/1.0.1").status == 404)
        }
    }

    @Test func `a filter is as deep and as long as the query language says, and no more`() async throws {
        func nested(_ depth: Int) -> String {
            String(repeating: #"{"$and":["#, count: depth) + #"{"width":1}"#
                + String(repeating: "]}", count: depth)
        }
        func inList(_ byteCount: Int) -> String {
            // Ten texts, as a list's elements, that fill the bytes.
            let head = #"{"path":{"$in":["#, tail = "]}}"
            let each = (byteCount - head.utf8.count - tail.utf8.count - 9) / 10
            var texts = (0..<10).map { _ in "\"" + String(repeating: "a", count: each - 2) + "\"" }
            let used = head.utf8.count + tail.utf8.count + 9 + 10 * each
            texts[9] = "\"" + String(repeating: "a", count: each - 2 + byteCount - used) + "\""
            return head + texts.joined(separator: ",") + tail
        }
        try await ServedStore.run { served in
            try await served.add()
            func status(_ filter: String) async throws -> Int {
                try await served.answer(
                    "POST", "/v1/entities/Image/count", json: #"{"filter":\#(filter)}"#
                ).status
            }
            let depth = 64
            #expect(try await status(nested(depth)) == 200)
            #expect(try await status(nested(depth + 1)) == 400)
            #expect(inList(10_000_000).utf8.count == 10_000_000)
            #expect(try await status(inList(10_000_000)) == 200)
            #expect(try await status(inList(10_000_001)) == 400)
        }
    }

    @Test func `a body of exactly the limit is taken, and one byte more is not`() async throws {
        try await ServedStore.run(costs: Exchange.Limits(bodyByteCount: 200_000, uploadByteCount: 200_000)) {
            served in
            func status(_ count: Int, chunked: Bool) async throws -> Int {
                let text = "{\"filter\":{}" + String(repeating: " ", count: count - 13) + "}"
                return try await served.connect { client in
                    if chunked {
                        try client.send(
                            "POST", "/v1/entities/Image/count", headers: ["Transfer-Encoding: chunked"])
                        try client.send(String(count, radix: 16) + "\r\n" + text + "\r\n0\r\n\r\n")
                    } else {
                        try client.send("POST", "/v1/entities/Image/count", body: Array(text.utf8))
                    }
                    return try client.answer().status
                }
            }
            for chunked in [false, true] {
                let (whole, more) = try await (
                    status(200_000, chunked: chunked), status(200_001, chunked: chunked)
                )
                #expect(whole == 200)
                #expect(more == 413)
            }
        }
    }

    @Test func `uploads beyond the memory for all of them are put off`() async throws {
        try await ServedStore.run(costs: Exchange.Limits(allBodiesByteCount: 1_000)) { served in
            let body = ServedStore.ppm(width: 30, height: 30, seed: 1)
            let answer = try await served.answer("POST", "/v1/entities/Image", body: body)
            #expect(answer.status == 503)
            #expect(answer.header("retry-after") == "1")
            #expect(try await served.add(width: 9, height: 9).isEmpty == false)
        }
    }

    @Test func `pixels from the shortcut are those of the long way, until something is committed`()
        async throws
    {
        try await ServedStore.run { served in
            let id = try await served.add()
            let target = "/v1/entities/Image/\(id)/pixels?resize=4x4&encode=png"
            let first = try await served.answer("GET", target)
            let second = try await served.answer("GET", target)
            #expect(first.status == 200)
            #expect(second.body == first.body)
            #expect(
                second.headers.filter { $0.name != "date" }.map(\.value)
                    == first.headers.filter { $0.name != "date" }.map(\.value))
            let tag = try #require(first.header("etag"))
            #expect(try await served.answer("GET", target, headers: ["If-None-Match: \(tag)"]).status == 304)
            let part = try await served.answer("GET", target, headers: ["Range: bytes=1-4"])
            #expect(part.status == 206)
            #expect(part.body == Array(first.body[1...4]))
            try await served.add(seed: 9)
            #expect(try await served.answer("GET", target).body == first.body)
        }
    }

    @Test func `ready says no when the catalog cannot be read`() async throws {
        try await ServedStore.run { served in
            #expect(try await served.answer("GET", "/ready").status == 200)
            let (from, to) = (
                served.directory.appending("catalog.sqlite"), served.directory.appending("elsewhere")
            )
            try served.move(from, to)
            let answer = try await served.answer("GET", "/ready")
            #expect(answer.status == 503)
            #expect(answer.text.contains("catalog.sqlite"))
            #expect(try await served.answer("GET", "/health").status == 200)
            try served.move(to, from)
            #expect(try await served.answer("GET", "/ready").status == 200)
        }
    }

    /// The rules of https://prometheus.io/docs/instrumenting/exposition_formats/ that a scraper depends on.
    @Test func `metrics are Prometheus text, and no client can make series`() async throws {
        try await ServedStore.run { served in
            for number in 0..<20 {
                _ = try await served.answer("GET", "/v1/no-\(number)")
                _ = try await served.answer("GET", "/v1/entities/Class\(number)/find")
                _ = try await served.answer("M\(String(repeating: "X", count: number))", "/health")
            }
            let text = try await served.answer("GET", "/metrics").text
            #expect(text.hasSuffix("\n"))
            var kinds: [String: String] = [:]
            var buckets: [String: [Int]] = [:], counts: [String: Int] = [:]
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ", maxSplits: 3).map(String.init)
                if words[0] == "#" {
                    if words[1] == "TYPE" {
                        #expect(kinds[words[2]] == nil, "declared twice: \(line)")
                        kinds[words[2]] = words[3]
                    }
                    continue
                }
                let name = String(line.prefix { $0 != "{" && $0 != " " })
                let family = ["_bucket", "_sum", "_count"].reduce(name) { name, suffix in
                    name.hasSuffix(suffix) && kinds[name] == nil ? String(name.dropLast(suffix.count)) : name
                }
                #expect(kinds[family] != nil, "not declared: \(line)")
                let value = try #require(line.split(separator: " ").last)
                #expect(Double(value) != nil, "no number: \(line)")
                if name.hasSuffix("_bucket"), let le = line.firstRange(of: ",le=") {
                    buckets[String(line[..<le.lowerBound]), default: []].append(try #require(Int(value)))
                } else if name.hasSuffix("_count") {
                    let end = try #require(line.lastIndex(of: "}"))
                    let series = String(line[..<end])
                    counts[series.replacing("_count{", with: "_bucket{"), default: 0] = try #require(
                        Int(value))
                }
            }
            #expect(!buckets.isEmpty)
            for (series, cumulated) in buckets {
                #expect(cumulated == cumulated.sorted(), "\(series)")
                #expect(cumulated.last == counts[series], "+Inf is the count: \(series)")
            }
            #expect(counts.count < 10, "\(counts.keys.sorted())")
        }
    }
}
