import Base
import Engine
import HTTPTypes
import Hummingbird
import NIOCore

/// A request on its way to an endpoint: parsed where every endpoint needs the same, with what serves it.
struct Exchange: Sendable {
    let request: Request
    let parameters: Parameters
    let service: Service

    /// What endpoints work with.
    struct Service: Sendable {
        var store: Store
        var metrics: Metrics
        /// Whether the request came over the holder's socket, from a process of the same user.
        var isHolderSocket: Bool
        var limits: Limits
    }

    /// What a request may cost.
    struct Limits: Sendable {
        var bodyByteCount = 64 << 20
        var uploadByteCount = 512 << 20
    }

    var store: Store { service.store }

    /// A path parameter, percent-decoded.
    func parameter(_ name: String) throws -> String {
        guard let text = parameters.get(name), let decoded = PercentEncoding.decode(text) else {
            throw EngineError(.invalidRequest, "the path lacks a readable '\(name)'", path: name)
        }
        return decoded
    }

    /// The query's items in order, percent-decoded, `+` as a space; an item without `=` has an empty value.
    func queryItems() throws -> [(name: String, value: String)] {
        guard let query = request.uri.query else { return [] }
        return try query.split(separator: "&", omittingEmptySubsequences: true).map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decodeForm(parts[0]),
                let value = PercentEncoding.decodeForm(parts.count > 1 ? parts[1] : "")
            else {
                throw EngineError(.invalidRequest, "the query string is not percent-encoded UTF-8: \(item)")
            }
            return (name, value)
        }
    }

    /// The whole body, at most `limit` bytes.
    /// - Throws: ``EngineError/Code/limitExceeded`` above `limit`, before the rest is read.
    func body(upTo limit: Int) async throws -> [UInt8] {
        if let announced = request.headers[.contentLength].flatMap(Int.init), announced > limit {
            throw EngineError(.limitExceeded, "the body has \(announced) bytes, the limit is \(limit)")
        }
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else {
                throw EngineError(.limitExceeded, "the body has more than \(limit) bytes, which is the limit")
            }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    /// The body as a JSON object, or the query's items as one where there is no body.
    func requestObject() async throws -> Document {
        let bytes = try await body(upTo: service.limits.bodyByteCount)
        if bytes.isEmpty { return Document(try queryItems().map { ($0.name, .string($0.value)) }) }
        do {
            let value = try JSON.parse(bytes)
            guard let object = value.objectValue else {
                throw EngineError(.invalidRequest, "the body must be a JSON object")
            }
            return object
        } catch let error as JSONError {
            throw EngineError(.invalidRequest, "the body is no JSON: \(error)", cause: error)
        }
    }

    /// Whether the caller would rather have a line for each entity than one object.
    var wantsLines: Bool { request.headers[.accept]?.contains("application/x-ndjson") ?? false }
}
