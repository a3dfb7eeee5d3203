import Base
import Engine
import NIOHTTP1
import Query

/// How many frames have which tags.
enum FrameStatisticsRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/entities/{class}/frame-statistics", operationID: "countTaggedFrames",
            summary: "How many frames of videos or clips have which tags, and how a subset differs.",
            parameters: [EntityRoutes.classParameter],
            body: [
                (
                    "application/json",
                    Schemas.request([
                        "filter": .object(Schemas.filter),
                        "subset": [
                            "type": "object",
                            "description": "A filter for the ones that are compared with all.",
                        ],
                        "per_video": ["type": "boolean", "description": "Tell of each by itself, too."],
                    ])
                )
            ],
            responses: [.json("The statistics.", statistics)], errors: [404, 413],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["filter", "subset", "per_video"])
                var asked = FrameStatisticsRequest(
                    class: try request.parameter("class"), filter: try reader.filter(),
                    wantsEach: try reader.flag("per_video") ?? false)
                if let subset = reader.object["subset"] {
                    do {
                        asked.subset = try RequestReader(["filter": subset]).filter()
                    } catch var error as EngineError {
                        error.path = "subset" + (error.path.map { ".\($0)" } ?? "")
                        throw error
                    }
                }
                return asked
            },
            answer: { exchange, asked in
                .json(try await exchange.store.frameStatistics(asked).document)
            })
    ]

    private static let count: Document = ["type": "integer", "minimum": 0]
    private static let number: Document = ["type": "number"]
    private static let total: Document = [
        "videos": .object(count), "frames": .object(count), "seconds": .object(number),
    ]

    private static let statistics = Schemas.object(
        Document(
            total.members.map { ($0.key, $0.value) } + [
                (
                    "tags",
                    .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "tag": .object(Schemas.text), "frames": .object(count),
                                    "percent": .object(number), "videos": .object(count),
                                    "subset_frames": .object(count), "subset_percent": .object(number),
                                    "difference": .object(number),
                                ], required: ["tag", "frames", "percent", "videos"])))
                ),
                ("subset", .object(Schemas.object(total, required: ["videos", "frames", "seconds"]))),
                (
                    "groups",
                    .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "group": .object(Schemas.text),
                                    "distance": [
                                        "type": "number", "minimum": 0, "maximum": 1,
                                        "description":
                                            "Half the sum of the differences of what parts the tagger's tags have.",
                                    ],
                                ], required: ["group", "distance"])))
                ),
                (
                    "per_video",
                    .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "video": .object(Schemas.id), "path": .object(Schemas.text),
                                    "frames": .object(count), "seconds": .object(number),
                                    "tags": ["type": "object"],
                                ], required: ["video", "frames", "seconds", "tags"])))
                ),
            ]), required: ["videos", "frames", "seconds", "tags"])
}
