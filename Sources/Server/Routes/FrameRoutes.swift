import Base
import Engine
import Media
import NIOHTTP1
import SystemPackage

/// Frames of videos, clips and frames.
enum FrameRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/frames", operationID: "listFrames",
            summary: "The frames of a video or clip: a line for each.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter] + span + [
                .init(
                    name: "crc", place: .query, schema: ["type": "boolean"],
                    description: "Decode each, and tell the CRC-32 of its luma samples.")
            ],
            responses: [
                .init(
                    200,
                    "An object a line: `index` within the video or clip, `frame_number` within the video, `time` in seconds from the video's first frame, `pts`, `keyframe`, `crc`.",
                    contentType: "application/x-ndjson", schema: Schemas.text)
            ], errors: [404, 410, 413, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(RequestReader.spanMembers + ["crc"])
                var frames = FrameListRequest(
                    try request.entityID(), class: try request.parameter("class"))
                frames.span = try reader.frameSpan()
                frames.wantsChecksums = try reader.flag("crc") ?? false
                return frames
            },
            answer: { exchange, request in
                // Bound before the status goes out, so that a video without frames still is an error.
                let pages = try await exchange.store.frames(request)
                return .lines { write in
                    for try await page in pages {
                        var writer = JSONWriter(capacity: page.count * 96)
                        for frame in page {
                            writer.write(frame)
                            writer.raw("\n")
                        }
                        try await write(writer.take())
                    }
                }
            })
    ]

    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/holder/classes/{id}", operationID: "getClassOfEntity",
            summary: "The class that an id is of.", access: .holder,
            parameters: [EntityRoutes.idParameter],
            responses: [.json("The class.", Schemas.object(["class": ["type": "string"]]))], errors: [404],
            read: { try $0.entityID() },
            answer: { exchange, id in
                .json(["class": .string(try await exchange.store.className(of: id))])
            }),
        Endpoint(
            .POST, "/v1/holder/frames", operationID: "exportFrames",
            summary: "Writes frames to files of a folder; a line for each.", access: .holder,
            body: [("application/json", Schemas.anything)],
            responses: [
                .init(
                    200, "A JSON object a line.", contentType: "application/x-ndjson", schema: Schemas.text)
            ], errors: [404, 410, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(
                    RequestReader.spanMembers + ["id", "class", "folder", "ending", "operations"])
                guard let id = EntityID(try reader.text("id")) else {
                    throw EngineError(.invalidRequest, "'id' must be an id such as 2.0.1", path: "id")
                }
                let folder = FilePath(try reader.text("folder"))
                guard folder.isAbsolute else {
                    throw EngineError(.invalidRequest, "'folder' must be absolute", path: "folder")
                }
                var export = FrameExportRequest(
                    id, class: try reader.text("class"),
                    pipeline: try Store.pipeline(try reader.texts("operations") ?? []), folder: folder,
                    ending: try reader.text("ending"))
                export.span = try reader.frameSpan()
                return export
            },
            answer: { exchange, request in
                .lines { write in
                    try await exchange.store.exportFrames(request) { files in
                        var writer = JSONWriter(capacity: files.count * 96)
                        for file in files {
                            writer.write(file)
                            writer.raw("\n")
                        }
                        try await write(writer.take())
                    }
                }
            }),
    ]

    // MARK: - Private

    private static let span: [Endpoint.Parameter] = [
        ("from", ["type": "integer", "minimum": 0], "The first frame, 0 unless told."),
        (
            "to", ["type": "integer", "minimum": 0],
            "The first frame that no longer is; all that follow unless told."
        ),
        ("every", ["type": "integer", "minimum": 1], "Every nth of them."),
        (
            "fps", ["type": "number", "exclusiveMinimum": 0],
            "Those nearest to so many times a second; none twice."
        ),
        ("keyframes", ["type": "boolean"], "Only those that need no other."),
    ].map { Endpoint.Parameter(name: $0.0, place: .query, schema: $0.1, description: $0.2) }
}

extension RequestReader {
    static let spanMembers = ["from", "to", "every", "fps", "keyframes"]

    /// Which frames.
    func frameSpan() throws -> FrameSpan {
        var span = FrameSpan()
        span.from = try count("from") ?? 0
        span.to = try count("to")
        var given: [String] = []
        if let step = try count("every") {
            span.step = .every(step)
            given.append("every")
        }
        if let value = object["fps"] {
            guard let rate = value.floatValue ?? value.stringValue.flatMap(Double.init), rate > 0,
                rate.isFinite
            else {
                throw EngineError(
                    .invalidRequest, "'fps' must be a number above 0, but is \(value.json)", path: "fps")
            }
            span.step = .rate(rate)
            given.append("fps")
        }
        if try flag("keyframes") == true {
            span.step = .keyframes
            given.append("keyframes")
        }
        guard given.count <= 1 else {
            throw EngineError(
                .invalidRequest, "'\(given[0])' and '\(given[1])' exclude each other", path: given[1])
        }
        return span
    }
}
