import Base
import Catalog
import TestSupport

/// What a store should hold, in plain Swift: the other side of the random tests.
struct StoreModel {
    struct Entity {
        var properties: Document
        var digest: SHA256Digest?
    }

    struct Edge {
        var source: EntityID
        var target: EntityID
        var properties: Document
    }

    struct Entry {
        var id: LabelID
        var target: EntityID
        var label: NewLabel?  // nil: a removal
        var parent: LabelID?
        var run: RunID?
    }

    var entities: [EntityID: Entity] = [:]
    var edges: [EntityID: Edge] = [:]
    var log: [Entry] = []
    /// Run → the length of the log when it was last reverted.
    var reverted: [RunID: Int] = [:]
    var runs: [RunID] = []
    var deleted: Set<EntityID> = []

    mutating func delete(_ id: EntityID) {
        entities[id] = nil
        edges = edges.filter { $0.value.source != id && $0.value.target != id }
        deleted.insert(id)
    }

    /// The labels that hold, computed from the definition: a label holds when its entry is not void, and no
    /// living entry has it as parent; an entry lives when it is not void, or something that has it as parent
    /// lives.
    func labels(of target: EntityID) -> [LabelID] {
        guard entities[target] != nil else { return [] }
        func isVoid(_ index: Int) -> Bool {
            log[index].run.flatMap { reverted[$0] }.map { index < $0 } ?? false
        }
        func lives(_ index: Int) -> Bool {
            !isVoid(index) || log.indices.contains { log[$0].parent == log[index].id && lives($0) }
        }
        return log.indices.filter { index in
            log[index].target == target && log[index].label != nil && !isVoid(index)
                && !log.indices.contains { log[$0].parent == log[index].id && lives($0) }
        }.map { log[$0].id }
    }
}

/// Random documents with few names and values, so that they meet.
struct DocumentGenerator {
    static let names = ["a", "b", "c", "d", "with space"]

    static func value(using random: inout SeededGenerator, depth: Int = 0) -> Value {
        switch Int.random(in: 0..<(depth < 2 ? 9 : 7), using: &random) {
        case 0: .null
        case 1: .boolean(Bool.random(using: &random))
        case 2, 3: .integer(Int64.random(in: -3...3, using: &random))
        case 4: .float(Double(Int.random(in: -6...6, using: &random)) / 2)
        case 5:
            .string(
                ["", "x", "y", "é", "e\u{301}", "longer than fifteen bytes"].randomElement(using: &random)!)
        case 6:
            .dateTime(
                DateTime(
                    microseconds: Int64.random(in: -2...2, using: &random) * 1_000_000,
                    zone: Bool.random(using: &random) ? .local : .offset(minutes: 60)))
        case 7:
            .array((0..<Int.random(in: 0...3, using: &random)).map { _ in plain(using: &random, depth + 1) })
        default: .object(Document(names.prefix(2).map { ($0, plain(using: &random, depth + 1)) }))
        }
    }

    static func document(using random: inout SeededGenerator) -> Document {
        var document = Document()
        for name in names where Int.random(in: 0..<3, using: &random) > 0 {
            document[name] = value(using: &random)
        }
        return document
    }

    /// A value as JSON can say it: within JSON, a date-time is a string.
    private static func plain(using random: inout SeededGenerator, _ depth: Int) -> Value {
        let value = value(using: &random, depth: depth)
        if case .dateTime(let time) = value { return .string(time.iso8601) }
        return value
    }
}

extension Document {
    /// Equal members in whatever order.
    func hasSameMembers(as other: Document) -> Bool {
        count == other.count && members.allSatisfy { other[$0.key] == $0.value }
    }
}
