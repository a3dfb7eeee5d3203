import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Entities by how near their vectors are.
@Suite struct NearestTests {
    /// Images with vectors of three numbers in the set `toy`, made from a seed; some have none, some have
    /// two.
    private func store(
        seed: UInt64
    ) async throws -> (temporary: TemporaryStore, vectors: [(id: EntityID, vector: [Float])]) {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        let ids = try (0..<30).map {
            try temporary.add(
                Picture.ppm(width: 8, height: 8, seed: $0), properties: ["part": .integer(Int64($0 % 3))]
            ).id
        }
        var all: [(id: EntityID, vector: [Float])] = []
        for turn in ["a", "b"] {
            var statements: [Statement] = []
            for id in ids where Int.random(in: 0..<3, using: &random) > 0 {
                let vector = (0..<3).map { _ in Float.random(in: -1...1, using: &random) }
                statements.append(Statement(id, by: "model:toy-\(turn)@1", vector: vector))
                all.append((id, vector))
            }
            var commit = StatementCommit(
                kind: "model", source: "model:toy-\(turn)@1", descriptorSet: "toy")
            _ = try temporary.store.commit(statements, &commit)
        }
        return (temporary, all)
    }

    private func cosine(_ left: [Float], _ right: [Float]) -> Double {
        var (sum, a, b) = (0.0, 0.0, 0.0)
        for (x, y) in zip(left, right) {
            sum += Double(x) * Double(y)
            a += Double(x) * Double(x)
            b += Double(y) * Double(y)
        }
        return sum / (a * b).squareRoot()
    }

    @Test(arguments: [1, 2, 3]) func `what is nearest comes first, each entity once, within the filter`(
        seed: UInt64
    ) async throws {
        let (temporary, vectors) = try await store(seed: seed)
        let sets = try await temporary.store.embeddingSets(class: "Image")
        #expect(sets == [EmbeddingSet(name: "toy", model: "toy", dimensions: 3)])
        for (text, parts) in [("{}", [0, 1, 2]), (#"{"part": 1}"#, [1]), (#"{"part": 9}"#, [])] {
            let query: [Float] = [0.3, -0.5, 0.9]
            var best: [EntityID: Double] = [:]
            for (id, vector) in vectors where parts.contains(Int(id.local) % 3) {
                best[id] = max(best[id] ?? -2, cosine(query, vector))
            }
            let expected = best.sorted { $0.value > $1.value }
            for (skip, limit) in [(0, 100), (0, 4), (3, 5), (99, 3)] {
                let found = try await temporary.store.nearest(
                    to: query, inSet: "toy", class: "Image", filter: try Filter.parse(text), skip: skip,
                    limit: limit)
                let wanted = expected.dropFirst(skip).prefix(limit)
                #expect(
                    found.map { $0["_uniqueid"]?.stringValue } == wanted.map(\.key.description), "\(text)")
                for (one, other) in zip(found, wanted) {
                    #expect(abs((one["similarity"]?.floatValue ?? 9) - other.value) < 1e-5)
                }
            }
        }
    }

    @Test func `the vector of an entity is the one that was given, and a set is asked for by its name`()
        async throws
    {
        let (temporary, vectors) = try await store(seed: 7)
        let store = temporary.store
        let first = try #require(vectors.first)
        let known = try await store.vector(of: first.id, class: "Image", inSet: "toy")
        #expect(vectors.contains { $0.id == first.id && $0.vector == known })
        let without = try temporary.add(Picture.ppm(width: 9, height: 9, seed: 99)).id
        #expect(try await store.vector(of: without, class: "Image", inSet: "toy") == nil)
        let error = await #expect(throws: EngineError.self) {
            try await store.nearest(
                to: [1, 2, 3], inSet: "other", class: "Image", filter: .all, skip: 0, limit: 1)
        }
        #expect(error?.code == .notFound && error?.message.contains("toy") == true)
        let short = await #expect(throws: EngineError.self) {
            try await store.nearest(to: [1], inSet: "toy", class: "Image", filter: .all, skip: 0, limit: 1)
        }
        #expect(short?.code == .invalidRequest)
        let gone = await #expect(throws: EngineError.self) {
            try store.catalog.write { try $0.delete(first.id, by: "human:ann") }
            return try await store.vector(of: first.id, class: "Image", inSet: "toy")
        }
        #expect(gone?.code == .gone)
        #expect(
            try await store.nearest(
                to: [1, 0, 0], inSet: "toy", class: "Image", filter: .all, skip: 0, limit: 100
            ).contains { $0["_uniqueid"] == .string(first.id.description) } == false)
    }
}
