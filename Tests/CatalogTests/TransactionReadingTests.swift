import Base
import Catalog
import Columns
import TestSupport
import Testing

@Suite struct TransactionReadingTests {
    let store: TemporaryStore
    let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
    }

    private static func old(_ snapshot: CatalogSnapshot, at least: Int64) throws -> [LocalID] {
        guard let known = snapshot.schema.entityClass("P"), let age = known["age"] else { return [] }
        return Array(
            try snapshot.select(known, age, .atLeast(.integer(least)))
                .ids.intersection(snapshot.alive(known)).ids)
    }

    @Test func `a transaction reads what it wrote, through columns too`() throws {
        try catalog.write { transaction in
            for age in 0..<10 { try transaction.insert("P", ["age": .integer(Int64(age))]) }
        }
        try catalog.buildIndex(of: "P", property: "age")
        try catalog.write { transaction in
            #expect(try transaction.read { try Self.old($0, at: 8) } == [8, 9])
            let added = try transaction.insert("P", ["age": 20])
            #expect(try transaction.read { try Self.old($0, at: 8) } == [8, 9, added.local])
            let known = try #require(transaction.schema.entityClass("P"))
            try transaction.update(known.entityID(0), set: ["age": 30])
            try transaction.delete(known.entityID(9), by: "human:ann")
            #expect(try transaction.read { try Self.old($0, at: 8) } == [0, 8, added.local])
            try transaction.delete(added, by: "human:ann")
            #expect(try transaction.read { try Self.old($0, at: 8) } == [0, 8])
        }
        #expect(try catalog.read { try Self.old($0, at: 8) } == [0, 8])
        #expect(try catalog.findings() == [])
    }

    @Test func `what a failed transaction read leaves no trace`() throws {
        struct Failure: Error {}
        try catalog.write { _ = try $0.insert("P", ["age": 9]) }
        let catalog = catalog
        #expect(throws: Failure.self) {
            try catalog.write { transaction in
                try transaction.insert("P", ["age": 10, "new": "property"])
                let seen = try transaction.read { try Self.old($0, at: 9) }
                #expect(seen == [0, 1])
                throw Failure()
            }
        }
        #expect(try catalog.read { try Self.old($0, at: 9) } == [0])
        try catalog.write { _ = try $0.insert("P", ["age": 11]) }
        #expect(try catalog.read { try Self.old($0, at: 9) } == [0, 1])
        #expect(try catalog.findings() == [])
    }

    @Test func `connections made and removed in a transaction are followed in it`() throws {
        let (first, second) = try catalog.write { transaction in
            (try transaction.insert("P"), try transaction.insert("Q"))
        }
        try catalog.write { transaction in
            func targets() throws -> [LocalID] {
                try transaction.read { snapshot in
                    guard let known = snapshot.schema.connectionClass("likes"), let ends = known.ends.first
                    else { return [] }
                    return Array(try snapshot.connected(by: known, ends, .target, to: [first.local]).ids.ids)
                }
            }
            #expect(try targets().isEmpty)
            let link = try transaction.connect("likes", from: first, to: second)
            #expect(try targets() == [second.local])
            try transaction.disconnect(link)
            #expect(try targets().isEmpty)
            try transaction.connect("likes", from: first, to: second)
        }
        #expect(try catalog.findings() == [])
    }

    @Test func `random transactions see what a model sees after every step`() throws {
        var random = SeededGenerator(seed: 11)
        var model: [LocalID: Int64] = [:]
        for _ in 0..<30 {
            let steps = (0..<12).map { _ in
                (
                    kind: Int.random(in: 0..<4, using: &random),
                    age: Int64.random(in: 0..<20, using: &random),
                    pick: Int.random(in: 0..<1_000, using: &random)
                )
            }
            let fails = Bool.random(using: &random)
            struct Failure: Error {}
            let before = model
            do {
                model = try catalog.write { [model] transaction in
                    var model = model
                    for step in steps {
                        let ids = model.keys.sorted()
                        switch step.kind {
                        case 0, 1:
                            let id = try transaction.insert("P", ["age": .integer(step.age)])
                            model[id.local] = step.age
                        case 2 where !ids.isEmpty:
                            let id = ids[step.pick % ids.count]
                            let known = try #require(transaction.schema.entityClass("P"))
                            try transaction.update(known.entityID(id), set: ["age": .integer(step.age)])
                            model[id] = step.age
                        case 3 where !ids.isEmpty:
                            let id = ids[step.pick % ids.count]
                            let known = try #require(transaction.schema.entityClass("P"))
                            try transaction.delete(known.entityID(id), by: "human:ann")
                            model[id] = nil
                        default: break
                        }
                        let expected = model.filter { $0.value >= 10 }.keys.sorted()
                        #expect(try transaction.read { try Self.old($0, at: 10) } == expected)
                    }
                    if fails { throw Failure() }
                    return model
                }
            } catch is Failure {
                model = before
            }
        }
        #expect(
            try catalog.read { try Self.old($0, at: 10) } == model.filter { $0.value >= 10 }.keys.sorted())
        #expect(try catalog.findings() == [])
    }
}
