import Base
@testable import Catalog
import Columns
@preconcurrency import Dispatch
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct ReadingTests {
    let store: TemporaryStore
    let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        var options = CatalogOptions()
        options.immediateBuildLimit = 0
        options.readerLimit = 2
        catalog = try Catalog.create(store.directory, options: options)
    }

    @Test func `a cancellation stops SQLite in the middle of a scan`() throws {
        try catalog.write { transaction in
            let names = BulkRows(
                count: 10_000, columns: [.init("name", .strings((0..<10_000).map { "n\($0)" }))])
            try transaction.insert("Image", rows: names)
        }
        let cancellation = Cancellation()
        let calls = Mutex(0)
        #expect(throws: CancelledError.self) {
            try catalog.read(cancellation) { snapshot in
                let known = try #require(snapshot.schema.entityClass("Image"))
                let name = try #require(known["name"])
                let found = try snapshot.select(
                    known, name,
                    .matching { _ in
                        calls.withLock { $0 += 1 }
                        cancellation.cancel()
                        return true
                    })
                #expect(found.source == .sql)
            }
        }
        #expect(calls.withLock { $0 } == 1)
        // The connection serves the next reader as if nothing had happened.
        #expect(
            try catalog.read { snapshot in snapshot.schema.entityClass("Image").map(snapshot.count) }
                == 10_000)
    }

    @Test func `a reader that waits for a connection can be cancelled, and one that is late disturbs nobody`()
        throws
    {
        let entered = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let late = Cancellation()
        for _ in 0..<2 {
            DispatchQueue(label: "reader").async { [catalog] in
                _ = try? catalog.read(late) { _ in
                    entered.signal()
                    mayEnd.wait()
                }
            }
        }
        entered.wait()
        entered.wait()
        let cancellation = Cancellation()
        DispatchQueue(label: "canceller").async { cancellation.cancel() }
        #expect(throws: CancelledError.self) { try catalog.read(cancellation) { $0.commit } }
        mayEnd.signal()
        mayEnd.signal()
        #expect(try catalog.read { $0.commit } == 0)
        late.cancel()
        #expect(try catalog.read { $0.commit } == 0)
    }

    @Test func `a reader keeps its commit while others are made, and does not hold them up`() throws {
        let id = try catalog.write { try $0.insert("Image", ["a": 0]) }
        try catalog.buildAllIndexes()
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            for number in 1...200 {
                try catalog.write { transaction in
                    try transaction.update(id, set: ["a": .integer(Int64(number)), "b": 1])
                    try transaction.insert("Image", ["a": 7])
                }
            }
            #expect(snapshot.commit == 1)
            #expect(try snapshot.entity(id)?.properties == ["a": 0])
            #expect(snapshot.count(of: known) == 1 && known["b"] == nil)
            let zero = try snapshot.select(known, try #require(known["a"]), .equal(.integer(0)))
            #expect(zero == Selection(ids: [0], source: .column))
            #expect(try snapshot.verify() == [])
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(snapshot.count(of: known) == 201)
            let seven = try snapshot.select(known, try #require(known["a"]), .equal(.integer(7)))
            #expect(seven == Selection(ids: IdSet(1..<201), source: .column))
        }
    }

    @Test func `SQL answers until the column is built`() throws {
        try catalog.write { transaction in
            for number: Int64 in 0..<10 { try transaction.insert("Image", ["a": .integer(number)]) }
        }
        func select() throws -> Selection {
            try catalog.read { snapshot in
                let known = try #require(snapshot.schema.entityClass("Image"))
                return try snapshot.select(known, try #require(known["a"]), .atLeast(.integer(5)))
            }
        }
        #expect(try select() == Selection(ids: IdSet(5..<10), source: .sql))
        try catalog.buildIndex(of: "Image", property: "a")
        #expect(try select() == Selection(ids: IdSet(5..<10), source: .column))
        let error = #expect(throws: CatalogError.self) { try catalog.buildIndex(of: "Image", property: "b") }
        #expect(error?.code == .notFound)
    }

    @Test func `columns that exceed the budget go, the least recently used first, and answers stay right`()
        throws
    {
        var options = CatalogOptions()
        options.columnBudget = .kibibytes(150)
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory, options: options)
        var random = SeededGenerator(seed: 9)
        let count = 8_192
        let columns = (0..<6).map { number in
            BulkRows.Column(
                "p\(number)",
                .integers((0..<count).map { _ in Int64.random(in: .min ... .max, using: &random) }))
        }
        try catalog.write { try $0.insert("Image", rows: BulkRows(count: count, columns: columns)) }
        for turn in 0..<12 {
            let name = "p\(turn % 4)"
            // A read after it sees whether the column stayed: installing happens behind the reader's back.
            for _ in 0..<2 {
                try catalog.read { snapshot in
                    let known = try #require(snapshot.schema.entityClass("Image"))
                    guard case .integers(let values) = columns[turn % 4].values else { return }
                    let found = try snapshot.select(known, try #require(known[name]), .atLeast(.integer(0)))
                    #expect(found.ids == IdSet(values.indices.filter { values[$0] >= 0 }.map { LocalID($0) }))
                }
                try catalog.write { _ in }
            }
            #expect(catalog.indexByteCount <= options.columnBudget)
            #expect(catalog.ring.newest.indexes.count <= 2)
            let property = try catalog.read { try #require($0.schema.entityClass("Image")?[name]) }
            let last = IndexKey.property(classID: 1, property: property.id, type: .integer)
            #expect(catalog.ring.newest.indexes[last] != nil, "what was used last is kept")
        }
    }

    @Test func `a backup under writes is one commit, whole`() throws {
        let isDone = Mutex(false)
        let writing = DispatchGroup()
        writing.enter()
        DispatchQueue(label: "writer").async { [catalog] in
            while !isDone.withLock({ $0 }) {
                _ = try? catalog.write { transaction in
                    for _ in 0..<20 {
                        try transaction.insert("Image", ["text": .string(String(repeating: "x", count: 900))])
                    }
                }
            }
            writing.leave()
        }
        var commits: [UInt64] = []
        for number in 0..<3 {
            let target = try TemporaryStore()
            while catalog.ring.newest.commit < UInt64(5 + number * 5) {}
            let commit = try catalog.read { snapshot in
                try snapshot.backUp(to: target.directory.appending("catalog.sqlite").string)
                return snapshot.commit
            }
            let copy = try Catalog.open(target.directory)
            commits.append(try copy.read { $0.commit })
            #expect(commits.last == commit)
            #expect(
                try copy.read { snapshot in snapshot.schema.entityClass("Image").map(snapshot.count) } == Int(
                    commit) * 20)
            #expect(try copy.findings() == [])
        }
        isDone.withLock { $0 = true }
        writing.wait()
        #expect(Set(commits).count == 3)
    }

    @Test func `a store opened for reading only is read, with columns, and not written`() throws {
        try catalog.write { _ = try $0.insert("Image", ["a": 1]) }
        catalog.close()
        var options = CatalogOptions()
        options.savesColumns = false
        let reader = try Catalog.open(store.directory, access: .readOnly, options: options)
        let error = #expect(throws: CatalogError.self) { try reader.write { try $0.insert("Image") } }
        #expect(error?.code == .readOnly)
        try reader.buildAllIndexes()
        for _ in 0..<2 {
            let found = try reader.read { snapshot in
                let known = try #require(snapshot.schema.entityClass("Image"))
                return try snapshot.select(known, try #require(known["a"]), .present)
            }
            #expect(found == Selection(ids: [0], source: .column))
        }
        #expect(try reader.findings() == [])
    }

    @Test func `facets, histograms and extremes count values of all types, in arrays too`() throws {
        try catalog.write { transaction in
            for value: Value in [1, 1.0, 2, "x", ["x", "x", 3], .null, ["a": 1], true, [], 2.5] {
                try transaction.insert("Image", ["v": value, "n": 1])
            }
            try transaction.insert("Image", ["n": 2])
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            let v = try #require(known["v"])
            let facet = try snapshot.facet(known, v, over: snapshot.alive(known), limit: 3)
            #expect(
                facet.values == [
                    .init(value: .integer(1), count: 2), .init(value: .string("x"), count: 2),
                    .init(value: .integer(2), count: 1),
                ])
            // 1, 2, 2.5, 3, x, true; missing: null, the object, the empty array, and the one without.
            #expect(facet.distinct == 6 && facet.missing == 4)
            let some = try snapshot.facet(known, v, over: [0, 1, 5, 10], limit: 9)
            #expect(some.values == [.init(value: .integer(1), count: 2)] && some.missing == 2)
            let n = try snapshot.facet(known, try #require(known["n"]), over: snapshot.alive(known), limit: 9)
            #expect(n.values.map(\.count) == [10, 1] && n.missing == 0)
            let histogram = try snapshot.histogram(known, v, over: snapshot.alive(known), edges: [0, 2, 2.5])
            #expect(histogram.counts == [2, 2] && histogram.below == 0 && histogram.above == 0)
            #expect(histogram.missing == 7)
            let extremes = try #require(try snapshot.extremes(known, v, over: snapshot.alive(known)))
            #expect(extremes.least == .integer(1) && extremes.greatest == .float(2.5))
        }
    }
}
