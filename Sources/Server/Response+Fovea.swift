import Base
import Engine
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// `document` as JSON.
    static func json(_ document: Document, status: HTTPResponse.Status = .ok) -> Response {
        var writer = JSONWriter(capacity: 256)
        writer.write(document)
        return json(writer.take(), status: status)
    }

    /// Bytes that are JSON already.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Plain text.
    static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// An error as every face of HTTP shows it: `{"error": {"code", "message", "path"}}`.
    static func failure(_ error: EngineError) -> Response {
        var description: Document = ["code": .string(error.code.rawValue), "message": .string(error.message)]
        if let path = error.path { description["path"] = .string(path) }
        var response = Response.json(["error": .object(description)], status: error.status)
        if error.code == .overloaded { response.headers[.retryAfter] = "1" }
        return response
    }
}

extension EngineError {
    /// The HTTP status of this error.
    var status: HTTPResponse.Status {
        switch code {
        case .invalidRequest, .invalidFilter, .invalidOperation: .badRequest
        case .unsupportedMedia: .unsupportedMediaType
        case .notFound: .notFound
        case .gone: .gone
        case .conflict: .conflict
        case .readOnly: .forbidden
        case .limitExceeded: .contentTooLarge
        case .cancelled: .init(code: 499, reasonPhrase: "Client Closed Request")
        case .overloaded: .serviceUnavailable
        case .diskFull: .init(code: 507, reasonPhrase: "Insufficient Storage")
        case .corrupt, .failed, .newerFormat: .internalServerError
        }
    }
}
