public import Base
public import Engine
import NIOCore
import NIOHTTP1
public import Query

/// The command language for processes of the same user: a query as the query port's frames carry it,
/// without a session.
enum QueryRoutes {
    static let mediaType = "application/x-protobuf"

    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/query", operationID: "query",
            summary:
                "Answers a query of the command language; body and answer are messages of the query port.",
            access: .holder, parameters: [dialectParameter],
            body: [(mediaType, ["type": "string", "format": "binary"])],
            responses: [
                Endpoint.Outcome(
                    200, "The reply, as a message.", contentType: mediaType,
                    schema: ["type": "string", "format": "binary"]),
                .table("What the last command lists, a column for each field; what fails is an error then."),
            ], errors: [404, 409, 410],
            read: { request in (try message(request), try dialect(of: request)) },
            answer: { exchange, asked in
                if exchange.request.wantsTable {
                    return .table(
                        try await exchange.store.answerTable(
                            asked.0, dialect: asked.1, principal: .owner, web: exchange.service.web))
                }
                let reply = await exchange.store.answer(
                    asked.0, dialect: asked.1, principal: .owner, web: exchange.service.web)
                return Response(
                    .ok, headers: ["Content-Type": mediaType], body: .bytes(QueryMessage.encode(reply)))
            }),
        Endpoint(
            .POST, "/v1/query/explain", operationID: "explainQuery",
            summary: "How a query of the command language is answered, without changing anything.",
            access: .holder, parameters: [dialectParameter],
            body: [(mediaType, ["type": "string", "format": "binary"])],
            responses: [.json("The steps of each command.", Schemas.anything)],
            read: { request in (try message(request), try dialect(of: request)) },
            answer: { exchange, asked in
                .json(try await exchange.store.explain(asked.0, dialect: asked.1, principal: .owner))
            }),
    ]

    private static let dialectParameter = Endpoint.Parameter(
        name: "dialect", place: .query,
        schema: ["type": "string", "enum": .array(CommandDialect.allCases.map { .string($0.rawValue) })],
        description: "Which of the two languages; `aperture` unless said.")

    private static func message(_ request: Request) throws -> CommandMessage {
        do throws(MessageReader.Failure) {
            let message = try MessageReader.read(request.body)
            return CommandMessage(json: message.json, blobs: message.blobs)
        } catch {
            throw EngineError(.invalidRequest, "the body is no message: \(error.message)", path: "body")
        }
    }

    private static func dialect(of request: Request) throws -> CommandDialect {
        guard let text = try request.queryItems().last(where: { $0.name == "dialect" })?.value else {
            return .aperture
        }
        guard let dialect = CommandDialect(rawValue: text) else {
            throw EngineError(
                .invalidRequest, "'dialect' is '\(text.prefix(40))', it must be aperture or vdms",
                path: "dialect")
        }
        return dialect
    }
}

extension QueryMessage {
    /// A message as bytes, without the length of a frame.
    static func encode(_ message: CommandMessage) -> [UInt8] {
        var writer = FrameWriter(message)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(writer.byteCount + 4)
        while !writer.isAtEnd { writer.write(into: &buffer, upTo: .max) }
        return Array(buffer.readableBytesView.dropFirst(4))
    }
}

extension StoreClient {
    /// Asks the holder how it would answer a query of the command language.
    public func explain(_ message: CommandMessage, dialect: CommandDialect) async throws -> Document {
        let answer = try await send(
            "POST", "/v1/query/explain?dialect=\(dialect.rawValue)", body: QueryMessage.encode(message),
            contentType: QueryRoutes.mediaType)
        return try JSON.parse(answer.body).objectValue ?? [:]
    }

    /// Asks the holder a query of the command language. The reply says itself what went wrong.
    public func query(_ message: CommandMessage, dialect: CommandDialect) async throws -> CommandMessage {
        let answer = try await send(
            "POST", "/v1/query?dialect=\(dialect.rawValue)", body: QueryMessage.encode(message),
            contentType: QueryRoutes.mediaType)
        do throws(MessageReader.Failure) {
            let reply = try MessageReader.read(answer.body)
            return CommandMessage(json: reply.json, blobs: reply.blobs)
        } catch {
            throw EngineError(
                .failed, "the store answered with something that is no message: \(error.message)")
        }
    }
}
