import Base
import Catalog
import TestSupport
import Testing

@testable import Engine
@testable import Server

/// Samples at the server: pages, lists, and what is shown of labels that mean harm.
@Suite struct SamplePageTests {
    /// Serves `count` pictures with a box each.
    private func run(
        _ count: Int, label: String = "cat", url: String? = nil,
        _ body: (ServedStore, _ ids: [String]) async throws -> Void
    ) async throws {
        try await ServedStore.run { served in
            var ids: [String] = []
            for number in 0..<count {
                ids.append(try await served.add(width: 100 + number, height: 50, seed: number))
            }
            try served.store.catalog.write { [ids] transaction in
                for id in ids.compactMap({ EntityID($0) }) {
                    if let url { try transaction.update(id, set: ["url": .string(url)]) }
                    let geometry: Value = ["x": 10.0, "y": 5.0, "width": 50.0, "height": 25.0]
                    try transaction.addLabel(
                        NewLabel(
                            .box, label, geometry: .json(geometry), confidence: 0.5, source: "model:m@1"),
                        to: id)
                }
            }
            try await body(served, ids)
        }
    }

    @Test func `pages have 25 samples, count all of them, and end`() async throws {
        try await run(30) { served, _ in
            var urls: [Value?] = []
            for (page, count) in [(1, 25), (2, 5), (3, 0)] {
                let answer = try await served.answer("GET", "/get-labeled-data?page=\(page)")
                let output = try #require(answer.json?["output"]?.arrayValue)
                #expect(output.count == count && answer.json?["size"] == 30, "page \(page)")
                urls += output.map { $0.objectValue?["_id"] }
            }
            #expect(Set(urls).count == 30)
            let far = try await served.answer("GET", "/get-labeled-data?page=9223372036854775807")
            #expect(far.json?["output"] == [] && far.json?["size"] == 30)
        }
    }

    @Test func `the later interface pages, and says where a filter is wrong`() async throws {
        try await run(30) { served, _ in
            let path = "/api/get-labeled-data"
            let json =
                #"{"page": 2, "per_page": 20, "filter": {"class": "cat", "max_box_area": {"$lte": 0.25}}}"#
            let answer = try await served.answer("POST", path, json: json)
            // 50 × 25 of W × 50 pixels is a quarter where W is 100, and less elsewhere.
            #expect(answer.json?["length"] == 30 && answer.json?["output"]?.arrayValue?.count == 10)
            #expect(answer.json?["current_page"] == 2 && answer.json?["total_pages"] == 2)
            #expect(answer.json?["has_next_page"] == false)
            let first = answer.json?["output"]?.arrayValue?.first?.objectValue
            #expect(first?["object_detection"]?.objectValue?.keys == ["cat"])
            #expect(first?["label_quality_score"] == .null)
            let none = try await served.answer("POST", path, json: "{}")
            #expect(none.json?["length"] == 0, "no image has a label quality")
            let wrong = try await served.answer(
                "POST", path, json: #"{"filter": {"$and": [{}, {"class": "cat", "count": 0}]}}"#)
            let error = wrong.json?["error"]?.objectValue
            #expect(wrong.status == 400)
            #expect(error?["message"] == "filter.$and[1].count: must be an integer >= 1")
            #expect(error?["path"] == "filter.$and[1].count")
        }
    }

    @Test func `a list in CSV runs nothing in a spreadsheet`() async throws {
        try await run(1, label: "=1+1", url: "=HYPERLINK(\"http://evil\",1)") { served, _ in
            let answer = try await served.answer(
                "POST", "/api/get-labeled-data", json: #"{"fetch_all": true, "filter": {}}"#)
            let lines = answer.text.split(separator: "\r\n")
            #expect(answer.header("content-type") == "text/csv; charset=utf-8" && lines.count == 2)
            #expect(lines[0] == "_id,url,width,height,hash,object_detection,label_quality_score")
            #expect(lines[1].contains(#","'=HYPERLINK(""http://evil"",1)",100,50,"#))
            #expect(lines[1].hasSuffix(#","{""=1+1"":[[0.1,0.1,0.6,0.6]]}","#))
        }
    }

    @Test(
        "cells",
        arguments: [
            ("a", "a"), ("=a", "'=a"), ("+a", "'+a"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"),
            ("\ra", "\"'\ra\""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a=b", "a=b"), ("", ""),
        ])
    func cells(text: String, cell: String) { #expect(SampleTable.cell(text) == cell) }

    @Test func `labels and URLs with HTML in them are text on the page of boxes`() async throws {
        let evil = #"<script>alert("1")</script>&'"#
        try await run(1, label: evil, url: evil) { served, ids in
            let answer = try await served.answer("GET", "/boxes/\(ids[0])")
            #expect(answer.status == 200 && !answer.text.contains("<script"))
            #expect(answer.text.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"))
            #expect(answer.text.contains("https://duckduckgo.com/?q=%3Cscript%3Ealert%28%221%22%29"))
            #expect(answer.text.contains(#"<rect x="10.0" y="5.0" width="50.0" height="25.0"/>"#))
            #expect(answer.header("content-security-policy")?.hasPrefix("default-src 'none'") == true)
            let sample = try await served.answer("GET", "/get-labeled-data")
            #expect(sample.header("content-type") == "application/json")
        }
    }
}
