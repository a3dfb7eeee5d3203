import Base
import Engine
import NIOHTTP1

/// Rules that make labels of other labels and of properties.
enum RuleRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/rules", operationID: "listRules", summary: "The rules, by id.",
            responses: [
                .json(
                    "The rules.",
                    Schemas.object(["rules": .object(Schemas.list(of: rule))], required: ["rules"]))
            ],
            answer: { exchange in
                let store = exchange.store
                let rules = try await store.readPool.run { _ in try store.rules() }
                return .json(["rules": .array(rules.map { .object($0) })])
            }),
        Endpoint(
            .POST, "/v1/rules", operationID: "addRule",
            summary: "Keeps a rule, and labels what follows from it.", access: .create,
            body: [("application/json", newRule)],
            responses: [.json("What it labelled.", outcome, status: 201)], errors: [409],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["id", "rule", "replace"])
                return (
                    id: try reader.text("id"), rule: try reader.text("rule"),
                    replaces: try reader.flag("replace") ?? false
                )
            },
            answer: { exchange, new in
                let store = exchange.store
                let who = exchange.source
                let outcome = try await store.readPool.run { _ in
                    try store.addRule(new.id, new.rule, replaces: new.replaces, by: who)
                }
                return .json(outcome.document, status: .created)
            }),
        Endpoint(
            .DELETE, "/v1/rules/{rule}", operationID: "removeRule",
            summary: "Removes a rule and takes its labels back.", access: .delete,
            parameters: [
                .init(
                    name: "rule", place: .path, schema: ["type": "string"], description: "The id of the rule."
                )
            ],
            responses: [.json("What was taken back.", outcome)], errors: [404],
            read: { try $0.parameter("rule") },
            answer: { exchange, id in
                let store = exchange.store
                return .json(try await store.readPool.run { _ in try store.removeRule(id) }.document)
            }),
        Endpoint(
            .POST, "/v1/rules/run", operationID: "runRules",
            summary: "Applies rules to what is known now: labels that follow no longer are taken back.",
            access: .create, body: [("application/json", choice)],
            responses: [
                .json(
                    "What became of each.",
                    Schemas.object(["rules": .object(Schemas.list(of: outcome))], required: ["rules"]))
            ], errors: [404],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["rules"])
                return try reader.texts("rules") ?? []
            },
            answer: { exchange, ids in
                let store = exchange.store
                let outcomes = try await store.readPool.run { _ in try store.runRules(ids) }
                return .json(["rules": .array(outcomes.map { .object($0.document) })])
            }),
    ]

    // MARK: - Private

    private static let newRule = Schemas.request(
        [
            "id": ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"],
            "rule": .object(Schemas.word),
            "replace": [
                "type": "boolean", "description": "Whether it may take the place of one of its id.",
            ],
        ], required: ["id", "rule"])

    private static let choice = Schemas.request([
        "rules": ["type": "array", "items": ["type": "string"], "description": "All unless told."]
    ])

    private static let rule = Schemas.object(
        [
            "id": ["type": "string"], "rule": ["type": "string"], "by": ["type": "string"],
            "created": ["type": "string"],
            "paused": [
                "type": "boolean",
                "description": "Whether its last run was reverted: it waits for being run.",
            ],
        ], required: ["id", "rule", "by", "created", "paused"])

    private static let outcome = Schemas.object(
        [
            "rule": ["type": "string"], "added": ["type": "integer"], "removed": ["type": "integer"],
            "entities": ["type": "integer"],
        ], required: ["rule", "added", "removed", "entities"])
}
