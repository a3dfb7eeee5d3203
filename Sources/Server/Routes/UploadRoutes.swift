import Base
import Engine
import NIOHTTP1
import Pipeline

/// Images and videos sent by clients.
enum UploadRoutes {
    static let endpoints: [Endpoint] = [upload(isVideo: false), upload(isVideo: true)]

    private static func upload(isVideo: Bool) -> Endpoint {
        let what = isVideo ? "video" : "image"
        return Endpoint(
            .POST, isVideo ? "/v1/entities/Video" : "/v1/entities/Image",
            operationID: isVideo ? "addVideo" : "addImage",
            summary: "Adds \(isVideo ? "a video" : "an image"), or several as a form's files.",
            access: .create,
            parameters: [
                .init(
                    name: "label", place: .query, schema: Schemas.word,
                    description: "A label of the \(what)s."),
                .init(
                    name: "path", place: .query, schema: Schemas.text,
                    description: "The name that a bare \(what) is known by."),
                .init(
                    name: "property.{name}", place: .query, schema: Schemas.text,
                    description:
                        "A property of the \(what)s, as in `property.split=train`; numbers, booleans and date-times are recognised."
                ),
            ],
            body: [
                ("application/octet-stream", ["type": "string", "format": "binary"]),
                ("\(what)/*", ["type": "string", "format": "binary"]),
                (
                    "multipart/form-data",
                    Schemas.object(
                        [
                            "file": [
                                "type": "array", "items": ["type": "string", "format": "binary"],
                                "minItems": 1,
                            ]
                        ], required: ["file"])
                ),
            ],
            responses: [
                .json("A verdict for each file, in order; something was added.", verdicts, status: 201),
                .json("A verdict for each file, in order; nothing was new.", verdicts),
            ], errors: [409, 415],
            read: Files.init,
            answer: { try await add($0, $1, isVideo: isVideo) })
    }

    private static let verdict = Schemas.object(
        [
            "path": ["type": "string"],
            "verdict": ["type": "string", "enum": ["added", "duplicate", "skipped", "failed"]],
            "_uniqueid": ["type": "string", "description": "What was added, or is there already."],
            "reason": ["type": "string", "description": "Why it failed."],
            "note": ["type": "string", "description": "What is noteworthy of it all the same."],
        ], required: ["path", "verdict"])
    private static let verdicts = Schemas.object(
        ["verdicts": .object(Schemas.list(of: verdict)), "added": ["type": "integer"]],
        required: ["verdicts", "added"])

    /// The files of a request, with what is said of all of them.
    private struct Files: Sendable {
        var files: [(path: String, bytes: [UInt8])] = []
        var properties = Document()
        var labels: [String] = []

        init(_ request: Request) throws {
            var path = ""
            for (name, value) in try request.queryItems() {
                if name == "path" {
                    path = value
                } else if !take(name, value) {
                    throw EngineError(
                        .invalidRequest,
                        "'\(name)' is not known here; there are label, path and property.NAME", path: name)
                }
            }
            guard !request.body.isEmpty else {
                throw EngineError(.invalidRequest, "the body is empty: send an image or a video")
            }
            let type = request.header("content-type") ?? ""
            guard let boundary = try MultipartForm.boundary(contentType: type) else {
                files = [(path, request.body)]
                return
            }
            for part in try MultipartForm(body: request.body, boundary: boundary).parts {
                if let fileName = part.fileName {
                    files.append((fileName, Array(part.bytes)))
                } else if !take(part.name, String(decoding: part.bytes, as: UTF8.self)) {
                    throw EngineError(
                        .invalidRequest,
                        "the form's field '\(part.name)' is not known here; there are files, label and property.NAME",
                        path: part.name)
                }
            }
            guard !files.isEmpty else { throw EngineError(.invalidRequest, "the form holds no file") }
        }

        /// Whether `name` says something of the files.
        private mutating func take(_ name: String, _ value: String) -> Bool {
            if name == "label" {
                labels.append(value)
            } else if name.hasPrefix("property."), name.utf8.count > 9 {
                properties[String(name.dropFirst(9))] = Value(inferredFrom: value)
            } else {
                return false
            }
            return true
        }
    }

    private static func add(
        _ exchange: Exchange, _ given: Files, isVideo: Bool
    ) async throws -> Response {
        let verdicts = try await Upload.add(
            given.files, properties: given.properties, labels: given.labels, isVideo: isVideo,
            to: exchange.store)
        if verdicts.count == 1, let verdict = verdicts.first, verdict.outcome == .failed {
            throw EngineError(
                verdict.failure ?? .unsupportedMedia,
                verdict.message ?? "the body is no \(isVideo ? "video" : "image")")
        }
        let added = verdicts.count { $0.outcome == .added }
        return .json(
            ["verdicts": .array(verdicts.map { .object($0.document) }), "added": .integer(Int64(added))],
            status: added > 0 ? .created : .ok)
    }
}
