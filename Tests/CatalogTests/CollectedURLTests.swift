import Base
@testable import Catalog
import Testing

@Suite struct CollectedURLTests {
    private static func entry(
        _ url: String, _ state: CollectedURL.State, attempts: Int = 1, at time: Int64 = 1,
        image: EntityID? = nil
    ) -> CollectedURL {
        CollectedURL(
            url: url, state: state, code: state == .failed ? "timeout" : nil,
            reason: state == .failed ? "too slow" : nil, status: 200, attempts: attempts,
            at: DateTime(microseconds: time), nextTry: state == .failed ? DateTime(microseconds: 9) : nil,
            image: image, given: state == .failed ? ["captions": ["x"]] : nil)
    }

    @Test func `what became of a URL is what was noted last, with all its attempts`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        defer { catalog.close() }
        try catalog.write { try $0.noteCollected(Self.entry("http://a/1", .failed, attempts: 3, at: 5)) }
        #expect(
            try catalog.read { try $0.collected(["http://a/1"]) } == [
                Self.entry("http://a/1", .failed, attempts: 3, at: 5)
            ])
        let id = try catalog.write { transaction in
            let id = try transaction.insert("Image", ["width": 1])
            try transaction.noteCollected(Self.entry("http://a/1", .added, attempts: 2, at: 7, image: id))
            return id
        }
        var expected = Self.entry("http://a/1", .added, attempts: 5, at: 5, image: id)
        expected.lastTried = DateTime(microseconds: 7)
        #expect(try catalog.read { try $0.collected(["http://a/2", "http://a/1"]) } == [nil, expected])
        #expect(try catalog.findings() == [])
    }

    @Test func `URLs are listed in byte order, by state, a page at a time`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        defer { catalog.close() }
        let urls = (0..<10).map { "http://a/\($0)" }
        try catalog.write { transaction in
            for (index, url) in urls.reversed().enumerated() {
                try transaction.noteCollected(Self.entry(url, index % 2 == 0 ? .failed : .skipped))
            }
        }
        func listed(_ state: CollectedURL.State?, after last: String?, _ limit: Int) throws -> [String] {
            try catalog.read { try $0.collected(state, after: last, limit: limit) }.map(\.url)
        }
        #expect(try listed(nil, after: nil, 100) == urls)
        #expect(try listed(nil, after: urls[3], 2) == Array(urls[4...5]))
        #expect(try listed(.failed, after: urls[1], 2) == [urls[3], urls[5]])
        #expect(try listed(.added, after: nil, 2) == [])
    }

    @Test func `a transaction that fails leaves no URL behind, and purge forgets those of its images`() throws
    {
        struct Broken: Error {}
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        defer { catalog.close() }
        #expect(throws: Broken.self) {
            try catalog.write { transaction in
                try transaction.noteCollected(Self.entry("http://a/1", .failed))
                throw Broken()
            }
        }
        #expect(try catalog.read { try $0.collected(["http://a/1"]) } == [nil])
        let ids = try catalog.write { transaction in
            try (0..<3).map { number in
                let id = try transaction.insert("Image", ["width": 1])
                try transaction.noteCollected(Self.entry("http://a/\(number)", .added, image: id))
                return id
            }
        }
        _ = try catalog.write { try $0.purge([ids[0].local, ids[2].local], of: "Image", by: "test") }
        #expect(try catalog.read { try $0.collected(nil, after: nil, limit: 9) }.map(\.url) == ["http://a/1"])
        #expect(try catalog.findings() == [])
    }
}
