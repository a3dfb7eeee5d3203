import Base
import Engine
import NIOHTTP1

/// The classes that labels may name.
enum ClassRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/classes", operationID: "listClasses",
            summary: "The declared label classes, and what labels say that nobody declared.",
            responses: [
                .json(
                    "The classes.",
                    Schemas.object(
                        [
                            "classes": .object(Schemas.list(of: labelClass)),
                            "undeclared": .object(Schemas.list(of: Schemas.text)),
                        ], required: ["classes", "undeclared"]))
            ],
            answer: { exchange in
                let (classes, undeclared) = try await exchange.store.labelClasses()
                return .json([
                    "classes": .array(classes.map { .object($0) }),
                    "undeclared": .array(undeclared.map { .string($0) }),
                ])
            }),
        Endpoint(
            .POST, "/v1/classes", operationID: "addClasses",
            summary: "Declares label classes, all or none; adds to those that there are.",
            access: .create,
            body: [
                (
                    "application/json",
                    Schemas.request(
                        ["classes": .object(Schemas.list(of: givenClass))], required: ["classes"])
                )
            ],
            responses: [
                .json(
                    "How many came new, and how many have changed.",
                    Schemas.object(
                        ["added": ["type": "integer"], "changed": ["type": "integer"]],
                        required: ["added", "changed"]))
            ], errors: [404, 409],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["classes"])
                guard let list = reader.object["classes"]?.arrayValue else {
                    throw EngineError(.invalidRequest, "'classes' must be a list", path: "classes")
                }
                return try list.enumerated().map { index, element in
                    guard let object = element.objectValue else {
                        throw EngineError(
                            .invalidRequest, "a class is an object", path: "classes[\(index)]")
                    }
                    return object
                }
            },
            answer: { exchange, classes in .json(try await exchange.store.addLabelClasses(classes)) }),
        Endpoint(
            .POST, "/v1/classes/rename", operationID: "renameClass",
            summary: "Gives a label class another name; the old one becomes a synonym.", access: .create,
            body: [
                (
                    "application/json",
                    Schemas.request(
                        ["class": .object(Schemas.word), "to": .object(Schemas.word)],
                        required: ["class", "to"])
                )
            ],
            responses: [.json("The class.", labelClass)], errors: [404, 409],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["class", "to"])
                return (try reader.text("class"), try reader.text("to"))
            },
            answer: { exchange, names in
                .json(try await exchange.store.renameLabelClass(names.0, to: names.1))
            }),
        Endpoint(
            .POST, "/v1/classes/remove", operationID: "removeClass",
            summary: "Removes a label class, or parents and synonyms of one. Labels stay as they are.",
            access: .delete,
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "class": .object(Schemas.word),
                            "parents": .object(Schemas.list(of: Schemas.text)),
                            "synonyms": .object(Schemas.list(of: Schemas.text)),
                        ], required: ["class"])
                )
            ],
            responses: [.json("Removed.", Schemas.object([:]))], errors: [404],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["class", "parents", "synonyms"])
                func list(_ name: String) throws -> [String] {
                    guard let value = reader.object[name] else { return [] }
                    guard let texts = value.arrayValue?.compactMap(\.stringValue),
                        texts.count == value.arrayValue?.count
                    else {
                        throw EngineError(.invalidRequest, "'\(name)' must be a list of texts", path: name)
                    }
                    return texts
                }
                return (try reader.text("class"), try list("parents"), try list("synonyms"))
            },
            answer: { exchange, asked in
                try await exchange.store.removeLabelClass(asked.0, parents: asked.1, synonyms: asked.2)
                return .json([:])
            }),
    ]

    // MARK: - Private

    private static let members: Document = [
        "class": ["type": "string", "description": "What labels say."],
        "title": ["type": "string", "description": "What people call it."],
        "synonyms": [
            "type": "array", "items": ["type": "string"], "description": "What labels may say for it.",
        ],
        "parents": [
            "type": "array", "items": ["type": "string"], "description": "The classes that it is a kind of.",
        ],
        "part_of": [
            "type": "array", "items": ["type": "string"],
            "description": "The classes that have it as a part; no filter takes it for one of them.",
        ],
    ]
    private static let labelClass = Schemas.object(members, required: ["class"])
    private static let givenClass = Schemas.request(members, required: ["class"])
}
