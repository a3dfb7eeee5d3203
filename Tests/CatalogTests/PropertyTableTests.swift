import Base
import Catalog
import Columns
import TestSupport
import Testing

/// Tables of properties against the rows that they are made from.
@Suite struct PropertyTableTests {
    /// What `table` says of each member, beside what the members' rows say.
    private static func compare(
        _ snapshot: CatalogSnapshot, _ known: ClassSchema, _ ids: [LocalID], _ place: String
    ) throws {
        let table = try snapshot.table(of: known, ids, properties: known.properties)
        let rows =
            known.kind == .entity
            ? try snapshot.entities(of: known, ids).map { ($0.id.local, $0.properties) }
            : try snapshot.connections(of: known, ids).map { ($0.id.local, $0.properties) }
        #expect(table.ids == rows.map(\.0), "\(place)")
        guard table.ids.count == rows.count else { return }
        for (index, row) in rows.enumerated() {
            for (place, property) in known.properties.enumerated() {
                let found = table.columns[place].value(at: index)
                #expect(found == row.1[property.name], "\(place): \(property.name) of \(row.0)")
                // Of floats, -0.0 too.
                if case .float(let number)? = found, case .float(let other)? = row.1[property.name] {
                    #expect(number.bitPattern == other.bitPattern, "\(place): \(property.name) of \(row.0)")
                }
            }
        }
    }

    private static func value(_ random: inout SeededGenerator) -> Value {
        switch Int.random(in: 0..<14, using: &random) {
        case 0...3:
            .string(
                ["", "a", "ä\u{1F4F7}", "\"\\\n", "long \(Int.random(in: 0..<90, using: &random))"]
                    .randomElement(using: &random) ?? "")
        case 4...6: .integer([0, -1, .max, .min, 1 << 53 + 1, 640].randomElement(using: &random) ?? 0)
        case 7...9:
            .float([0.25, -0.0, 1e300, .leastNonzeroMagnitude, 640, 0.1].randomElement(using: &random) ?? 0)
        case 10: .boolean(.random(using: &random))
        case 11: .null
        case 12:
            .dateTime(
                DateTime(
                    microseconds: .random(in: -1_000_000...1_000_000, using: &random),
                    zone: .offset(minutes: 90)))
        default: ["a": [1, 2.5]]
        }
    }

    private static func document(_ random: inout SeededGenerator) -> Document {
        var document = Document()
        for name in ["any", "other"] where Int.random(in: 0..<4, using: &random) != 0 {
            document[name] = value(&random)
        }
        if Int.random(in: 0..<8, using: &random) != 0 {
            document["number"] = .integer(.random(in: -9...9, using: &random))
        }
        if Int.random(in: 0..<8, using: &random) != 0 {
            let isNull = Int.random(in: 0..<5, using: &random) == 0
            document["text"] = isNull ? .null : .string("t\(Int.random(in: 0..<20, using: &random))")
        }
        if Bool.random(using: &random) { document["flag"] = .boolean(.random(using: &random)) }
        return document
    }

    @Test("a table says what the rows say", arguments: [1, 2, 3], [true, false])
    func table(seed: UInt64, isBuilt: Bool) throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let count = 900
        try catalog.write { transaction in
            var random = SeededGenerator(seed: seed)
            var ids: [EntityID] = []
            for _ in 0..<count { ids.append(try transaction.insert("P", Self.document(&random))) }
            for _ in 0..<count {
                let (from, to) = (ids.randomElement(using: &random), ids.randomElement(using: &random))
                guard let from, let to else { continue }
                try transaction.connect("near", from: from, to: to, Self.document(&random))
            }
        }
        if isBuilt { try catalog.buildAllIndexes() }
        @Sendable func check(
            _ snapshot: CatalogSnapshot, _ place: String, _ random: inout SeededGenerator
        ) throws {
            for name in ["P", "near"] {
                let known = try #require(
                    snapshot.schema.entityClass(name) ?? snapshot.schema.connectionClass(name))
                // All, few, and any in any order, those that are not there among them.
                let all = (0..<LocalID(count + 40)).map { $0 }
                let some = (0..<700).map { _ in LocalID.random(in: 0..<LocalID(count + 40), using: &random) }
                for ids in [all, Array(some.prefix(10)), some, Array(some.prefix(80)), []] {
                    try Self.compare(snapshot, known, ids, "\(place), seed \(seed), \(name), \(ids.count)")
                }
            }
        }
        try catalog.read { snapshot in
            var random = SeededGenerator(seed: seed)
            try check(snapshot, "built", &random)
        }
        for round in 0..<4 {
            try catalog.write { transaction in
                var random = SeededGenerator(seed: seed &+ UInt64(round) &* 100)
                func exists(_ id: EntityID) throws -> Bool {
                    try transaction.read { snapshot in try snapshot.exists(id) }
                }
                let known = try #require(transaction.schema.entityClass("P"))
                let link = try #require(transaction.schema.connectionClass("near"))
                for local in Set((0..<30).map { _ in LocalID.random(in: 0..<LocalID(count), using: &random) })
                {
                    let id = known.entityID(local)
                    guard try exists(id) else { continue }
                    if Bool.random(using: &random) {
                        try transaction.update(id, set: Self.document(&random))
                    } else if Bool.random(using: &random) {
                        try transaction.delete(id, by: "human:ann")
                    } else {
                        try transaction.insert("P", Self.document(&random))
                    }
                    let gone = link.entityID(.random(in: 0..<LocalID(count), using: &random))
                    if try exists(gone) { try transaction.disconnect(gone) }
                }
                try transaction.read { snapshot in
                    try check(snapshot, "uncommitted \(round)", &random)
                }
            }
            try catalog.read { snapshot in
                var random = SeededGenerator(seed: seed)
                try check(snapshot, "round \(round)", &random)
            }
        }
    }

    @Test func `columns answer for many rows, and leave date-times with zones to the rows`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let time = DateTime(microseconds: 1_000, zone: .offset(minutes: 60))
        try catalog.write { transaction in
            for number in 0..<200 {
                try transaction.insert("P", ["n": .integer(Int64(number)), "at": .dateTime(time)])
            }
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("P"))
            let ids = (0..<200).map { LocalID($0) }
            let exact = try snapshot.table(of: known, ids, properties: known.properties)
            guard case .gathered(let columns, nil) = exact.columns[0].source else {
                Issue.record("no column answered")
                return
            }
            #expect(columns.first?.numbers == (0..<200).map { UInt64($0) })
            #expect(exact.columns[1].value(at: 7) == .dateTime(time))
            let quick = try snapshot.table(
                of: known, ids, properties: known.properties, keepsZones: false)
            #expect(quick.columns[1].value(at: 7) == .dateTime(DateTime(microseconds: 1_000)))
            let few = try snapshot.table(of: known, [1, 2], properties: known.properties)
            guard case .read = few.columns[0].source else {
                Issue.record("two rows were taken from a column")
                return
            }
        }
    }
}
