import Base
import Engine
import NIOHTTP1

/// Keys of Cortex's paths, over the holder's socket: whoever may open the store's files may make them.
enum KeyRoutes {
    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/keys", operationID: "getKeys", summary: "All keys, oldest first.", access: .holder,
            responses: [
                .json(
                    "The keys.", Schemas.object(["keys": .object(Schemas.list(of: key))], required: ["keys"]))
            ],
            answer: { exchange in
                .json(["keys": .array(try await exchange.store.apiKeys().map { .object($0.document) })])
            }),
        Endpoint(
            .POST, "/v1/keys", operationID: "addKey", summary: "Makes a key, which is told once.",
            access: .holder,
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "scope": [
                                "type": "string",
                                "enum": .array(APIKey.Scope.allCases.map { .string($0.rawValue) }),
                            ], "name": ["type": "string"],
                        ], required: ["scope"])
                )
            ],
            responses: [.json("The key.", key, status: 201)],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["scope", "name"])
                let text = try reader.text("scope")
                guard let scope = APIKey.Scope(rawValue: text) else {
                    throw EngineError(
                        .invalidRequest, "'scope' must be free or paid, not '\(text.prefix(40))'",
                        path: "scope")
                }
                return (scope: scope, name: reader.object["name"]?.stringValue ?? "")
            },
            answer: { exchange, asked in
                let made = try await exchange.store.addAPIKey(
                    asked.scope, name: asked.name, by: AccessRoutes.socketOwner)
                var document = made.key.document
                document["secret"] = .string(made.text)
                return .json(document, status: .created)
            }),
        Endpoint(
            .DELETE, "/v1/keys/{key}", operationID: "removeKey",
            summary: "Removes a key, named by what it begins with.", access: .holder,
            parameters: [
                .init(
                    name: "key", place: .path, schema: Schemas.word,
                    description: "The characters that the key begins with.")
            ],
            responses: [.json("It is removed.", Schemas.object(["removed": ["type": "string"]]))],
            errors: [404],
            read: { try $0.parameter("key") },
            answer: { exchange, prefix in
                try await exchange.store.removeAPIKey(prefix: prefix, by: AccessRoutes.socketOwner)
                return .json(["removed": .string(prefix)])
            }),
    ]

    private static let key = Schemas.object(
        [
            "key": ["type": "string", "description": "What it begins with."], "name": ["type": "string"],
            "scope": ["type": "string"], "created": ["type": "string"],
            "secret": ["type": "string", "description": "The key itself, told once."],
        ], required: ["key", "name", "scope", "created"])
}
