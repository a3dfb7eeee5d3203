import Base
import Engine
import Media
import NIOHTTP1
import Query

/// Searching by words.
enum SearchRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/search", operationID: "search",
            summary:
                "Entities by words in labels, captions, paths and text properties, and by their meaning; or by how alike they look.",
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "text": .object(Schemas.word),
                            "image": [
                                "type": "string",
                                "description": "The `_uniqueid` of an image: what looks like it.",
                            ],
                            "phash": [
                                "type": "string", "pattern": "^[0-9a-f]{16}$",
                                "description": "A perceptual hash: what looks like an image with this one.",
                            ],
                            "distance": [
                                "type": "integer", "minimum": 0, "maximum": 64,
                                "description": "Bits of the hash that may differ; 12 unless told.",
                            ],
                            "class": ["type": "string", "description": "`Image` unless told."],
                            "filter": .object(Schemas.filter), "skip": ["type": "integer", "minimum": 0],
                            "limit": [
                                "type": "integer", "minimum": 1, "maximum": 1000,
                                "description": "25 unless told.",
                            ],
                        ])
                )
            ],
            responses: [.json("What was found, best first.", answer)], errors: [404, 413],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(
                    ["text", "image", "phash", "distance", "class", "filter", "skip", "limit"])
                guard ["text", "image", "phash"].count(where: { reader.object[$0] != nil }) == 1 else {
                    throw EngineError(
                        .invalidRequest, "give one of 'text', 'image' and 'phash'", path: "text")
                }
                let limit = try reader.count("limit") ?? 25
                let skip = try reader.count("skip") ?? 0
                guard (1...1_000).contains(limit), skip <= 1_000_000 else {
                    throw EngineError(
                        .invalidRequest, "'limit' is from 1 to 1000, and 'skip' at most 1000000",
                        path: "limit")
                }
                return Sought(
                    entityClass: reader.object["class"] == nil ? Store.imageClass : try reader.text("class"),
                    text: reader.object["text"] == nil ? "" : try reader.text("text"),
                    filter: try reader.filter(), skip: skip, limit: limit, looks: try reader.looks())
            },
            answer: { exchange, request in
                guard let looks = request.looks else { return .json(try await exchange.search(request)) }
                return .json(try await exchange.search(request, looks))
            })
    ]

    // MARK: - Private

    private static let answer = Schemas.object(
        [
            "entities": .object(Schemas.list(of: Schemas.entity)),
            "by": [
                "type": "array", "items": ["type": "string"],
                "description":
                    "What the search went by: `words`, and `meaning` where there is a model of texts.",
            ],
            "model": ["type": "string", "description": "The model of texts."],
            "without_model": ["type": "string", "description": "Why words alone decided."],
            "without_vector": [
                "type": "integer", "description": "Different texts that the model was not asked about yet.",
            ],
        ], required: ["entities", "by"])
}

/// What is searched for.
private struct Sought: Sendable {
    /// How an image looks that others are to look like.
    enum Looks: Sendable {
        case image(EntityID, distance: Int)
        case hash(PerceptualHash, distance: Int)
    }

    var entityClass: String
    var text: String
    var filter: Filter
    var skip: Int
    var limit: Int
    var looks: Looks?
}

extension RequestReader {
    fileprivate func looks() throws -> Sought.Looks? {
        let distance = try count("distance") ?? 12
        guard distance <= 64 else {
            throw EngineError(.invalidRequest, "'distance' is from 0 to 64", path: "distance")
        }
        if object["image"] != nil {
            let text = try text("image")
            guard let id = EntityID(text) else {
                throw EngineError(
                    .invalidRequest, "'\(text.prefix(40))' is no id, as in 1.0.42", path: "image")
            }
            return .image(id, distance: distance)
        }
        guard object["phash"] != nil else { return nil }
        guard let hash = PerceptualHash(try text("phash")) else {
            throw EngineError(.invalidRequest, "'phash' has 16 hexadecimal digits", path: "phash")
        }
        return .hash(hash, distance: distance)
    }
}

extension Exchange {
    fileprivate func search(_ sought: Sought, _ looks: Sought.Looks) async throws -> Document {
        let hash: PerceptualHash
        let most: Int
        switch looks {
        case .hash(let given, let distance): (hash, most) = (given, distance)
        case .image(let id, let distance):
            (hash, most) = (try await store.perceptualHash(of: id, class: sought.entityClass), distance)
        }
        let found = try await store.similar(
            to: hash, class: sought.entityClass, filter: sought.filter, within: most,
            limit: sought.skip + sought.limit)
        return ["entities": .array(found.dropFirst(sought.skip).map { .object($0) }), "by": ["looks"]]
    }

    fileprivate func search(_ sought: Sought) async throws -> Document {
        try await search(
            SearchRequest(
                entityClass: sought.entityClass, text: sought.text, filter: sought.filter, skip: sought.skip,
                limit: sought.limit))
    }

    /// Searches with the model of texts, if it is here.
    func search(_ request: SearchRequest) async throws -> Document {
        let (embedder, reason) = try await service.textModel.embedder(on: store.computePool)
        var answer = try await store.search(request, embedder: embedder)
        if let reason { answer["without_model"] = .string(reason) }
        return answer
    }
}
