import Base
import Engine
import Media
import NIOCore
import NIOHTTP1

/// Stored bytes, and pixels processed on the way.
enum PixelRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/blob", operationID: "getBlob",
            summary: "The stored bytes as they are, checked against their checksum.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter] + conditions,
            responses: bytes("The bytes."), errors: [404, 410],
            read: { (id: try $0.entityID(), class: try $0.parameter("class")) },
            answer: blob),
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/pixels", operationID: "getPixels",
            summary:
                "The pixels of an image or of a frame, processed by the operations of the query string, in their order.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter] + conditions + [frame]
                + operations,
            responses: bytes(
                "The encoded image, or a raw tensor.",
                headers: [
                    ("X-Fovea-Shape", "The axes of a tensor, as in `1,3,224,224`."),
                    ("X-Fovea-Type", "The type of a tensor's elements."),
                ]), errors: [404, 410, 413, 415],
            atOnce: pixelsAtHand,
            read: { request in
                var query = PixelQuery(
                    id: try request.entityID(), entityClass: try request.parameter("class"),
                    pipeline: try Store.pipeline([]))
                let texts = try request.queryItems().compactMap { item -> String? in
                    if item.name != frame.name {
                        return item.value.isEmpty ? item.name : "\(item.name)=\(item.value)"
                    }
                    guard let number = Int(item.value), number >= 0, query.frame == nil else {
                        throw EngineError(
                            .invalidRequest, "'frame' must be one whole number, 0 or more", path: "frame")
                    }
                    query.frame = number
                    return nil
                }
                query.pipeline = try Store.pipeline(texts)
                return query
            },
            answer: pixels),
        Endpoint(
            "/v1/operations", operationID: "listOperations",
            summary: "Every image operation with its parameters, ranges and formula.",
            responses: [.json("The operations.", Schemas.anything)]
        ) { _ in .json(OperationTable.document) },
    ]

    // MARK: - Private

    /// What is asked of one image, or of a frame.
    private struct PixelQuery: Sendable {
        var id: EntityID
        var entityClass: String
        var pipeline: ImagePipeline
        var frame: Int?
    }

    private static let frame = Endpoint.Parameter(
        name: "frame", place: .query, schema: ["type": "integer", "minimum": 0],
        description: "Of a video, a clip or a frame: which of its frames, from 0; the first one unless told.")

    private static let conditions: [Endpoint.Parameter] = [
        .init(
            name: "If-None-Match", place: .header, schema: Schemas.text,
            description: "Entity tags; 304 if one is current."),
        .init(name: "Range", place: .header, schema: Schemas.text, description: "One byte range."),
    ]

    private static let operations: [Endpoint.Parameter] = OperationTable.references.map {
        .init(name: $0.name, place: .query, schema: Schemas.text, description: $0.summary)
    }

    private static func bytes(
        _ description: String, headers: [(name: String, description: String)] = []
    ) -> [Endpoint.Outcome] {
        let binary: Document = ["type": "string", "format": "binary"]
        let tag = (name: "ETag", description: "Names these bytes: a strong entity tag.")
        let range = (name: "Content-Range", description: "Which bytes of how many.")
        return [
            .init(200, description, contentType: "*/*", schema: binary, headers: [tag] + headers),
            .init(
                206, "The range asked for.", contentType: "*/*", schema: binary,
                headers: [tag, range] + headers),
            .init(304, "The entity tag is current.", headers: [tag]),
            .init(416, "The range lies outside.", headers: [range]),
        ]
    }

    private static func blob(
        _ exchange: Exchange, _ sought: (id: EntityID, class: String)
    ) async throws -> Response {
        let store = exchange.store
        let stored = try await store.blob(sought.id, class: sought.class)
        var headers = PixelHeaders.of(contentType: stored.contentType, tag: "\"\(stored.digest)\"")
        headers.add(name: "Content-Disposition", value: "inline")
        let part: Range<Int>
        switch exchange.request.partial(length: stored.byteCount, headers: &headers) {
        case .answered(let response): return response
        case .range(let status, let range):
            part = range
            // Small ones are read, and found to be whole, before the status is sent.
            guard range.count > PixelRoutes.pieceByteCount else {
                let bytes = try await store.bytes(of: stored, range: range)
                return Response(status, headers: headers, body: .bytes(bytes))
            }
            // A command has no place to say what went wrong after the status.
            if exchange.service.isHolderSocket { try await store.checkBytes(of: stored) }
            let pieces = try await store.pieces(of: stored, range: part, byteCount: pieceByteCount)
            return Response(
                status, headers: headers,
                body: .stream(length: part.count) { write in
                    for try await piece in pieces { try await write(piece) }
                })
        }
    }

    /// How much of a large blob is in memory for one reader.
    private static let pieceByteCount = 4 << 20

    private static func pixels(_ exchange: Exchange, _ query: PixelQuery) async throws -> Response {
        let request = try await exchange.store.pixelRequest(
            query.id, class: query.entityClass, pipeline: query.pipeline, frame: query.frame)
        let tag = "\"\(request.key.name)\""
        if exchange.request.holdsTag(tag) { return .notModified(tag) }
        let pixels = try await exchange.store.pixels(request)
        var headers = PixelHeaders.of(contentType: pixels.contentType, tag: tag)
        if !pixels.shape.isEmpty {
            headers.add(name: "X-Fovea-Shape", value: pixels.shape.map(String.init).joined(separator: ","))
            headers.add(name: "X-Fovea-Type", value: pixels.elementType)
        }
        exchange.service.shortcuts.note(
            exchange.request.target, commit: request.commit, key: request.key, headers: headers)
        return answer(exchange.request, pixels, headers)
    }

    /// Pixels that memory holds and whose target was looked up since the last commit.
    private static func pixelsAtHand(_ request: Request, _ service: Exchange.Service) -> Response? {
        guard let (key, headers) = service.shortcuts.find(request.target, in: service.store),
            let pixels = service.store.pixelsInMemory(key)
        else { return nil }
        return answer(request, pixels, headers)
    }

    private static func answer(
        _ request: Request, _ pixels: DerivedPixels, _ headers: HTTPHeaders
    ) -> Response {
        var headers = headers
        switch request.partial(length: pixels.bytes.count, headers: &headers) {
        case .answered(let response): return response
        case .range(let status, let range):
            let isWhole = range.count == pixels.bytes.count
            return Response(
                status, headers: headers, body: .bytes(isWhole ? pixels.bytes : Array(pixels.bytes[range])))
        }
    }
}

/// What stands in the head of every answer of bytes.
private enum PixelHeaders {
    /// Bytes may be kept, but asked for again: an address names an entity of whichever store is served there,
    /// and only the entity tag names the bytes.
    static let caching = "private, no-cache"

    static func of(contentType: String, tag: String) -> HTTPHeaders {
        [
            "Content-Type": contentType, "ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": caching,
            // What somebody uploaded is shown as an image, and never run.
            "Content-Security-Policy": "default-src 'none'; sandbox",
        ]
    }
}

extension Response {
    fileprivate static func notModified(_ tag: String) -> Response {
        Response(.notModified, headers: ["ETag": tag, "Cache-Control": PixelHeaders.caching])
    }
}

extension Request {
    /// Whether `If-None-Match` names `tag`, or anything.
    func holdsTag(_ tag: String) -> Bool {
        headers.contains { name, list in
            guard name.lowercased() == "if-none-match" else { return false }
            return list.split(separator: ",").contains { item in
                let item = item.drop { $0 == " " }.prefix { $0 != " " }
                return item == "*" || item == tag || item == "W/" + tag
            }
        }
    }

    /// Which of the bytes to send.
    fileprivate enum Part {
        case answered(Response)
        case range(HTTPResponseStatus, Range<Int>)
    }

    /// Looks at the conditions and the range of the request for bytes with `headers`, to which it adds.
    fileprivate func partial(length: Int, headers: inout HTTPHeaders) -> Part {
        let tag = headers.first(name: "ETag") ?? ""
        if holdsTag(tag) { return .answered(.notModified(tag)) }
        // If-Range with another tag asks for the whole.
        let isRangeCurrent = header("if-range").map { $0 == tag } ?? true
        switch ByteRange(header: isRangeCurrent ? header("range") : nil, length: length) {
        case .whole: return .range(.ok, 0..<length)
        case .part(let range):
            headers.add(
                name: "Content-Range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)")
            return .range(.partialContent, range)
        case .unsatisfiable:
            return .answered(
                Response(.rangeNotSatisfiable, headers: ["Content-Range": "bytes */\(length)"]))
        }
    }
}
