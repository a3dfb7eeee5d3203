import Base
import Engine
import NIOCore
import NIOHTTP1

/// An answer: its head, and its bytes or what makes them.
struct Response: Sendable {
    /// What comes after the head.
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        case buffer(ByteBuffer)
        /// Pieces that `write` takes as they are made, `length` bytes in all where that is known. A piece is
        /// asked for when the one before it has left for the network.
        case stream(length: Int?, @Sendable (_ write: @escaping Write) async throws -> Void)
    }

    /// Hands a piece to the connection, and returns when it may have the next one.
    typealias Write = @Sendable ([UInt8]) async throws -> Void

    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: Body

    init(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: Body = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `document` as JSON.
    static func json(_ document: Document, status: HTTPResponseStatus = .ok) -> Response {
        var writer = JSONWriter(capacity: 256)
        writer.write(document)
        return json(writer.take(), status: status)
    }

    /// Bytes that are JSON already.
    static func json(_ bytes: [UInt8], status: HTTPResponseStatus = .ok) -> Response {
        Response(
            status, headers: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: .bytes(bytes))
    }

    /// A table of Arrow.
    static func table(_ answer: TableAnswer) -> Response {
        var headers: HTTPHeaders = ["Content-Type": TableAnswer.mediaType, "Cache-Control": "no-store"]
        if let count = answer.count { headers.add(name: "X-Fovea-Count", value: String(count)) }
        return Response(
            .ok, headers: headers,
            body: .stream(length: answer.byteCount) { write in
                for piece in answer.pieces { try await write(piece) }
            })
    }

    /// Plain text.
    static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> Response {
        Response(
            .ok, headers: ["Content-Type": contentType, "Cache-Control": "no-store"],
            body: .bytes(Array(text.utf8)))
    }

    /// JSON lines that `make` writes as it goes. What fails then is the last line: `{"error": …}`.
    static func lines(
        headers: HTTPHeaders = [:],
        _ make: @escaping @Sendable (_ write: @escaping Write) async throws -> Void
    ) -> Response {
        var all: HTTPHeaders = ["Content-Type": "application/x-ndjson", "Cache-Control": "no-store"]
        all.add(contentsOf: headers)
        return Response(
            .ok, headers: all,
            body: .stream(length: nil) { write in
                do {
                    try await make(write)
                } catch {
                    // Nobody is left to read it where the caller gave up.
                    guard !Task.isCancelled else { throw error }
                    try await write(Array(EngineError(reporting: error).object.json.utf8) + [0x0A])
                }
            })
    }

    /// An error as every face of HTTP shows it: `{"error": {"code", "message", "path"}}`.
    static func failure(_ error: EngineError, status: HTTPResponseStatus? = nil) -> Response {
        var response = Response.json(error.object, status: status ?? error.status)
        if let wait = error.retryAfter ?? (error.code == .overloaded ? .seconds(1) : nil) {
            let seconds = Int((wait / .seconds(1)).rounded(.up))
            response.headers.add(name: "Retry-After", value: String(max(seconds, 1)))
        }
        // By the second, browsers ask their user, which is how the web page is logged in to.
        if error.code == .unauthenticated {
            response.headers.add(name: "WWW-Authenticate", value: "Bearer")
            response.headers.add(name: "WWW-Authenticate", value: "Basic realm=\"fovea\", charset=\"UTF-8\"")
        }
        return response
    }

    /// To somebody who must log in first.
    static var noSession: Response {
        .failure(
            EngineError(
                .unauthenticated,
                "log in first: send a user's name and password as 'Authorization: Basic', or a token as 'Authorization: Bearer TOKEN', of a user (adbp_…) or of a session (adbs_…, from 'Authenticate' at /api)"
            ))
    }

    /// What ``holderEnded`` is known by.
    static let holderEndedField = "fovea-holder-ended"

    /// To a command that came as the holder was ending: its request was not looked at, and another holder may
    /// be sought.
    static var holderEnded: Response {
        var response = Response.failure(
            EngineError(.overloaded, "the process that held the store is ending; ask again"))
        response.headers.add(name: holderEndedField, value: "true")
        return response
    }

    /// The length that the head may announce; `nil` where only the end tells it.
    var length: Int? {
        switch body {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .buffer(let buffer): buffer.readableBytes
        case .stream(let length, _): length
        }
    }
}

extension EngineError {
    /// `{"error": {"code", "message", "path"}}`.
    var object: Document {
        var description: Document = ["code": .string(code.rawValue), "message": .string(message)]
        if let path { description["path"] = .string(path) }
        return ["error": .object(description)]
    }

    /// The HTTP status of this error.
    var status: HTTPResponseStatus {
        switch code {
        case .invalidRequest, .invalidFilter, .invalidOperation: .badRequest
        case .unsupportedMedia: .unsupportedMediaType
        case .notFound: .notFound
        case .gone: .gone
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .tooManyAttempts, .rateLimited: .tooManyRequests
        case .unreachable: .badGateway
        case .timedOut: .gatewayTimeout
        case .conflict: .conflict
        case .readOnly: .forbidden
        case .limitExceeded: .payloadTooLarge
        case .cancelled: .custom(code: 499, reasonPhrase: "Client Closed Request")
        case .overloaded: .serviceUnavailable
        case .diskFull: .insufficientStorage
        case .corrupt, .failed, .newerFormat: .internalServerError
        }
    }
}
