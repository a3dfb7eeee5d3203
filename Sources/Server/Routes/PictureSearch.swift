import Base
import Engine
import Inference
import Media
import Query

/// What an image is searched by: how it looks, or what a model makes of it.
struct PictureSearch: Sendable {
    /// The image that others are to be like.
    enum Example: Sendable {
        case image(EntityID)
        case hash(PerceptualHash)
        /// The bytes of a file.
        case file([UInt8])
    }

    var example: Example
    var entityClass: String
    var filter: Filter
    var skip: Int
    var limit: Int
    /// The set to search; `nil` for the first that there is a vector for, and hashes where there is none.
    var set: String?
    /// Bits of the hash that may differ, where hashes are asked for.
    var distance: Int?

    /// Bits that may differ unless told.
    static let usualDistance = 12

    /// - Returns: `entities`; `by`, which is `vectors` or `looks`; with vectors the `set` and the `model`,
    ///   with
    ///   looks `without_model` where a set was there and no vector could be made.
    func answer(_ exchange: Exchange) async throws -> Document {
        var reason: String?
        if case .hash = example {
            guard set == nil else {
                throw EngineError(.invalidRequest, "a set has vectors, and no hashes", path: "set")
            }
        } else if distance == nil {
            let sets = try await exchange.store.embeddingSets(class: entityClass)
            if let set, !sets.contains(where: { $0.name == set }) {
                // Says which there are.
                _ = try await exchange.store.nearest(
                    to: [], inSet: set, class: entityClass, filter: .all, skip: 0, limit: 1)
            }
            for candidate in sets where set == nil || candidate.name == set {
                switch try await vector(in: candidate, exchange) {
                case .success(let vector):
                    let found = try await exchange.store.nearest(
                        to: vector, inSet: candidate.name, class: entityClass, filter: filter, skip: skip,
                        limit: limit)
                    return [
                        "entities": .array(found.map { .object($0) }), "by": ["vectors"],
                        "set": .string(candidate.name), "model": .string(candidate.model),
                    ]
                case .failure(let missing): reason = reason ?? missing.reason
                }
            }
            if let set {
                throw EngineError(
                    .notFound, "the set '\(set)' cannot be searched by this picture: \(reason ?? "")",
                    path: "set")
            }
        } else if set != nil {
            throw EngineError(
                .invalidRequest, "give 'set' for vectors or 'distance' for hashes, not both", path: "distance"
            )
        }
        let found = try await exchange.store.similar(
            to: try await hash(exchange), class: entityClass, filter: filter,
            within: distance ?? PictureSearch.usualDistance, limit: skip + limit)
        var answer: Document = [
            "entities": .array(found.dropFirst(skip).map { .object($0) }), "by": ["looks"],
        ]
        if let reason { answer["without_model"] = .string(reason) }
        return answer
    }

    // MARK: - Private

    /// Why there is no vector.
    private struct Missing: Error { var reason: String }

    private func vector(
        in set: EmbeddingSet, _ exchange: Exchange
    ) async throws -> Result<[Float], Missing> {
        let (store, models) = (exchange.store, exchange.service.pictureModel)
        if case .image(let id) = example {
            let known = try await store.vector(of: id, class: entityClass, inSet: set.name)
            if let known { return .success(known) }
        }
        let example = example
        return try await store.computePool.run { _ in
            guard let picture = try PictureSearch.picture(of: example, store) else {
                return .failure(Missing(reason: "there are no pixels"))
            }
            switch models.vector(of: picture, by: set.model) {
            case .success(let vector) where vector.count == set.dimensions: return .success(vector)
            case .success(let vector):
                return .failure(
                    Missing(
                        reason:
                            "the model \(set.model) gives \(vector.count) numbers, the set '\(set.name)' has \(set.dimensions)"
                    ))
            case .failure(let error): return .failure(Missing(reason: error.message))
            }
        }
    }

    private func hash(_ exchange: Exchange) async throws -> PerceptualHash {
        let store = exchange.store
        switch example {
        case .hash(let hash): return hash
        case .image(let id): return try await store.perceptualHash(of: id, class: entityClass)
        case .file:
            let example = example
            return try await store.computePool.run { _ in
                guard let picture = try PictureSearch.picture(of: example, store) else {
                    throw EngineError(.invalidRequest, "there are no pixels", path: "picture")
                }
                return try PictureSearch.reading { () throws(MediaError) in
                    try PerceptualHash.pHash(of: picture)
                }
            }
        }
    }

    /// Decodes, and computes.
    private static func picture(of example: Example, _ store: Store) throws -> Raster? {
        switch example {
        case .hash: return nil
        case .image(let id): return try store.picture(of: id)
        case .file(let bytes):
            return try reading { () throws(MediaError) in
                try ImageCodec.decode(
                    bytes, options: DecodeOptions(maxPixels: store.options.maxPixels, layout: .rgb)
                ).raster
            }
        }
    }

    private static func reading<Result>(_ body: () throws(MediaError) -> Result) throws -> Result {
        do throws(MediaError) {
            return try body()
        } catch {
            let code: EngineError.Code = error.code == .limitExceeded ? .limitExceeded : .unsupportedMedia
            throw EngineError(code, error.message, path: "picture", cause: error)
        }
    }
}
