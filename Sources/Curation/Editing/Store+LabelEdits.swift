public import Base
import Catalog
public import Engine

/// Labels that somebody gives, and takes back.
extension Store {
    /// Labels that one call may give or take back.
    public static let mostEditedLabels = 1_000

    /// Gives an entity labels: all of them, or none.
    /// - Parameter source: who says so, as `human:<user>`.
    /// - Returns: the numbers of the labels, in their order.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such entity;
    ///   ``EngineError/Code/invalidRequest``;
    ///   ``EngineError/Code/readOnly``.
    public func addLabels(
        _ given: [GivenLabel], to id: EntityID, by source: String
    ) async throws -> [Int64] {
        try checkWritable()
        try Store.checkEdits(given.count)
        return try await change { transaction in
            guard try transaction.exists(id) else {
                throw EngineError(.notFound, "there is no entity \(id)", path: "id")
            }
            return try given.map { one in
                var label = one.label
                label.source = source
                return try transaction.addLabel(label, to: id)
            }
        }
    }

    /// Takes labels back by their numbers: all of them, or none.
    /// - Parameter source: who says so, as `human:<user>`.
    /// - Throws: ``EngineError/Code/notFound`` where there never was such a label;
    ///   ``EngineError/Code/conflict`` for one that no longer holds; ``EngineError/Code/readOnly``.
    public func removeLabels(_ ids: [Int64], by source: String) async throws {
        try checkWritable()
        try Store.checkEdits(ids.count)
        try await change { transaction in
            for id in ids {
                guard try transaction.loggedLabel(id) != nil else {
                    throw EngineError(.notFound, "there never was a label \(id)", path: "labels")
                }
                try transaction.removeLabel(id, source: source)
            }
        }
    }

    private static func checkEdits(_ count: Int) throws {
        guard (1...mostEditedLabels).contains(count) else {
            throw EngineError(
                .invalidRequest, "'labels' must be a list of 1 to \(mostEditedLabels), not of \(count)",
                path: "labels")
        }
    }
}
