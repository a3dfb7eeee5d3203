import Base
import Catalog
import Columns
@preconcurrency import Dispatch
import Synchronization
import TestSupport
import Testing

@Suite struct ConsistencyTests {
    /// Writers move amounts between accounts and never change their sum; readers must see that sum in
    /// columns, in rows and in SQL alike, whatever is built, dropped or rebuilt meanwhile.
    @Test("readers see one commit, in columns and rows, while others write", arguments: [100_000, 0])
    func readersDuringWrites(immediateBuildLimit: Int) throws {
        let store = try TemporaryStore()
        var options = CatalogOptions()
        options.immediateBuildLimit = immediateBuildLimit
        let catalog = try Catalog.create(store.directory, options: options)
        let accounts = 60
        try catalog.write { transaction in
            for number in 0..<accounts {
                try transaction.insert("Account", ["amount": 100, "n": .integer(Int64(number))])
            }
        }
        let writersLeft = Mutex(3)
        let done = DispatchGroup()
        for seed in 0..<3 {
            DispatchQueue(label: "writer-\(seed)").async(group: done) {
                var random = SeededGenerator(seed: UInt64(seed))
                for _ in 0..<150 {
                    let pair = [
                        LocalID.random(in: 0..<60, using: &random),
                        LocalID.random(in: 0..<60, using: &random),
                    ]
                    let amount = Int64.random(in: 1...9, using: &random)
                    let isNoted = Bool.random(using: &random)
                    do {
                        try catalog.write { transaction in
                            try Self.move(amount, pair[0], pair[1], transaction, isNoted: isNoted)
                        }
                    } catch {
                        Issue.record(error)
                    }
                }
                writersLeft.withLock { $0 -= 1 }
            }
        }
        let reads = Mutex(0)
        for number in 0..<3 {
            DispatchQueue(label: "reader-\(number)").async(group: done) {
                var last: UInt64 = 0
                repeat {
                    do {
                        try catalog.read { snapshot in
                            #expect(snapshot.commit >= last)
                            last = snapshot.commit
                            try Self.check(snapshot, accounts)
                        }
                        reads.withLock { $0 += 1 }
                    } catch {
                        Issue.record(error)
                    }
                } while writersLeft.withLock { $0 } > 0
            }
        }
        done.wait()
        #expect(reads.withLock { $0 } >= 3)
        try catalog.read { try Self.check($0, accounts) }
    }

    private static func move(
        _ amount: Int64, _ from: LocalID, _ to: LocalID, _ transaction: Transaction, isNoted: Bool
    ) throws {
        let source = EntityID(classNumber: 1, local: from)
        let target = EntityID(classNumber: 1, local: to)
        let left = try #require(try transaction.properties(of: source)?["amount"]?.integerValue)
        try transaction.update(source, set: ["amount": .integer(left - amount)])
        let right = try #require(try transaction.properties(of: target)?["amount"]?.integerValue)
        try transaction.update(target, set: ["amount": .integer(right + amount)])
        let transfer = try transaction.connect(
            "transfer", from: source, to: target, ["amount": .integer(amount)])
        if isNoted {
            let note = try transaction.insert("Note", ["of": ["amount": .integer(amount)]])
            try transaction.addLabel(
                NewLabel(.class, "note", confidence: 0.5, source: "human:bank"), to: note)
            try transaction.disconnect(transfer)
            if amount > 6 { try transaction.delete(note, by: "human:bank") }
        }
    }

    private static func check(_ snapshot: CatalogSnapshot, _ accounts: Int) throws {
        let known = try #require(snapshot.schema.entityClass("Account"))
        let amount = try #require(known["amount"])
        let ids = snapshot.alive(known)
        let column = try #require(try snapshot.columns(known, amount).first)
        var sum: Int64 = 0
        for id in ids.ids { if case .integer(let number)? = column.value(at: id) { sum += number } }
        #expect(sum == Int64(accounts) * 100)
        let rows = try snapshot.entities(of: known, ids.ids, properties: ["amount"])
        #expect(rows.reduce(0) { $0 + ($1.properties["amount"]?.integerValue ?? 0) } == Int64(accounts) * 100)
        let poor = try snapshot.select(known, amount, .less(than: .integer(100)))
        #expect(
            poor.ids == IdSet(rows.filter { $0.properties["amount"]!.integerValue! < 100 }.map(\.id.local)))
        if let notes = snapshot.schema.entityClass("Note"), let of = notes["of"] {
            let alive = snapshot.alive(notes)
            #expect(try snapshot.labelled(notes, .class, .present).ids == alive)
            #expect(try snapshot.path(notes, of, ["amount"]).values.present == alive)
        }
        if let transfers = snapshot.schema.connectionClass("transfer"), let ends = transfers.ends.first {
            let postings = try #require(try snapshot.postings(of: transfers, ends, keyedBy: .target))
            #expect(postings.edgeCount == snapshot.count(of: transfers))
        }
        #expect(try snapshot.verify() == [])
    }
}
