public import Base
import Catalog
public import Media
public import Query

/// Images that look like another.
extension Store {
    /// The perceptual hash of an image, as it was computed when the image came.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for an entity that has none, such as a damaged image.
    public func perceptualHash(of id: EntityID, class entityClass: String) async throws -> PerceptualHash {
        let document = try await entity(id, class: entityClass)
        guard let hash = document["phash"]?.stringValue.flatMap({ PerceptualHash($0) }) else {
            throw EngineError(
                .invalidRequest, "\(id) has no perceptual hash to compare: its pixels were not decoded",
                path: "image")
        }
        return hash
    }

    /// The images whose perceptual hashes differ from `hash` in the fewest bits, ties by id. It tells copies,
    /// resized and slightly changed ones; of what is shown it knows nothing.
    /// - Parameter distance: bits that may differ, of 64.
    /// - Returns: each entity with its `distance`.
    /// - Complexity: looks at the hash of each entity within the filter.
    public func similar(
        to hash: PerceptualHash, class entityClass: String, filter: Filter, within distance: Int, limit: Int
    ) async throws -> [Document] {
        let maxDocuments = options.maxVerifiedDocuments
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(entityClass), let property = known["phash"] else {
                return []
            }
            let ids = try snapshot.ids(known, filter, maxDocuments).ids
            let table = try snapshot.table(of: known, ids.ids, properties: [property])
            var found: [(distance: Int, id: LocalID)] = []
            for (place, id) in table.ids.enumerated() {
                guard
                    let other = table.columns[0].value(at: place)?.stringValue.flatMap({ PerceptualHash($0) })
                else { continue }
                let bits = hash.distance(to: other)
                if bits <= distance { found.append((bits, id)) }
            }
            found.sort { ($0.distance, $0.id) < ($1.distance, $1.id) }
            let page = found.prefix(limit)
            return zip(page, try snapshot.documents(known, page.map(\.id), nil)).map { one, document in
                var document = document
                document["distance"] = .integer(Int64(one.distance))
                return document
            }
        }
    }
}
