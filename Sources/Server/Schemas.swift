import Base
import Engine

/// JSON schemas that several endpoints share.
enum Schemas {
    static let text: Document = ["type": "string"]
    /// A text with something in it.
    static let word: Document = ["type": "string", "minLength": 1]
    /// Of a bin of a histogram: a number, or a date as filters have it, or as its text.
    static let edge: Document = [
        "anyOf": [
            ["type": "number"], ["type": "string"],
            ["type": "object", "properties": ["$date": ["type": "string"]], "required": ["$date"]],
        ]
    ]
    /// JSON as the text of a query item.
    static let json: Document = ["type": "string", "minLength": 2, "contentMediaType": "application/json"]
    static let id: Document = ["type": "string", "pattern": "^\\d{1,10}\\.\\d{1,10}\\.\\d{1,10}$"]
    static let filter: Document = [
        "type": "object",
        "description": "A filter in MongoDB's language; `{}` for everything.",
        "examples": [["width": ["$gte": 640], "label": ["$in": ["cat", "dog"]]]],
    ]
    static let entity: Document = reference("Entity")
    static let anything: Document = ["type": "object"]

    static func reference(_ name: String) -> Document { ["$ref": .string("#/components/schemas/\(name)")] }

    static func object(_ properties: Document, required: [String] = []) -> Document {
        var schema: Document = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    /// A request's object: members that it does not have are refused.
    static func request(_ properties: Document, required: [String] = []) -> Document {
        var schema = object(properties, required: required)
        schema["additionalProperties"] = false
        return schema
    }

    static func list(of schema: Document) -> Document { ["type": "array", "items": .object(schema)] }

    static let components: Document = [
        "Error": .object(
            object(
                [
                    "error": .object(
                        object(
                            [
                                "code": [
                                    "type": "string",
                                    "enum": .array(EngineError.Code.allCases.map { .string($0.rawValue) }),
                                ],
                                "message": ["type": "string"],
                                "path": [
                                    "type": "string",
                                    "description": "Where in the request, such as `$and[1].width.$gt`.",
                                ],
                            ], required: ["code", "message"]))
                ], required: ["error"])),
        "Entity": .object(
            [
                "type": "object",
                "properties": [
                    "_uniqueid": .object(id),
                    "path": ["type": "string"],
                    "width": ["type": "integer", "description": "Pixels, upright."],
                    "height": ["type": "integer", "description": "Pixels, upright."],
                    "channels": ["type": "integer"],
                    "bits": ["type": "integer", "description": "Bits a channel."],
                    "format": ["type": "string"], "bytes": ["type": "integer"],
                    "sha256": ["type": "string", "pattern": "^[0-9a-f]{64}$"],
                    "phash": ["type": "string", "pattern": "^[0-9a-f]{16}$"],
                    "dhash": ["type": "string", "pattern": "^[0-9a-f]{16}$"],
                    "captured_at": ["type": "string"], "latitude": ["type": "number"],
                    "longitude": ["type": "number"],
                    "error": [
                        "type": "string",
                        "description": "What is wrong with the file, where it does not decode whole.",
                    ],
                ],
                "required": ["_uniqueid"],
                "additionalProperties": true,
            ]),
        "Facet": .object(
            object(
                [
                    "property": ["type": "string"],
                    "values": .object(
                        list(
                            of: object(
                                ["value": Value.object([:]), "count": ["type": "integer"]],
                                required: ["value", "count"]))),
                    "distinct": [
                        "type": "integer",
                        "description": "How many values there are, those beyond the limit included.",
                    ],
                    "missing": ["type": "integer", "description": "How many entities have no value."],
                ], required: ["property", "values", "distinct", "missing"])),
        "PlanStep": .object(
            object(
                [
                    "step": ["type": "string"],
                    "by": [
                        "type": "string", "description": "The means: `column`, `posting`, `rows` and so on.",
                    ],
                    "estimated": ["type": "integer", "description": "Ids that were expected, where known."],
                    "ids": ["type": "integer", "description": "Ids that came."],
                    "labels": [
                        "type": "array", "items": ["type": "string"],
                        "description": "What labels may say that belong to the classes of an `$isa`.",
                    ],
                    "ms": ["type": "number"], "steps": .object(list(of: reference("PlanStep"))),
                ], required: ["step", "by", "ids", "ms"])),
        "Histogram": .object(
            object(
                [
                    "property": ["type": "string"],
                    "edges": [
                        "type": "array", "items": ["type": "number"],
                        "description": "Bins are right-open, the last one is closed.",
                    ],
                    "counts": ["type": "array", "items": ["type": "integer"]], "missing": ["type": "integer"],
                    "below": ["type": "integer"], "above": ["type": "integer"],
                ], required: ["property", "edges", "counts", "missing", "below", "above"])),
    ]
}
