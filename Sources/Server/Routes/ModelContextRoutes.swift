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

    private static func endpoint(
        _ path: String, _ operationID: String, _ summary: String, access: Endpoint.Access, allowsWrites: Bool
    ) -> Endpoint {
        Endpoint(
            .POST, path, operationID: operationID, summary: summary, access: access,
            body: [("application/json", ["type": "object", "description": "A message of JSON-RPC 2.0."])],
            responses: [
                .json(
                    "The answer, a message of JSON-RPC 2.0.",
                    Schemas.object(["jsonrpc": ["type": "string"]], required: ["jsonrpc"])),
                .init(202, "The message wants no answer."),
            ],
            read: { try $0.object().object },
            answer: { exchange, message in
                let context = ModelContext(exchange: exchange, allowsWrites: allowsWrites)
                guard let answer = await context.answer(message) else { return Response(.accepted) }
                return .json(answer)
            })
    }
}

extension StoreClient {
    /// Hands a message of the Model Context Protocol to the holder.
    /// - Parameter message: JSON. What is none gets an error of JSON-RPC.
    /// - Returns: the answer as JSON, `nil` where none is wanted.
    public func modelContext(_ message: [UInt8], allowsWrites: Bool) async throws -> [UInt8]? {
        // Whoever sent what is no JSON is told so, as JSON-RPC has it; its code does not say where.
        guard (try? JSON.parse(message))?.objectValue != nil else {
            let error: Document = [
                "jsonrpc": "2.0", "id": .null,
                "error": ["code": -32700, "message": "the line is no JSON object"],
            ]
            return Array(error.json.utf8)
        }
        let path = allowsWrites ? ModelContextRoutes.writingPath : ModelContextRoutes.readingPath
        let answer = try await send("POST", path, body: message)
        return answer.body.isEmpty ? nil : answer.body
    }
}
