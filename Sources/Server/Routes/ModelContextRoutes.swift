import Base
import Engine
import NIOHTTP1

/// The Model Context Protocol over HTTP: each message is a request of its own, and answered with JSON.
enum ModelContextRoutes {
    static let readingPath = "/mcp"
    static let writingPath = "/mcp/writing"

    static let endpoints: [Endpoint] = [
        endpoint(
            readingPath, "callModelContext", "The Model Context Protocol, with the tools that only read.",
            access: .read, allowsWrites: false),
        endpoint(
            writingPath, "callModelContextWriting",
            "The Model Context Protocol, with the tools that change the store too.", access: .create,
            allowsWrites: true),
    ]

    private static func oneOrMore(_ message: Document, _ description: String) -> Document {
        [
            "description": .string(description),
            "anyOf": [.object(message), ["type": "array", "minItems": 1, "items": .object(message)]],
        ]
    }

    private static func endpoint(
        _ path: String, _ operationID: String, _ summary: String, access: Endpoint.Access, allowsWrites: Bool
    ) -> Endpoint {
        Endpoint(
            .POST, path, operationID: operationID, summary: summary, access: access,
            body: [
                (
                    "application/json",
                    oneOrMore(["type": "object"], "A message of JSON-RPC 2.0, or a list of some.")
                )
            ],
            responses: [
                .json(
                    "The answer, a message of JSON-RPC 2.0, or a list of them where a list was sent.",
                    oneOrMore(
                        Schemas.object(["jsonrpc": ["type": "string"]], required: ["jsonrpc"]),
                        "An answer, or a list of some.")),
                .init(202, "The message wants no answer."),
            ],
            read: { try messages(of: $0) },
            answer: { exchange, messages in
                let context = ModelContext(exchange: exchange, allowsWrites: allowsWrites)
                guard let answer = await context.answer(messages) else { return Response(.accepted) }
                return .json(Array(answer.json.utf8))
            })
    }

    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no message and no list of some.
    private static func messages(of request: Request) throws -> Value {
        let value = try request.value()
        guard ModelContext.isMessage(value) else {
            throw EngineError(.invalidRequest, "the body must be \(ModelContext.wanted)")
        }
        return value
    }
}

extension StoreClient {
    /// The answer to a message that is longer than is read.
    public static func tooLongModelContext(_ limit: Int) -> [UInt8] {
        Array(ModelContext.error(-32600, "a message has at most \(limit) bytes", nil).json.utf8)
    }

    /// Hands a message of the Model Context Protocol to the holder.
    /// - Parameter message: JSON. What is none gets an error of JSON-RPC.
    /// - Returns: the answer as JSON, `nil` where none is wanted.
    public func modelContext(_ message: [UInt8], allowsWrites: Bool) async throws -> [UInt8]? {
        // Whoever sent what is no JSON is told so, as JSON-RPC has it; its code does not say where.
        guard let value = try? JSON.parse(message) else {
            return Array(ModelContext.error(-32700, "the line is no JSON", nil).json.utf8)
        }
        guard ModelContext.isMessage(value) else {
            return Array(ModelContext.error(-32600, "the line must be \(ModelContext.wanted)", nil).json.utf8)
        }
        let path = allowsWrites ? ModelContextRoutes.writingPath : ModelContextRoutes.readingPath
        let answer = try await send("POST", path, body: message)
        return answer.body.isEmpty ? nil : answer.body
    }
}
