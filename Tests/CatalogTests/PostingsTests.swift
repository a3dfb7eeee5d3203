@testable import Catalog
import Columns
import TestSupport
import Testing

@Suite struct PostingsTests {
    @Test("edges noted in batches come to the postings of all edges at once", arguments: [1, 2, 3])
    func batches(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var edges: [PostingEdge] = []
        var postings = ConnectionPostings(index: PostingIndex(properties: ["p"]), properties: [7])
        var older: [(ConnectionPostings, Int)] = []
        var claims = 0
        for _ in 0..<400 {
            let batch = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                PostingEdge(
                    key: .random(in: 0..<50, using: &random), id: .random(in: 0..<5_000, using: &random),
                    values: [Double.random(in: 0...1, using: &random)])
            }
            var gone: [PostingEdge] = []
            if Int.random(in: 0..<100, using: &random) == 0, let edge = edges.randomElement(using: &random) {
                gone = [edge]
                edges.remove(at: try #require(edges.firstIndex(of: edge)))
            }
            edges += batch
            postings = try #require(postings.applying(insertions: batch, deletions: gone))
            if postings.claimsUpkeep() {
                claims += 1
                #expect(!postings.claimsUpkeep())
                _ = postings.index
            }
            if Int.random(in: 0..<20, using: &random) == 0 { older.append((postings, edges.count)) }
        }
        #expect(claims > 0)
        let builder = PostingIndexBuilder(properties: ["p"])
        for edge in edges { builder.append(key: edge.key, id: edge.id, values: edge.values) }
        let wanted = builder.finish()
        #expect(postings.index.edgeCount == wanted.edgeCount && postings.properties == [7])
        for key in wanted.keys {
            #expect(
                Set(postings.index.edges(of: key).map(\.description))
                    == Set(wanted.edges(of: key).map(\.description)))
        }
        // What later versions did does not show in earlier ones.
        for (version, count) in older { #expect(version.index.edgeCount == count) }
        #expect(
            postings.applying(insertions: [], deletions: [PostingEdge(key: 99, id: 0, values: [0])]) == nil)
    }
}

extension PostingEdge {
    fileprivate var description: String { "\(key) \(id) \(values)" }
}
