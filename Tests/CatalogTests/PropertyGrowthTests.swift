import Base
import TestSupport
import Testing

@testable import Catalog

/// Entities that bring many new properties.
@Suite struct PropertyGrowthTests {
    @Test(.timeLimit(.minutes(1)))
    func `10,000 new properties of one entity take time by their number, not its square`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let wide = Document((0..<10_000).map { ("p\($0)", .integer(Int64($0))) })
        let id = try catalog.write { try $0.insert("Wide", wide) }
        try catalog.write { try $0.update(id, set: wide) }
        let kept = try #require(try catalog.properties(id))
        #expect(Set(kept.keys) == Set(wide.keys))
        #expect(kept["p0"] == 0 && kept["p9999"] == 9_999)
        #expect(try catalog.findings() == [])
    }

    @Test func `who gives up while many properties are made gets nothing of it, and frees the writer`() throws
    {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let cancellation = Cancellation()
        let wide = Document((0..<200).map { ("p\($0)", .integer(Int64($0))) })
        let error = #expect(throws: CatalogError.self) {
            try catalog.write(cancellation: cancellation) { transaction in
                cancellation.cancel()
                try transaction.insert("Wide", wide)
            }
        }
        #expect(error?.code == .cancelled)
        try catalog.write { try $0.insert("Narrow", ["p": 1]) }
        try catalog.read { snapshot in
            #expect(snapshot.schema.entityClasses.map(\.name) == ["Narrow"])
        }
        #expect(try catalog.findings() == [])
    }

    @Test func `a wrong name among new ones makes none of them`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        try catalog.write { transaction in
            #expect(throws: CatalogError.self) { try transaction.insert("Image", ["a": 1, "b.c": 2]) }
            #expect(transaction.schema.entityClass("Image")?.properties.isEmpty == true)
            try transaction.insert("Image", ["d": 3])
        }
        try catalog.read { snapshot in
            #expect(snapshot.schema.entityClass("Image")?.properties.map(\.name) == ["d"])
        }
        #expect(try catalog.findings() == [])
    }

    @Test(.timeLimit(.minutes(1)))
    func `thousands of columns are put in place in time by their number`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let wide = Document((0..<4_000).map { ("p\($0)", .integer(Int64($0))) })
        try catalog.write { try $0.insert("Wide", wide) }
        try catalog.buildAllIndexes()
        try catalog.write { try $0.insert("Narrow", ["p": 1]) }
        #expect(catalog.ring.newest.indexes.count > 4_000)
    }
}
