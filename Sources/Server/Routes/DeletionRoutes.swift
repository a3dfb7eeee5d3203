import Base
import Engine
import NIOHTTP1

/// Deleting entities, and, over the holder's socket, erasing them.
enum DeletionRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .DELETE, "/v1/entities/{class}/{id}", operationID: "deleteEntity",
            summary: "Deletes one entity. Its bytes stay until garbage is collected.", access: .delete,
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter],
            responses: [.json("It is deleted.", answer("deleted"))], errors: [404, 410],
            read: { (id: try $0.entityID(), class: try $0.parameter("class")) },
            answer: { exchange, sought in
                try await exchange.store.delete(sought.id, class: sought.class, by: exchange.caller)
                return .json(["matched": 1, "deleted": 1, "missing": []])
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/delete", operationID: "deleteEntities",
            summary: "Deletes the entities that match a filter, or those of the given ids.", access: .delete,
            parameters: [EntityRoutes.classParameter], body: [("application/json", request)],
            responses: [.json("How many there were.", answer("deleted"))], errors: [404],
            read: { try $0.deletion() },
            answer: { exchange, deletion in
                .json(try await exchange.store.delete(deletion.by(exchange.caller)))
            }),
    ]

    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/entities/{class}/purge", operationID: "purgeEntities",
            summary: "Erases entities for good, with their bytes and all that was made of them.",
            access: .holder,
            parameters: [EntityRoutes.classParameter], body: [("application/json", request)],
            responses: [.json("How many there were.", answer("purged"))], errors: [404, 409],
            read: { try $0.deletion() },
            answer: { exchange, deletion in
                .json(try await exchange.store.purge(deletion.by(exchange.caller)))
            })
    ]

    // MARK: - Private

    private static let request = oneOf(
        "filter", "ids",
        of: [
            "filter": .object(Schemas.filter), "ids": .object(Schemas.list(of: Schemas.id)),
            "dry_run": ["type": "boolean", "description": "Say only how many there are."],
            "everything": [
                "type": "boolean", "description": "Must be true where the filter is `{}`: all entities go.",
            ],
        ])

    private static func oneOf(_ names: String..., of properties: Document) -> Document {
        var schema = Schemas.request(properties)
        schema["oneOf"] = .array(names.map { ["required": [.string($0)]] })
        return schema
    }

    private static func answer(_ verb: String) -> Document {
        Schemas.object(
            [
                "matched": ["type": "integer"], verb: ["type": "integer"],
                "missing": [
                    "type": "array", "items": ["type": "string"], "description": "Ids that named no entity.",
                ],
            ], required: ["matched", verb, "missing"])
    }
}

extension DeletionRequest {
    fileprivate func by(_ caller: String) -> DeletionRequest {
        var request = self
        request.who = caller
        return request
    }
}

extension Request {
    /// The body as a deletion. What is deleted must be said: nothing given does not mean everything.
    fileprivate func deletion() throws -> DeletionRequest {
        let reader = try object()
        try reader.refuseUnknown(["filter", "ids", "dry_run", "everything"])
        let isDryRun = try reader.flag("dry_run") ?? false
        let target: DeletionRequest.Target
        switch (try reader.texts("ids"), reader.object["filter"]) {
        case (let ids?, nil):
            target = .ids(
                try ids.enumerated().map { index, text in
                    guard let id = EntityID(text) else {
                        throw EngineError(
                            .invalidRequest, "'\(text)' is no _uniqueid: it must look like 1.0.42",
                            path: "ids[\(index)]")
                    }
                    return id
                })
        case (nil, .some):
            target = .filter(try reader.filter())
        default:
            throw EngineError(.invalidRequest, "'filter' or 'ids' must be given, one of them", path: "filter")
        }
        let request = DeletionRequest(
            entityClass: try parameter("class"), target: target, isDryRun: isDryRun, by: "")
        if request.isOfEverything, !isDryRun, try reader.flag("everything") != true {
            throw EngineError(
                .invalidRequest,
                "the filter matches everything: say so with 'everything': true, or --yes on the command line",
                path: "filter")
        }
        return request
    }
}
