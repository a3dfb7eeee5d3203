import Base
import Engine
import HTTPTypes
import Hummingbird
import Pipeline

/// Images sent by clients.
enum UploadRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            method: .post, path: "/v1/entities/Image", operationID: "addImage",
            summary: "Adds an image, or several as a form's files.", access: .write,
            parameters: [
                .init(
                    name: "label", place: .query, schema: Schemas.text, description: "A label of the images."),
                .init(
                    name: "path", place: .query, schema: Schemas.text,
                    description: "The name that a bare image is known by."),
                .init(
                    name: "property.{name}", place: .query, schema: Schemas.text,
                    description:
                        "A property of the images, as in `property.split=train`; numbers, booleans and date-times are recognised."
                ),
            ],
            body: [
                ("application/octet-stream", ["type": "string", "format": "binary"]),
                ("image/*", ["type": "string", "format": "binary"]),
                (
                    "multipart/form-data",
                    Schemas.object([
                        "file": ["type": "array", "items": ["type": "string", "format": "binary"]]
                    ])
                ),
            ],
            responses: [
                .init(
                    201, "A verdict for each file, in order; 200 where nothing was new.",
                    contentType: "application/json",
                    schema: Schemas.object(
                        [
                            "verdicts": .object(Schemas.list(of: Schemas.anything)),
                            "added": ["type": "integer"],
                        ],
                        required: ["verdicts"])),
                .init(413, "The body is larger than the limit."), .init(415, "The body is no image."),
                .init(507, "The disk is full. Nothing was stored."),
            ],
            handle: add)
    ]

    private static func add(_ exchange: Exchange) async throws -> Response {
        var properties = Document()
        var labels: [String] = []
        var path = ""
        for (name, value) in try exchange.queryItems() {
            if name == "label" {
                labels.append(value)
            } else if name == "path" {
                path = value
            } else if name.hasPrefix("property."), name.utf8.count > 9 {
                properties[String(name.dropFirst(9))] = Value(inferredFrom: value)
            } else {
                throw EngineError(
                    .invalidRequest, "'\(name)' is not known here; there are label, path and property.NAME",
                    path: name)
            }
        }
        let body = try await exchange.body(upTo: exchange.service.limits.uploadByteCount)
        guard !body.isEmpty else { throw EngineError(.invalidRequest, "the body is empty: send an image") }
        var files: [(path: String, bytes: [UInt8])] = []
        if let boundary = exchange.request.headers[.contentType].flatMap(MultipartForm.boundary(contentType:))
        {
            for part in try MultipartForm(body: body, boundary: boundary).parts {
                if let fileName = part.fileName {
                    files.append((fileName, Array(part.bytes)))
                } else if part.name == "label" {
                    labels.append(String(decoding: part.bytes, as: UTF8.self))
                } else if part.name.hasPrefix("property."), part.name.utf8.count > 9 {
                    properties[String(part.name.dropFirst(9))] = Value(
                        inferredFrom: String(decoding: part.bytes, as: UTF8.self))
                }
            }
            guard !files.isEmpty else { throw EngineError(.invalidRequest, "the form holds no file") }
        } else {
            files = [(path, body)]
        }
        let verdicts = try await Upload.add(files, properties: properties, labels: labels, to: exchange.store)
        if verdicts.count == 1, let verdict = verdicts.first, verdict.outcome == .failed {
            throw EngineError(.unsupportedMedia, verdict.message ?? "the body is no image")
        }
        let added = verdicts.count { $0.outcome == .added }
        return .json(
            ["verdicts": .array(verdicts.map { .object($0.document) }), "added": .integer(Int64(added))],
            status: added > 0 ? .created : .ok)
    }
}
