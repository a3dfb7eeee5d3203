import Base
import Engine
import NIOHTTP1
import Query

/// The command language over HTTP, as ApertureDB's REST clients speak it.
enum CommandRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/api", operationID: "runCommands",
            summary:
                "Runs commands of the query language, as one transaction. All but Authenticate and RefreshToken need the token of a session. What fails in a command is told in the reply, whose status is 200 all the same.",
            access: .anybody,
            parameters: [
                .init(
                    name: "dialect", place: .query,
                    schema: ["type": "string", "enum": ["aperture", "vdms"], "default": "aperture"],
                    description: "Which of the two languages the query is in."),
                .init(
                    name: "Authorization", place: .header, schema: Schemas.word,
                    description: "`Bearer`, and the token of a session."),
            ],
            body: [
                (
                    "multipart/form-data",
                    Schemas.object(
                        [
                            "query": .object(commands),
                            "blobs": [
                                "type": "array", "items": ["type": "string", "format": "binary"],
                                "description": "What the commands take, in their order.",
                            ],
                        ], required: ["query"])
                ), ("application/json", commands),
            ],
            responses: [
                .json(
                    "The reply.",
                    Schemas.object(
                        [
                            "json": [
                                "description": "An answer for each command; an object where all failed."
                            ],
                            "blobs": [
                                "type": "array", "items": ["type": "string", "contentEncoding": "base64"],
                            ],
                        ], required: ["json", "blobs"])),
                .table("What the last command lists, a column for each field; what fails is an error then."),
            ], errors: [404, 409, 410], read: Commands.init, answer: run)
    ]

    private static let commands: Document = [
        "type": "array", "items": ["type": "object", "minProperties": 1, "maxProperties": 1],
    ]

    /// What a request asks for.
    private struct Commands: Sendable {
        var message: CommandMessage
        var dialect = CommandDialect.aperture
        var token: String?
        var origin: String

        init(_ request: Request) throws {
            for (name, value) in try request.queryItems() {
                guard name == "dialect", let dialect = CommandDialect(rawValue: value) else {
                    throw EngineError(
                        .invalidRequest,
                        "'\(name)=\(value)' is not known here; there are dialect=aperture and dialect=vdms",
                        path: name)
                }
                self.dialect = dialect
            }
            if case .token(let token)? = request.credentials { self.token = token }
            origin = request.origin
            let type = request.header("content-type") ?? ""
            guard let boundary = try MultipartForm.boundary(contentType: type) else {
                message = CommandMessage(json: request.body)
                return
            }
            let blobCount = QueryMessage.Limits().blobCount
            let form = try MultipartForm(body: request.body, boundary: boundary, maxParts: blobCount + 1)
            var query: [UInt8]?
            var blobs: [[UInt8]] = []
            for part in form.parts {
                switch part.name {
                case "query": query = Array(part.bytes)
                case "blobs": blobs.append(Array(part.bytes))
                default:
                    throw EngineError(
                        .invalidRequest,
                        "the form's field '\(part.name)' is not known here; there are query and blobs",
                        path: part.name)
                }
            }
            guard let query else {
                throw EngineError(.invalidRequest, "the form has no field 'query'", path: "query")
            }
            message = CommandMessage(json: query, blobs: blobs)
        }
    }

    private static func run(_ exchange: Exchange, _ commands: Commands) async throws -> Response {
        guard let service = exchange.service.commands else {
            throw EngineError(.notFound, "this server does not answer the query language")
        }
        if exchange.request.wantsTable {
            return .table(
                try await service.table(
                    commands.message, dialect: commands.dialect,
                    by: exchange.service.isHolderSocket ? .owner : nil, session: commands.token,
                    origin: commands.origin))
        }
        let reply: CommandMessage
        if exchange.service.isHolderSocket {
            reply = await service.answer(commands.message, dialect: commands.dialect, principal: .owner)
        } else {
            reply = await service.answer(
                commands.message, dialect: commands.dialect, session: commands.token, origin: commands.origin)
        }
        return response(reply)
    }

    private static func response(_ reply: CommandMessage) -> Response {
        var text = ReplyText(reply)
        guard text.byteCount > pieceByteCount else { return .json(text.next(upTo: .max)) }
        var response = Response.json([])
        response.body = .stream(length: text.byteCount) { [text] write in
            var rest = text
            while !rest.isAtEnd { try await write(rest.next(upTo: pieceByteCount)) }
        }
        return response
    }

    private static let pieceByteCount = 256 << 10
}
