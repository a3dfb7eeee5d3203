import Base
import Engine
import HTTPTypes
import Hummingbird
import Media
import NIOCore

/// Stored bytes, and pixels processed on the way.
enum PixelRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/entities/{class}/{id}/blob", operationID: "getBlob",
            summary: "The stored bytes as they are, checked against their checksum.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter] + conditions,
            responses: bytes("The bytes.")
        ) { exchange in
            let blob = try await exchange.store.blob(exchange.entityID(), class: exchange.parameter("class"))
            let tag = "\"\(blob.digest)\""
            if exchange.request.hasCurrent(tag) { return .notModified(tag) }
            return try await exchange.answer(
                length: blob.byteCount, contentType: blob.contentType, tag: tag,
                extra: [.contentDisposition: "inline"]
            ) { range in try await exchange.store.bytes(of: blob, range: range) }
        },
        Endpoint(
            method: .get, path: "/v1/entities/{class}/{id}/pixels", operationID: "getPixels",
            summary: "The image's pixels, processed by the operations of the query string, in their order.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter] + conditions + operations,
            responses: bytes("The encoded image, or a raw tensor.")
                + [
                    .init(410, "The image is a reference, and its file is gone."),
                    .init(400, "An operation is wrong."),
                ],
            handle: pixels),
        Endpoint(
            method: .get, path: "/v1/operations", operationID: "listOperations",
            summary: "Every image operation with its parameters, ranges and formula.",
            responses: [.json("The operations.", Schemas.anything)]
        ) { _ in .json(OperationTable.document) },
    ]

    // MARK: - Private

    private static let conditions: [Endpoint.Parameter] = [
        .init(
            name: "If-None-Match", place: .header, schema: Schemas.text,
            description: "Entity tags; 304 if one is current."),
        .init(name: "Range", place: .header, schema: Schemas.text, description: "One byte range."),
    ]

    private static let operations: [Endpoint.Parameter] = OperationTable.references.map {
        .init(name: $0.name, place: .query, schema: Schemas.text, description: $0.summary)
    }

    private static func bytes(_ description: String) -> [Endpoint.Outcome] {
        [
            .init(200, description, contentType: "*/*", schema: ["type": "string", "format": "binary"]),
            .init(
                206, "The range asked for.", contentType: "*/*",
                schema: ["type": "string", "format": "binary"]),
            .init(304, "The entity tag is current."), .init(404, "There is no such entity."),
            .init(416, "The range lies outside."),
        ]
    }

    private static func pixels(_ exchange: Exchange) async throws -> Response {
        let texts = try exchange.queryItems().map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        let request = try await exchange.store.pixelRequest(
            exchange.entityID(), class: exchange.parameter("class"), operations: texts)
        let tag = "\"\(request.key.name)\""
        if exchange.request.hasCurrent(tag) { return .notModified(tag) }
        let pixels = try await exchange.store.pixels(request)
        var extra = HTTPFields()
        if !pixels.shape.isEmpty {
            extra[.fovea("shape")] = pixels.shape.map(String.init).joined(separator: ",")
            extra[.fovea("type")] = pixels.elementType
        }
        return try await exchange.answer(
            length: pixels.bytes.count, contentType: pixels.contentType, tag: tag, extra: extra
        ) { range in range.map { Array(pixels.bytes[$0]) } ?? pixels.bytes }
    }
}

extension HTTPField.Name {
    /// `X-Fovea-…`: what an answer says about its bytes.
    fileprivate static func fovea(_ name: String) -> HTTPField.Name {
        // The names are literals of this file, all of them tokens.
        HTTPField.Name("X-Fovea-\(name)")!
    }
}

extension Request {
    /// Whether `If-None-Match` names `tag`, or anything.
    fileprivate func hasCurrent(_ tag: String) -> Bool {
        guard let header = headers[.ifNoneMatch] else { return false }
        return header.split(separator: ",").contains { item in
            let item = item.drop { $0 == " " }
            return item == "*" || item == tag || item == "W/" + tag
        }
    }
}

extension Response {
    fileprivate static func notModified(_ tag: String) -> Response {
        Response(status: .notModified, headers: [.eTag: tag, .cacheControl: PixelCaching.header])
    }
}

/// Bytes may be kept, but asked for again: an address names an entity of whichever store is served there, and
/// only the entity tag names the bytes.
private enum PixelCaching {
    static let header = "private, no-cache"
}

extension Exchange {
    /// Bytes with a strong entity tag, whole or the range that the request asks for.
    fileprivate func answer(
        length: Int, contentType: String, tag: String, extra: HTTPFields,
        _ read: @Sendable (Range<Int>?) async throws -> [UInt8]
    ) async throws -> Response {
        var headers = extra
        headers[.contentType] = contentType
        headers[.eTag] = tag
        headers[.acceptRanges] = "bytes"
        headers[.cacheControl] = PixelCaching.header
        headers[.xContentTypeOptions] = "nosniff"
        // If-Range with another tag asks for the whole.
        let isRangeCurrent = request.headers[.ifRange].map { $0 == tag } ?? true
        switch ByteRange(header: isRangeCurrent ? request.headers[.range] : nil, length: length) {
        case .whole:
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try await read(nil))))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
            return Response(
                status: .partialContent, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try await read(range))))
        case .unsatisfiable:
            return Response(status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(length)"])
        }
    }
}
