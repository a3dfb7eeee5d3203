import Base
@testable import Catalog
@preconcurrency import Dispatch
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct WritingTests {
    @Test func `100 writers at once all get what they wrote, in fewer commits than transactions`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let ids = Mutex<[EntityID]>([])
        let failures = Mutex(0)
        let done = DispatchGroup()
        for writer in 0..<100 {
            for turn in 0..<10 {
                done.enter()
                try catalog.submit { transaction in
                    let id = try transaction.insert(
                        "Image", ["writer": .integer(Int64(writer)), "turn": .integer(Int64(turn))])
                    // Each third gives up, and must not disturb its neighbours in the same commit.
                    if turn % 3 == 2 { throw CatalogError(.conflict, "given up") }
                    return id
                } completion: { result in
                    switch result {
                    case .success(let id): ids.withLock { $0.append(id) }
                    case .failure: failures.withLock { $0 += 1 }
                    }
                    done.leave()
                }
            }
        }
        done.wait()
        let kept = ids.withLock { $0 }
        #expect(kept.count == 700 && failures.withLock { $0 } == 300)
        #expect(Set(kept).count == 700)
        try catalog.read { snapshot in
            #expect(snapshot.commit < 700)
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(snapshot.alive(known) == IdSet(0..<700))
            let rows = try snapshot.entities(of: known, Array(0..<700))
            #expect(Set(rows.map(\.properties)).count == 700)
            #expect(try snapshot.verify() == [])
        }
    }

    @Test func `a full queue refuses more, and a closed catalog everything`() throws {
        let store = try TemporaryStore()
        var options = CatalogOptions()
        options.queueLimit = 3
        let catalog = try Catalog.create(store.directory, options: options)
        let started = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        done.enter()
        try catalog.submit { _ in
            started.signal()
            mayEnd.wait()
        } completion: { _ in
            done.leave()
        }
        started.wait()
        for _ in 0..<3 {
            done.enter()
            try catalog.submit {
                try $0.insert("Image")
            } completion: { _ in
                done.leave()
            }
        }
        let full = #expect(throws: CatalogError.self) {
            try catalog.submit {
                try $0.insert("Image")
            } completion: { _ in
            }
        }
        #expect(full?.code == .overloaded)
        mayEnd.signal()
        done.wait()
        catalog.close()
        let closed = #expect(throws: CatalogError.self) { try catalog.write { try $0.insert("Image") } }
        #expect(closed?.code == .closed)
        let unread = #expect(throws: CatalogError.self) { try catalog.read { $0.commit } }
        #expect(unread?.code == .closed)
        let again = try Catalog.open(store.directory)
        #expect(try again.read { snapshot in snapshot.schema.entityClass("Image").map(snapshot.count) } == 3)
    }

    @Test func `closing commits what waits`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let completed = Mutex(0)
        for _ in 0..<500 {
            try catalog.submit {
                try $0.insert("Image")
            } completion: { _ in
                completed.withLock { $0 += 1 }
            }
        }
        catalog.close()
        #expect(completed.withLock { $0 } == 500)
        #expect(
            try store.files().map { $0.lastComponent?.string } == ["catalog.sqlite"], "the log is emptied")
        let again = try Catalog.open(store.directory)
        #expect(
            try again.read { snapshot in snapshot.schema.entityClass("Image").map(snapshot.count) } == 500)
    }

    @Test func `a cancelled transaction that has not begun is not run`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancelledError.self) {
            try catalog.write(cancellation: cancellation) { try $0.insert("Image") }
        }
        #expect(try catalog.read { $0.commit } == 0)
    }

    @Test func `a transaction that wrote nothing makes no commit`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        try catalog.write { _ in }
        #expect(try catalog.write { try $0.entity(of: "Image", where: "a", equals: 1) } == nil)
        #expect(try catalog.read { $0.commit } == 0)
    }

    @Test("a full disk fails the commit that meets it, and the store stays usable", arguments: [1, 2, 3])
    func fullDisk(seed: UInt64) throws {
        let store = try TemporaryStore()
        var options = CatalogOptions()
        options.pageLimit = 60
        let catalog = try Catalog.create(store.directory, options: options)
        var random = SeededGenerator(seed: seed)
        var written = 0
        var refusals = 0
        for _ in 0..<60 {
            let size = Int.random(in: 1...40_000, using: &random)
            let results = Mutex<[Bool]>([])
            let done = DispatchGroup()
            for _ in 0..<3 {
                done.enter()
                try catalog.submit { transaction in
                    try transaction.insert("Image", ["text": .string(String(repeating: "x", count: size))])
                } completion: { result in
                    switch result {
                    case .success: results.withLock { $0.append(true) }
                    case .failure(let error):
                        #expect((error as? CatalogError)?.code == .diskFull)
                        results.withLock { $0.append(false) }
                    }
                    done.leave()
                }
            }
            done.wait()
            let outcome = results.withLock { $0 }
            written += outcome.filter { $0 }.count
            refusals += outcome.filter { !$0 }.count
            #expect(
                try catalog.read { snapshot in snapshot.schema.entityClass("Image").map(snapshot.count) ?? 0 }
                    == written)
        }
        #expect(written > 0 && refusals > 0)
        #expect(try catalog.findings() == [])
        // Room is made, and writing goes on.
        let all = IdSet(0..<LocalID(written))
        try catalog.write { transaction in
            _ = try transaction.delete(all, of: "Image", by: "human:me")
        }
        try catalog.write { _ = try $0.insert("Image", ["text": "x"]) }
        catalog.close()
        #expect(try Catalog.open(store.directory).findings() == [])
    }

    @Test func `rows in bulk are the rows one by one`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let count = 1_234
        var random = SeededGenerator(seed: 5)
        let numbers = (0..<count).map { _ in Int64.random(in: .min ... .max, using: &random) }
        let floats = (0..<count).map { _ in Double.random(in: -1...1, using: &random) }
        let texts = (0..<count).map { $0.isMultiple(of: 7) ? "" : String(repeating: "é", count: $0 % 50) }
        let isPresent = (0..<count).map { _ in Bool.random(using: &random) }
        let rows = BulkRows(
            count: count,
            columns: [
                .init("n", .integers(numbers)), .init("f", .floats(floats), isPresent: isPresent),
                .init("s", .strings(texts), isPresent: isPresent.map { !$0 }),
                .init("b", .booleans(isPresent)),
                .init("d", .dateTimes(numbers, zone: .offset(minutes: -90))),
            ])
        try catalog.buildAllIndexes()
        let blobs = (0..<count).map { $0.isMultiple(of: 3) ? BlobEntry(number: $0) : nil }
        let ids = try catalog.write { transaction in
            try transaction.insert(
                "Image", ["n": 0, "f": 0.5, "s": "", "b": true, "d": .dateTime(DateTime(microseconds: 0))])
            return try transaction.insert("Image", rows: rows, blobs: blobs)
        }
        #expect(ids == 1..<Int64(count) + 1)
        let sources = (0..<count).map { LocalID($0) }
        let targets = (0..<count).map { LocalID($0 * 7 % count) }
        let edges = BulkRows(count: count, columns: [.init("p", .floats(floats))])
        try catalog.write {
            try $0.connect("near", from: "Image", sources, to: "Image", targets, rows: edges)
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            for (index, row) in try snapshot.entities(of: known, ids.map { LocalID($0) }).enumerated() {
                var wanted: Document = ["n": .integer(numbers[index])]
                if isPresent[index] {
                    wanted["f"] = .float(floats[index])
                } else {
                    wanted["s"] = .string(texts[index])
                }
                wanted["b"] = .boolean(isPresent[index])
                wanted["d"] = .dateTime(DateTime(microseconds: numbers[index], zone: .offset(minutes: -90)))
                #expect(row.properties.hasSameMembers(as: wanted))
                #expect(row.digest == blobs[index]?.digest)
            }
            let near = try #require(snapshot.schema.connectionClass("near"))
            let found = try snapshot.connections(of: near, from: known.entityID(5))
            #expect(
                found.map(\.target.local) == [targets[5]]
                    && found.first?.properties == ["p": .float(floats[5])])
            #expect(try snapshot.verify() == [])
        }
    }

    @Test func `bulk rows that do not fit are refused whole`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        try catalog.write { _ = try $0.insert("Image", ["a": 1]) }
        func code(_ body: @escaping @Sendable (Transaction) throws -> Void) -> CatalogError.Code? {
            #expect(throws: CatalogError.self) { try catalog.write { try body($0) } }?.code
        }
        #expect(
            code { try $0.insert("Image", rows: BulkRows(count: 2, columns: [.init("a", .integers([1]))])) }
                == .invalidValue)
        #expect(
            code { try $0.insert("Image", rows: BulkRows(count: 1, columns: [.init("a", .floats([.nan]))])) }
                == .invalidValue)
        let none = BulkRows(count: 1, columns: [])
        #expect(
            code { try $0.connect("near", from: "Image", [0], to: "Image", [1], rows: none) } == .notFound)
        #expect(
            code { try $0.connect("near", from: "Imago", [0], to: "Image", [0], rows: none) } == .notFound)
        try catalog.write { try $0.declareUnique("u", of: "Image") }
        let twice = BulkRows(count: 2, columns: [.init("u", .integers([1, 1]))])
        #expect(code { try $0.insert("Image", rows: twice) } == .uniqueViolation)
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(snapshot.count(of: known) == 1)
            #expect(try snapshot.verify() == [])
        }
    }
}
