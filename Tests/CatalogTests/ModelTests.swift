import Base
import Catalog
import Columns
import TestSupport
import Testing

/// Random transactions against a store and a model of it, with failures in between and reopening now and
/// then.
@Suite(.onOwnThreads) struct ModelTests {
    @Test("the store says what a model of it says", arguments: [1, 2, 3, 4, 5, 6])
    func randomTransactions(seed: UInt64) throws {
        let store = try TemporaryStore()
        var options = CatalogOptions()
        // Few columns, so that the side table is used as well.
        options.inlineColumnLimit = seed.isMultiple(of: 2) ? 12 : 1_000
        // Columns at once, in the background, or none that fit.
        if seed % 3 == 1 { options.immediateBuildLimit = 0 }
        if seed == 6 { options.columnBudget = .kibibytes(4) }
        var catalog = try Catalog.create(store.directory, options: options)
        var random = SeededGenerator(seed: seed)
        var model = StoreModel()
        for step in 0..<120 {
            var driver = TransactionDriver(model: model, random: random)
            let fails = Int.random(in: 0..<6, using: &random) == 0
            do {
                let drivenBefore = driver
                driver = try catalog.write { transaction in
                    var driver = drivenBefore
                    for _ in 0..<Int.random(in: 1...6, using: &driver.random) { try driver.step(transaction) }
                    if fails { throw Failure() }
                    return driver
                }
                model = driver.model
            } catch is Failure {}
            random = SeededGenerator(seed: seed &* 1_000 &+ UInt64(step))
            if step % 10 == 9 {
                catalog.close()
                catalog = try Catalog.open(store.directory, options: options)
            }
            if step == 40 { try catalog.buildAllIndexes() }
            if step % 5 == 4 {
                try compare(catalog, model, seed, step)
                try compareSelections(catalog, model, seed, step)
            }
        }
        #expect(try catalog.findings() == [], "seed \(seed)")
    }

    struct Failure: Error {}

    private func compare(_ catalog: Catalog, _ model: StoreModel, _ seed: UInt64, _ step: Int) throws {
        let place: Comment = "seed \(seed), step \(step)"
        try catalog.read { snapshot in
            for known in snapshot.schema.entityClasses {
                let wanted = model.entities.keys.filter { $0.classNumber == known.id }.map(\.local)
                #expect(snapshot.alive(known) == IdSet(wanted), place)
                #expect(snapshot.count(of: known) == wanted.count, place)
            }
            for (id, entity) in model.entities {
                let row = try #require(try snapshot.entity(id), place)
                #expect(row.properties.hasSameMembers(as: entity.properties), place)
                #expect(row.digest == entity.digest, place)
                #expect(try snapshot.labels(of: id).map(\.id) == model.labels(of: id), place)
            }
            for id in model.deleted {
                #expect(try snapshot.entity(id) == nil, place)
                #expect(try snapshot.tombstone(of: id)?.id == id, place)
            }
            for known in snapshot.schema.connectionClasses {
                let wanted = model.edges.filter { $0.key.classNumber == known.id }
                #expect(snapshot.count(of: known) == wanted.count, place)
                for (id, edge) in wanted {
                    let found = try #require(try snapshot.connection(id), place)
                    #expect(found.source == edge.source && found.target == edge.target, place)
                    #expect(found.properties.hasSameMembers(as: edge.properties), place)
                    #expect(try snapshot.connections(of: known, from: edge.source).contains(found), place)
                    #expect(try snapshot.connections(of: known, to: edge.target).contains(found), place)
                }
            }
        }
    }
}

extension ModelTests {
    static let predicates: [ColumnPredicate] = [
        .present, .equal(.integer(1)), .equal(.float(1)), .equal(.float(0.5)), .equal(.string("e\u{301}")),
        .equal(.boolean(true)), .equal(.dateTime(1_000_000)), .in([.integer(-1), .string("x"), .float(1.5)]),
        .in([]),
        .greater(than: .integer(0)), .atLeast(.float(0.5)), .less(than: .string("y")), .atMost(.dateTime(0)),
        .range(lower: .including(.integer(-2)), upper: .excluding(.float(1.5))),
        .matching { $0.utf8.count > 2 },
        .modulo(divisor: 2, remainder: 1), .modulo(divisor: -3, remainder: 0), .equal(.float(.nan)),
        .range(lower: .including(.float(.nan)), upper: nil), .range(lower: nil, upper: nil),
    ]

    /// Every way to select, against the same question put to the model's documents one by one.
    private func compareSelections(
        _ catalog: Catalog, _ model: StoreModel, _ seed: UInt64, _ step: Int
    ) throws {
        try catalog.read { snapshot in
            for known in snapshot.schema.classes {
                let documents =
                    known.kind == .entity
                    ? model.entities.mapValues(\.properties) : model.edges.mapValues(\.properties)
                let members = documents.filter { $0.key.classNumber == known.id }
                if known.kind == .connection {
                    #expect(try snapshot.connections(of: known) == IdSet(members.keys.map(\.local)))
                }
                for property in known.properties {
                    for (number, predicate) in ModelTests.predicates.enumerated() {
                        let found = try snapshot.select(known, property, predicate)
                        let wanted = members.filter { member in
                            member.value[property.name].flatMap(ColumnValue.init).map(predicate.accepts)
                                ?? false
                        }
                        let place: Comment =
                            "seed \(seed), step \(step), predicate \(number), \(found.source)"
                        #expect(found.ids == IdSet(wanted.keys.map(\.local)), place)
                    }
                    for type in PropertyType.allCases {
                        let found = try snapshot.select(known, property, having: PropertyTypes(type))
                        let wanted = members.filter { $0.value[property.name].map(PropertyType.init) == type }
                        #expect(
                            found.ids == IdSet(wanted.keys.map(\.local)),
                            "seed \(seed), step \(step), \(type), \(found.source)")
                    }
                }
            }
            #expect(try snapshot.verify() == [], "seed \(seed), step \(step)")
            for known in snapshot.schema.connectionClasses {
                let edges = model.edges.filter { $0.key.classNumber == known.id }.values
                for ends in known.ends {
                    try compareConnections(snapshot, known, ends, Array(edges), "seed \(seed), step \(step)")
                }
            }
        }
    }

    private func compareConnections(
        _ snapshot: CatalogSnapshot, _ known: ClassSchema, _ ends: ConnectionEnds, _ edges: [StoreModel.Edge],
        _ place: Comment
    ) throws {
        let edges = edges.filter {
            $0.source.classNumber == ends.source && $0.target.classNumber == ends.target
        }
        let some = IdSet(Set(edges.map(\.target.local)).filter { $0.isMultiple(of: 2) })
        #expect(
            try snapshot.connected(by: known, ends, .source, to: some).ids
                == IdSet(edges.filter { some.contains($0.target.local) }.map(\.source.local)), place)
        let others = IdSet(Set(edges.map(\.source.local)).filter { $0.isMultiple(of: 2) })
        #expect(
            try snapshot.connected(by: known, ends, .target, to: others).ids
                == IdSet(edges.filter { others.contains($0.source.local) }.map(\.target.local)), place)
        let range = PostingRange("a", lower: .including(.integer(0)), upper: .excluding(.float(2)))
        #expect(
            try snapshot.connected(by: known, ends, .source, to: some, where: [range]).ids
                == IdSet(
                    edges.filter { edge in
                        let number = edge.properties["a"]?.floatValue
                        return some.contains(edge.target.local) && number.map { $0 >= 0 && $0 < 2 } ?? false
                    }.map(\.source.local)), place)
    }
}

extension ColumnValue {
    /// `nil` for nulls, arrays and objects.
    init?(_ value: Value) {
        switch value {
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .float(let number): self = .float(number)
        case .string(let text): self = .string(text)
        case .dateTime(let time): self = .dateTime(time.microseconds)
        case .null, .array, .object: return nil
        }
    }
}

extension ColumnPredicate {
    /// What the predicate says of one value, from its documentation.
    func accepts(_ value: ColumnValue) -> Bool {
        func isKind(_ other: ColumnValue) -> Bool {
            let numbers: [ColumnType] = [.integer, .float]
            return value.type == other.type || (numbers.contains(value.type) && numbers.contains(other.type))
        }
        func isNaN(_ bound: ColumnBound) -> Bool {
            if case .float(let number) = bound.value { number.isNaN } else { false }
        }
        switch self {
        case .present: return true
        case .equal(let other): return isKind(other) && value == other
        case .in(let others): return others.contains { isKind($0) && value == $0 }
        case .range(let lower, let upper):
            for bound in [lower, upper].compactMap({ $0 }) where !isKind(bound.value) || isNaN(bound) {
                return false
            }
            if let lower, value < lower.value || (value == lower.value && !lower.isInclusive) { return false }
            if let upper, value > upper.value || (value == upper.value && !upper.isInclusive) { return false }
            return true
        case .matching(let test):
            if case .string(let text) = value { return test(text) } else { return false }
        case .modulo(let divisor, let remainder):
            switch value {
            case .integer(let number): return number % divisor == remainder
            case .float(let number): return Int64(number) % divisor == remainder
            default: return false
            }
        }
    }
}

extension PropertyType {
    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .float: self = .float
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .array, .object: self = .json
        }
    }
}

/// Does a random thing to a store and to a model of it.
struct TransactionDriver: Sendable {
    var model: StoreModel
    var random: SeededGenerator

    mutating func step(_ transaction: Transaction) throws {
        switch Int.random(in: 0..<16, using: &random) {
        case 0...4: try insert(transaction)
        case 5...6: try update(transaction)
        case 7: try delete(transaction)
        case 8...9: try connect(transaction)
        case 10: try disconnect(transaction)
        case 11...13: try label(transaction)
        case 14: try unlabel(transaction)
        default: try run(transaction)
        }
    }

    private mutating func insert(_ transaction: Transaction) throws {
        let properties = DocumentGenerator.document(using: &random)
        let name = ["Image", "Tag", "User"].randomElement(using: &random)!
        let blob = name == "Image" ? BlobEntry(number: Int.random(in: 0..<20, using: &random)) : nil
        let id = try transaction.insert(name, properties, blob: blob)
        #expect(model.entities[id] == nil && !model.deleted.contains(id))
        model.entities[id] = StoreModel.Entity(properties: properties, digest: blob?.digest)
    }

    private mutating func anEntity() -> EntityID? {
        model.entities.keys.sorted().randomElement(using: &random)
    }
    private mutating func anEdge() -> EntityID? { model.edges.keys.sorted().randomElement(using: &random) }

    private mutating func update(_ transaction: Transaction) throws {
        let isEdge = Bool.random(using: &random)
        guard let id = isEdge ? anEdge() : anEntity() else { return }
        let properties = DocumentGenerator.document(using: &random)
        let removed = DocumentGenerator.names.filter { _ in Bool.random(using: &random) }
        try transaction.update(id, set: properties, remove: removed)
        var known = (isEdge ? model.edges[id]?.properties : model.entities[id]?.properties) ?? Document()
        for name in removed { known[name] = nil }
        for member in properties.members { known[member.key] = member.value }
        if isEdge { model.edges[id]?.properties = known } else { model.entities[id]?.properties = known }
    }

    private mutating func delete(_ transaction: Transaction) throws {
        if Bool.random(using: &random) {
            guard let id = anEntity() else { return }
            #expect(try transaction.delete(id, by: "human:me"))
            model.delete(id)
        } else {
            let known = transaction.schema.entityClass("Tag")
            let ids = model.entities.keys.filter { id in id.classNumber == known?.id }.sorted().prefix(2)
            #expect(try transaction.delete(IdSet(ids.map(\.local)), of: "Tag", by: "human:me") == ids.count)
            for id in ids { model.delete(id) }
        }
    }

    private mutating func connect(_ transaction: Transaction) throws {
        guard let source = anEntity(), let target = anEntity() else { return }
        let properties = DocumentGenerator.document(using: &random)
        let name = ["tagged", "owns"].randomElement(using: &random)!
        let id = try transaction.connect(name, from: source, to: target, properties)
        model.edges[id] = StoreModel.Edge(source: source, target: target, properties: properties)
    }

    private mutating func disconnect(_ transaction: Transaction) throws {
        guard let id = anEdge() else { return }
        #expect(try transaction.disconnect(id))
        model.edges[id] = nil
    }

    private mutating func aRun(_ transaction: Transaction) throws -> RunID? {
        if Bool.random(using: &random) { return nil }
        if model.runs.count < 4 {
            model.runs.append(try transaction.beginRun("model", source: "model:m@1", parameters: ["t": 0.5]))
        }
        return model.runs.randomElement(using: &random)
    }

    private mutating func label(_ transaction: Transaction) throws {
        guard let target = anEntity() else { return }
        let run = try aRun(transaction)
        let parent =
            Bool.random(using: &random) ? model.labels(of: target).randomElement(using: &random) : nil
        let label = NewLabel(
            LabelKind.allCases.randomElement(using: &random)!, ["cat", "dog"].randomElement(using: &random)!,
            geometry: .json([1, 2, 3, 4]), confidence: 0.5, source: "model:m@1", run: run, parent: parent)
        let id = try transaction.addLabel(label, to: target)
        model.log.append(StoreModel.Entry(id: id, target: target, label: label, parent: parent, run: run))
    }

    private mutating func unlabel(_ transaction: Transaction) throws {
        guard let target = anEntity(), let id = model.labels(of: target).randomElement(using: &random) else {
            return
        }
        let run = try aRun(transaction)
        try transaction.removeLabel(id, source: "human:me", run: run)
        let next = try transaction.addLabel(NewLabel(.class, "x", source: "human:me"), to: target) - 1
        model.log.append(StoreModel.Entry(id: next, target: target, label: nil, parent: id, run: run))
        model.log.append(
            StoreModel.Entry(
                id: next + 1, target: target, label: NewLabel(.class, "x", source: "human:me"), parent: nil,
                run: nil))
    }

    private mutating func run(_ transaction: Transaction) throws {
        guard let run = model.runs.randomElement(using: &random) else { return }
        try transaction.revert(run: run, source: "human:me")
        model.reverted[run] = model.log.count
    }
}
