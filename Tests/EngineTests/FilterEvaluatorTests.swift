import Base
import Query
import TestSupport
import Testing

@testable import Engine

/// The indexed answer must be the one that looking at every document gives.
@Suite struct FilterEvaluatorTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `random filters find what the documents say`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        let documents = (0..<300).map { _ in RandomDocuments.document(&random) }
        try temporary.insert("Thing", documents)
        let all = try await temporary.store.find(FindRequest(entityClass: "Thing", filter: .all)).entities
        #expect(all.count == documents.count)
        for _ in 0..<150 {
            let text = RandomDocuments.filter(&random, depth: 2).json
            let filter = try Filter.parse(text)
            let expected = all.filter { filter.matches($0) }.map { $0["_uniqueid"] }
            let found = try await temporary.store.find(FindRequest(entityClass: "Thing", filter: filter))
                .entities
            #expect(found.map { $0["_uniqueid"] } == expected, "seed \(seed): \(text)")
            #expect(
                try await temporary.store.count(class: "Thing", filter: filter) == expected.count,
                "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `random sort orders are those of the documents, ties by id`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        try temporary.insert("Thing", (0..<200).map { _ in RandomDocuments.document(&random) })
        let all = try await temporary.store.find(FindRequest(entityClass: "Thing", filter: .all)).entities
        for _ in 0..<30 {
            let names = ["a", "b", "c", "d.x"].shuffled(using: &random).prefix(
                Int.random(in: 1...3, using: &random))
            let order = try SortOrder.parse(
                names.map { "\($0):\(Bool.random(using: &random) ? "asc" : "desc")" }.joined(separator: ","))
            let expected = all.enumerated().sorted { left, right in
                let comparison = order.compare(left.element, right.element)
                return comparison != 0 ? comparison < 0 : left.offset < right.offset
            }.map { $0.element["_uniqueid"] }
            let skip = Int.random(in: 0..<20, using: &random)
            let limit = Int.random(in: 0..<50, using: &random)
            let found = try await temporary.store.find(
                FindRequest(
                    entityClass: "Thing", filter: .all, sort: order, skip: skip, limit: limit,
                    wantsCount: true))
            let page = expected.dropFirst(skip).prefix(limit == 0 ? .max : limit)
            #expect(
                found.entities.map { $0["_uniqueid"] } == Array(page),
                "seed \(seed): \(order), skip \(skip), limit \(limit)")
            #expect(found.count == 200)
        }
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `facets count what the documents hold`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        try temporary.insert("Thing", (0..<300).map { _ in RandomDocuments.document(&random) })
        let filter = try Filter.parse(#"{"b": {"$ne": 2}}"#)
        let matching = try await temporary.store.find(FindRequest(entityClass: "Thing", filter: filter))
            .entities
        let answer = try await temporary.store.facets(
            class: "Thing", filter: filter, properties: ["a", "c", "none"], limit: 0)
        #expect(answer.count == matching.count)
        for facet in answer.facets {
            var expected: [String: Int] = [:]
            var missing = 0
            for document in matching {
                guard let value = document[facet.property] else {
                    missing += 1
                    continue
                }
                // A null is no value to count, also within an array.
                let values = (value.arrayValue ?? [value]).filter { !$0.isNull }
                if values.isEmpty { missing += 1 }
                for text in Set(values.map(Self.canonical)) { expected[text, default: 0] += 1 }
            }
            #expect(
                Dictionary(uniqueKeysWithValues: facet.values.map { (Self.canonical($0.value), $0.count) })
                    == expected, "\(facet.property)")
            #expect(facet.missing == missing, "\(facet.property)")
            #expect(facet.distinct == expected.count)
            #expect(zip(facet.values, facet.values.dropFirst()).allSatisfy { $0.count >= $1.count })
        }
    }

    /// Numbers are one type: 1 and 1.0 are one value.
    private static func canonical(_ value: Value) -> String {
        value.floatValue.map { "number \($0)" } ?? value.json
    }
}

enum RandomDocuments {
    static func document(_ random: inout SeededGenerator) -> Document {
        var document = Document()
        for name in ["a", "b", "c", "d"] where Int.random(in: 0..<5, using: &random) > 0 {
            document[name] = value(&random, name: name)
        }
        return document
    }

    static func filter(_ random: inout SeededGenerator, depth: Int) -> Value {
        if depth > 0, Int.random(in: 0..<3, using: &random) == 0 {
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                filter(&random, depth: depth - 1)
            }
            return .object(
                Document([(["$and", "$or", "$nor"].randomElement(using: &random)!, .array(parts))]))
        }
        let path = ["a", "b", "c", "d", "d.x", "d.x.y", "c.0", "none"].randomElement(using: &random)!
        return .object(Document([(path, condition(&random))]))
    }

    private static func value(_ random: inout SeededGenerator, name: String) -> Value {
        switch name {
        case "a": return .integer(Int64.random(in: 0...6, using: &random))
        case "b":
            return [.integer(2), .float(2.5), .string("two"), .boolean(true), .null, .float(2)].randomElement(
                using: &random)!
        case "c":
            if Bool.random(using: &random) {
                return .string(["x", "xy", "z"].randomElement(using: &random)!)
            }
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in scalar(&random) })
        default:
            return .object(
                Document([
                    ("x", Bool.random(using: &random) ? scalar(&random) : .object(["y": scalar(&random)]))
                ]))
        }
    }

    private static func scalar(_ random: inout SeededGenerator) -> Value {
        [.integer(1), .integer(4), .string("x"), .string("xyz"), .null, .float(1), .boolean(false)]
            .randomElement(using: &random)!
    }

    private static func condition(_ random: inout SeededGenerator) -> Value {
        let literal: Value = [
            .integer(2), .integer(4), .float(2.5), .string("x"), .null, .boolean(true), .array([1]),
        ].randomElement(using: &random)!
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return literal
        case 1: return ["$ne": literal]
        case 2: return ["$gt": literal]
        case 3: return ["$lte": literal]
        case 4: return ["$in": [literal, scalar(&random)]]
        case 5: return ["$nin": [literal, scalar(&random)]]
        case 6: return ["$exists": .boolean(Bool.random(using: &random))]
        case 7:
            return [
                "$type": .string(
                    ["string", "number", "int", "bool", "array", "object", "null"].randomElement(
                        using: &random)!)
            ]
        case 8: return ["$regex": "^x"]
        default: return ["$not": ["$gte": literal]]
        }
    }
}
