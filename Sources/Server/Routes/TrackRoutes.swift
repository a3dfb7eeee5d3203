import Base
import Engine
import NIOHTTP1
import Pipeline

/// Boxes that move through videos.
enum TrackRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/tracks", operationID: "listTracks",
            summary:
                "The tracks of a video, or of the one that a clip or frame is of, within that; a line for each.",
            parameters: [
                EntityRoutes.classParameter, EntityRoutes.idParameter,
                .init(
                    name: "tag", place: .query, schema: ["type": "string"],
                    description: "Only those of this label class, such as `person`."),
                .init(
                    name: "expand", place: .query, schema: ["type": "boolean"],
                    description:
                        "Where each is in every frame and how it moves there, instead of its keyframes."),
            ],
            responses: [
                .init(
                    200,
                    "An object a line: `track`, `tag`, `start_frame`, `end_frame`, `start_time`, `end_time`, `confidence`, `source`, `seen_by` (the program whose boxes were followed), `run`, and `keyframes`, or `temporal` with an object for each frame: `frame_number`, `time`, `bbox` with position, velocity and speed, `center`, and `count`, the tracks of its class in that frame.",
                    contentType: "application/x-ndjson", schema: Schemas.text)
            ], errors: [404, 410, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["tag", "expand"])
                let tag = try reader.object["tag"].map { _ in try reader.text("tag") }
                return (
                    try request.entityID(), try request.parameter("class"), tag,
                    try reader.flag("expand") ?? false
                )
            },
            answer: { exchange, asked in
                // Made before the status goes out, so that what has no frames is an error.
                let lines = try await exchange.store.trackDocuments(
                    of: asked.0, class: asked.1, tag: asked.2, expands: asked.3)
                return .lines { write in
                    for line in lines {
                        var writer = JSONWriter(capacity: 1_024)
                        writer.write(line)
                        writer.raw("\n")
                        try await write(writer.take())
                    }
                }
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/{id}/tracks", operationID: "findTracks",
            summary: "Follows the boxes of a video's frames, unless that was done, and keeps the tracks.",
            access: .update, parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter],
            body: [("application/json", request)],
            responses: [.json("What was found.", outcome)], errors: [404, 410, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["tracker", "tag", "source", "again"])
                let method = try reader.object["tracker"].map { value in
                    guard let method = value.stringValue.flatMap(TrackFinding.Method.init(rawValue:)) else {
                        throw EngineError(
                            .invalidRequest, "'tracker' must be sort or bytetrack", path: "tracker")
                    }
                    return method
                }
                let tag = try reader.object["tag"].map { _ in try reader.text("tag") }
                let source = try reader.object["source"].map { _ in try reader.text("source") }
                return (
                    try request.entityID(), try request.parameter("class"), method, tag, source,
                    try reader.flag("again") ?? false
                )
            },
            answer: { exchange, asked in
                let (id, entityClass, method, tag, source, again) = asked
                let outcome = try await TrackFinding(exchange.store).find(
                    in: id, class: entityClass, by: method, tag: tag, source: source, again: again)
                switch outcome {
                case .labelled(0): return .json(["verdict": "nothing", "tracks": 0])
                case .labelled(let count):
                    return .json(["verdict": "labelled", "tracks": .integer(Int64(count))])
                case .known: return .json(["verdict": "known"])
                case .gone, .failed: return .json(["verdict": "gone"])
                }
            }),
    ]

    // MARK: - Private

    private static let request = Schemas.request([
        "tracker": [
            "type": "string", "enum": ["sort", "bytetrack"],
            "description": "That of the tracks that there are unless told, `sort` at first.",
        ],
        "tag": ["type": "string", "minLength": 1, "description": "Only boxes of this label class."],
        "source": [
            "type": "string", "minLength": 1,
            "description":
                "Only boxes of this source, with its version or without, such as `cascade:people`. Otherwise of each class those of the program that looked last, and what people say of it.",
        ],
        "again": ["type": "boolean", "description": "Whether it is done anew."],
    ])

    private static let outcome = Schemas.object(
        [
            "verdict": ["type": "string", "enum": ["labelled", "nothing", "known", "gone"]],
            "tracks": ["type": "integer"],
        ], required: ["verdict"])
}
