import Base
import Engine
import Query

/// A tool that a model may call.
struct ModelContextTool: Sendable {
    var name: String
    var description: String
    /// The schemas of its parameters.
    var parameters: Document
    var required: [String] = []
    var changesStore = false
    /// What its caller must be allowed to do with objects of every class, beyond what the path asks for.
    var actions: [Permissions.Action] = []
    /// Whether it takes something away, or something's place.
    var isDestructive = false
    /// Gives the result as the protocol has it: `content`, and `structuredContent` where there is an object.
    let call: @Sendable (Exchange, RequestReader) async throws -> Document

    /// As `tools/list` shows it.
    var document: Document {
        [
            "name": .string(name), "description": .string(description),
            "inputSchema": .object(Schemas.request(parameters, required: required)),
            "annotations": [
                "readOnlyHint": .boolean(!changesStore), "destructiveHint": .boolean(isDestructive),
                "openWorldHint": false,
            ],
        ]
    }

    static let all = reading + writing

    // MARK: - Shared by the tools

    static let entityClass: Document = [
        "type": "string", "description": "The class of the entities; Image unless told.",
    ]
    static let limit: Document = [
        "type": "integer", "minimum": 1, "maximum": 100, "description": "At most so many; 10 unless told.",
    ]

    static func structured(_ document: Document) -> Document {
        [
            "content": [["type": "text", "text": .string(document.json)]],
            "structuredContent": .object(document),
        ]
    }

    static func entityClass(_ reader: RequestReader) throws -> String {
        reader.object["class"] == nil ? Store.imageClass : try reader.text("class")
    }

    static func limit(_ reader: RequestReader) throws -> Int {
        let limit = try reader.count("limit") ?? 10
        guard (1...100).contains(limit) else {
            throw EngineError(.invalidRequest, "'limit' is from 1 to 100", path: "limit")
        }
        return limit
    }

    static func id(_ reader: RequestReader) throws -> EntityID {
        let text = try reader.text("id")
        guard let id = EntityID(text) else {
            throw EngineError(.invalidRequest, "'\(text.prefix(40))' is no id, as in 1.0.42", path: "id")
        }
        return id
    }
}
