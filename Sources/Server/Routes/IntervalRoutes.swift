import Base
import Engine
import NIOHTTP1
import Pipeline

/// Motion in videos, and the intervals of which something is said.
enum IntervalRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/intervals", operationID: "listIntervals",
            summary: "The intervals of a video, or of the one that a clip or frame is of, within that.",
            parameters: [
                EntityRoutes.classParameter, EntityRoutes.idParameter,
                .init(
                    name: "tag", place: .query, schema: ["type": "string"],
                    description: "Only those of this label class, such as `motion`."),
            ],
            responses: [.json("The intervals, in order.", intervals)], errors: [404, 410],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["tag"])
                let tag = try reader.object["tag"].map { _ in try reader.text("tag") }
                return (try request.entityID(), try request.parameter("class"), tag)
            },
            answer: { exchange, asked in
                let found = try await exchange.store.intervals(
                    of: asked.0, class: asked.1, tag: asked.2)
                return .json(["intervals": .array(found.map { .object($0) })])
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/{id}/intervals", operationID: "makeIntervals",
            summary:
                "Makes the intervals of a label class from the labels of a video's frames, unless that was done, and keeps them; those of `motion` from its pixels.",
            access: .update, parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter],
            body: [("application/json", making)],
            responses: [.json("What was found.", outcome)], errors: [404, 410, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["tag", "again"] + IntervalRule.members)
                return (
                    try request.entityID(), try request.parameter("class"), try reader.text("tag"),
                    try reader.flag("again") ?? false, try IntervalRule(document: reader.object)
                )
            },
            answer: { exchange, asked in
                let (id, entityClass, tag, again, rule) = asked
                guard tag != MotionFinding.tag else {
                    let finding = MotionFinding(exchange.store)
                    return .json(
                        try await finding.find(in: id, class: entityClass, again: again, rule: rule).told)
                }
                let finding = IntervalFinding(exchange.store)
                return .json(
                    try await finding.find(tag, in: id, class: entityClass, again: again, rule: rule).told)
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/{id}/motion", operationID: "findMotion",
            summary:
                "Looks through a video for motion unless that was done, and keeps the intervals with motion.",
            access: .update, parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter],
            body: [
                (
                    "application/json",
                    Schemas.request([
                        "again": [
                            "type": "boolean",
                            "description": "Look once more, and put what is found in the place of what was.",
                        ]
                    ])
                )
            ],
            responses: [.json("What was found.", outcome)], errors: [404, 410, 415],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["again"])
                return (
                    try request.entityID(), try request.parameter("class"),
                    try reader.flag("again") ?? false
                )
            },
            answer: { exchange, asked in
                let finding = MotionFinding(exchange.store)
                return .json(try await finding.find(in: asked.0, class: asked.1, again: asked.2).told)
            }),
        Endpoint(
            .GET, "/v1/entities/{class}/{id}/motion", operationID: "measureMotion",
            summary:
                "How much moves in a video, frame by frame of those that are looked at; a line for each.",
            parameters: [EntityRoutes.classParameter, EntityRoutes.idParameter],
            responses: [
                .init(
                    200,
                    "An object a line: `frame`, `time` in seconds from the video's first frame, `score`, the share of the picture that moves, `cells`, the column and row of each of 16 × 9 cells in which something moves, and `cut` where the picture was replaced.",
                    contentType: "application/x-ndjson", schema: Schemas.text)
            ], errors: [404, 410, 415],
            read: { request in
                try request.object().refuseUnknown([])
                return (try request.entityID(), try request.parameter("class"))
            },
            answer: { exchange, asked in
                // Looked through before the status goes out, so that one that cannot be is an error.
                let lines = try await MotionFinding(exchange.store).samples(
                    of: asked.0, class: asked.1)
                return .lines { write in
                    var writer = JSONWriter(capacity: lines.count * 64)
                    for line in lines {
                        writer.write(line)
                        writer.raw("\n")
                    }
                    try await write(writer.take())
                }
            }),
    ]

    // MARK: - Private

    private static let intervals = Schemas.object(
        [
            "intervals": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "tag": ["type": "string"], "start_frame": ["type": "integer"],
                            "end_frame": [
                                "type": "integer", "description": "The last one that belongs to it.",
                            ],
                            "start_time": ["type": "number"],
                            "end_time": [
                                "type": "number", "description": "When the last frame is no longer shown.",
                            ], "score": ["type": "number"],
                            "value": [
                                "type": "number",
                                "description": "What a tagger measured, a mean over the frames looked at.",
                            ], "source": ["type": "string"],
                            "run": ["type": "integer"], "label": ["type": "integer"],
                        ],
                        required: [
                            "tag", "start_frame", "end_frame", "start_time", "end_time", "source", "label",
                        ])))
        ], required: ["intervals"])

    private static let making = Schemas.request(
        [
            "tag": ["type": "string", "minLength": 1, "description": "The label class."],
            "again": [
                "type": "boolean",
                "description": "Make them anew, and put what is found in the place of what was.",
            ],
            "high": seconds(upTo: 1, "The score that opens an interval; any above 0 unless told."),
            "low": seconds(upTo: 1, "The score that keeps it open; `high` unless told."),
            "shortest": seconds(upTo: 86_400, "Shorter ones are left out, in seconds."),
            "gap": seconds(upTo: 86_400, "Pauses up to so many seconds are filled; 1 unless told."),
            "padding": seconds(upTo: 86_400, "Seconds that are added before and behind."),
        ], required: ["tag"])

    private static func seconds(upTo limit: Int64, _ description: String) -> Value {
        [
            "type": "number", "minimum": 0, "maximum": .integer(limit), "description": .string(description),
        ]
    }

    private static let outcome = Schemas.object(
        [
            "verdict": ["type": "string", "enum": ["labelled", "nothing", "known", "gone"]],
            "intervals": ["type": "integer"],
        ], required: ["verdict"])
}

extension StatementOutcome {
    /// `verdict`, and how many `intervals` were found.
    fileprivate var told: Document {
        switch self {
        case .labelled(0): ["verdict": "nothing", "intervals": 0]
        case .labelled(let count): ["verdict": "labelled", "intervals": .integer(Int64(count))]
        case .known: ["verdict": "known"]
        case .gone, .failed: ["verdict": "gone"]
        }
    }
}
