import Base
import Engine

/// Walks entities with their labels, so many at a time that memory does not depend on how many there are.
struct EntityBatches: Sendable {
    /// Entities that are in memory, or changed in one transaction, at a time.
    static let size = 1_000

    let store: Store
    let ids: [EntityID]
    var properties: [String] = []

    /// Calls `body` with all of them in order, each batch from a commit of its own.
    func forEach(_ body: ([LabelledEntity]) async throws -> Void) async throws {
        for start in stride(from: 0, to: ids.count, by: EntityBatches.size) {
            try Task.checkCancellation()
            try await body(try await batch(at: start))
        }
    }

    /// The batch that begins at a place among the ids.
    func batch(at start: Int) async throws -> [LabelledEntity] {
        let end = min(start + EntityBatches.size, ids.count)
        return try await store.labelledEntities(Array(ids[start..<end]), properties: properties)
    }
}
