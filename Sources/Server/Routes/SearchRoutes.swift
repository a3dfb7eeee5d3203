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
                "Entities by words in labels, captions, paths and text properties, and by their meaning; or by how alike they are to an image.",
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "text": .object(Schemas.word),
                            "image": [
                                "type": "string",
                                "description": "The `_uniqueid` of an image: what is like it.",
                            ],
                            "picture": [
                                "type": "string", "contentEncoding": "base64",
                                "description": "A file with an image: what is like it.",
                            ],
                            "set": [
                                "type": "string", "minLength": 1,
                                "description":
                                    "With `image` or `picture`: the set of descriptors to search, by its model. Unless told, one that there is a vector for, or else hashes.",
                            ],
                            "phash": [
                                "type": "string", "pattern": "^[0-9a-f]{16}$",
                                "description": "A perceptual hash: what looks like an image with this one.",
                            ],
                            "distance": [
                                "type": "integer", "minimum": 0, "maximum": 64,
                                "description":
                                    "Bits of the hash that may differ, 12 unless told; where it is told hashes are compared.",
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
            responses: [.json("What was found, best first.", answer)], errors: [404, 410, 413, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown([
                    "text", "image", "picture", "phash", "set", "distance", "class", "filter", "skip",
                    "limit",
                ])
                let kinds = ["text", "image", "picture", "phash"]
                guard kinds.count(where: { reader.object[$0] != nil }) == 1 else {
                    throw EngineError(
                        .invalidRequest, "give one of 'text', 'image', 'picture' and 'phash'", path: "text")
                }
                let limit = try reader.count("limit") ?? 25
                let skip = try reader.count("skip") ?? 0
                guard (1...1_000).contains(limit), skip <= 1_000_000 else {
                    throw EngineError(
                        .invalidRequest, "'limit' is from 1 to 1000, and 'skip' at most 1000000",
                        path: "limit")
                }
                let name =
                    reader.object["class"] == nil ? Store.imageClass : try reader.text("class")
                guard let example = try reader.example() else {
                    guard reader.object["set"] == nil, reader.object["distance"] == nil else {
                        throw EngineError(
                            .invalidRequest, "'set' and 'distance' are for a search by an image", path: "set")
                    }
                    return Sought.words(
                        SearchRequest(
                            entityClass: name, text: try reader.text("text"), filter: try reader.filter(),
                            skip: skip, limit: limit))
                }
                return Sought.picture(
                    PictureSearch(
                        example: example, entityClass: name, filter: try reader.filter(), skip: skip,
                        limit: limit, set: reader.object["set"] == nil ? nil : try reader.text("set"),
                        distance: try reader.distance()))
            },
            answer: { exchange, sought in
                switch sought {
                case .words(let request): .json(try await exchange.search(request))
                case .picture(let search): .json(try await search.answer(exchange))
                }
            })
    ]

    // MARK: - Private

    private static let answer = Schemas.object(
        [
            "entities": .object(Schemas.list(of: Schemas.entity)),
            "by": [
                "type": "array", "items": ["type": "string"],
                "description":
                    "What the search went by: `words`, and `meaning` where there is a model of texts; of an image `vectors`, or `looks` for hashes.",
            ],
            "model": ["type": "string", "description": "The model of texts, or of the vectors."],
            "set": ["type": "string", "description": "The set of descriptors that was searched."],
            "without_model": [
                "type": "string", "description": "Why words alone decided, or hashes where there is a set.",
            ],
            "without_vector": [
                "type": "integer", "description": "Different texts that the model was not asked about yet.",
            ],
        ], required: ["entities", "by"])
}

/// What is searched for.
private enum Sought: Sendable {
    case words(SearchRequest)
    case picture(PictureSearch)
}

extension RequestReader {
    /// The image that others are to be like; `nil` where words are searched for.
    fileprivate func example() throws -> PictureSearch.Example? {
        if object["image"] != nil {
            let text = try text("image")
            guard let id = EntityID(text) else {
                throw EngineError(
                    .invalidRequest, "'\(text.prefix(40))' is no id, as in 1.0.42", path: "image")
            }
            return .image(id)
        }
        if object["picture"] != nil {
            guard let bytes = Base64.decode(Array(try text("picture").utf8)) else {
                throw EngineError(.invalidRequest, "'picture' is no base64", path: "picture")
            }
            return .file(bytes)
        }
        guard object["phash"] != nil else { return nil }
        guard let hash = PerceptualHash(try text("phash")) else {
            throw EngineError(.invalidRequest, "'phash' has 16 hexadecimal digits", path: "phash")
        }
        return .hash(hash)
    }

    fileprivate func distance() throws -> Int? {
        let distance = try count("distance")
        guard distance ?? 0 <= 64 else {
            throw EngineError(.invalidRequest, "'distance' is from 0 to 64", path: "distance")
        }
        return distance
    }
}

extension StoreClient {
    /// Bytes as `picture` has them.
    public static func pictureText(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(Base64.encodedCount(bytes.count))
        Base64.append(bytes[...], to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Bytes of a file that a request has room for as `picture`.
    public static let longestPicture = 40 << 20
}

extension Exchange {
    /// Searches with the model of texts, if it is here.
    func search(_ request: SearchRequest) async throws -> Document {
        let (embedder, reason) = try await service.textModel.embedder(on: store.computePool)
        var answer = try await store.search(request, embedder: embedder)
        if let reason { answer["without_model"] = .string(reason) }
        return answer
    }
}
