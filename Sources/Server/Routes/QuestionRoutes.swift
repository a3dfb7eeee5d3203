import Base
import Engine
import NIOHTTP1
import Query

/// Questions in plain language.
enum QuestionRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/entities/{class}/ask", operationID: "askQuestion",
            summary: "Reads a question in plain English into a filter, and answers it.",
            parameters: [EntityRoutes.classParameter],
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "text": .object(Schemas.word),
                            "skip": ["type": "integer", "minimum": 0],
                            "limit": [
                                "type": "integer", "minimum": 0, "description": "25 unless told; 0 for all.",
                            ],
                        ], required: ["text"])
                )
            ],
            responses: [
                .json(
                    "The filter that was understood, how many match, and the entities.",
                    Schemas.object(
                        [
                            "filter": .object(Schemas.anything), "count": ["type": "integer"],
                            "entities": .object(Schemas.list(of: Schemas.entity)),
                        ], required: ["filter", "count", "entities"]))
            ], errors: [404, 413],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["text", "skip", "limit"])
                return (
                    class: try request.parameter("class"), text: try reader.text("text"),
                    skip: try reader.count("skip") ?? 0, limit: try reader.count("limit") ?? 25
                )
            },
            answer: { exchange, asked in
                let filter = try await exchange.store.filter(asked: asked.text, class: asked.class)
                let found = try await exchange.store.find(
                    FindRequest(
                        entityClass: asked.class, filter: filter, skip: asked.skip, limit: asked.limit,
                        wantsCount: true))
                return .json([
                    "filter": .object(filter.document),
                    "count": .integer(Int64(found.count ?? found.entities.count)),
                    "entities": .array(found.entities.map { .object($0) }),
                ])
            })
    ]
}
