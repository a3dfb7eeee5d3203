import Base
import Engine
import NIOHTTP1
import Query

/// Questions about the intervals of videos.
enum IntervalQuestionRoutes {
    static let endpoints: [Endpoint] = {
        var endpoint = Endpoint(
            .POST, "/v1/intervals/query", operationID: "findIntervals",
            summary:
                "Stretches of videos by what labels say of them: relations, sequences, and what is in several or in none.",
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "question": [
                                "type": "object",
                                "description":
                                    "What is looked for, as the command FindIntervals has it, such as `{\"tag\": \"person\", \"where\": {\"during\": {\"tag\": \"motion\"}}}`.",
                                "examples": [
                                    [
                                        "sequence": [["tag": "door"], ["tag": "person", "min_duration": 2]],
                                        "within": 5,
                                    ]
                                ],
                            ],
                            "filter": .object(Schemas.filter),
                            "videos": [
                                "type": "array", "items": ["type": "string"], "maxItems": 10_000,
                                "description": "The `_uniqueid` of videos; only in these.",
                            ],
                            "skip": ["type": "integer", "minimum": 0],
                            "limit": [
                                "type": "integer", "minimum": 0,
                                "maximum": .integer(Int64(Store.intervalLimit)),
                                "description": "1,000 unless told.",
                            ],
                        ], required: ["question"])
                )
            ],
            responses: [.json("What was found, in the order of videos and times.", answer)],
            errors: [404, 410, 413], read: { try request($0) },
            answer: { exchange, asked in
                let found = try await exchange.store.findIntervals(asked)
                return .json([
                    "intervals": .array(found.intervals.map { .object($0) }),
                    "count": .integer(Int64(found.count)), "duration": .float(found.duration),
                ])
            })
        endpoint.subject = Store.videoClass
        return [endpoint]
    }()

    // MARK: - Private

    private static func request(_ request: Request) throws -> IntervalRequest {
        let reader = try request.object()
        try reader.refuseUnknown(["question", "filter", "videos", "skip", "limit"])
        guard let question = reader.object["question"] else {
            throw EngineError(.invalidRequest, "'question' must be given, as an object", path: "question")
        }
        var asked: IntervalRequest
        do throws(FilterError) {
            asked = IntervalRequest(try IntervalQuestion(question))
        } catch {
            let path = error.path.isEmpty ? "question" : "question.\(error.path)"
            throw EngineError(
                error.code == .limitExceeded ? .limitExceeded : .invalidRequest, error.message, path: path,
                cause: error)
        }
        asked.filter = try reader.filter()
        if let texts = try reader.texts("videos") {
            guard texts.count <= 10_000 else {
                throw EngineError(.limitExceeded, "'videos' names at most 10000", path: "videos")
            }
            asked.videos = try texts.map { text in
                guard let id = EntityID(text) else {
                    throw EngineError(
                        .invalidRequest, "'\(text.prefix(40))' is no id, such as 2.0.1", path: "videos")
                }
                return id
            }
        }
        asked.offset = try reader.count("skip") ?? 0
        asked.limit = try reader.count("limit") ?? asked.limit
        guard asked.limit <= Store.intervalLimit else {
            throw EngineError(
                .invalidRequest, "'limit' is at most \(Store.intervalLimit)", path: "limit")
        }
        return asked
    }

    private static let answer = Schemas.object(
        [
            "intervals": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "video": ["type": "string", "description": "Its `_uniqueid`."],
                            "tag": [
                                "type": "string",
                                "description":
                                    "The label class; this, `score`, `source` and `label` only where it is that of one label.",
                            ],
                            "start_frame": ["type": "integer"],
                            "end_frame": [
                                "type": "integer", "description": "The last one that belongs to it.",
                            ],
                            "start_time": [
                                "type": "number", "description": "In seconds from the video's beginning.",
                            ],
                            "end_time": [
                                "type": "number", "description": "When the last frame is no longer shown.",
                            ], "score": ["type": "number"], "source": ["type": "string"],
                            "label": ["type": "integer"],
                        ], required: ["video", "start_time", "end_time"]))),
            "count": ["type": "integer", "description": "How many there are in all."],
            "duration": ["type": "number", "description": "Seconds that are in any of them."],
        ], required: ["intervals", "count", "duration"])
}
