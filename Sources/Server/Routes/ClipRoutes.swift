import Base
import Engine
import Media
import NIOHTTP1
import SystemPackage

/// Clips of videos, and parts of videos that are written to files.
enum ClipRoutes {
    static let endpoints: [Endpoint] = [
        {
            var endpoint = Endpoint(
                .POST, "/v1/entities/Clip", operationID: "addClip",
                summary: "Adds a clip: a stretch of a video without a copy of it.", access: .create,
                body: [("application/json", request)],
                responses: [.json("The clip.", clip, status: 201)], errors: [404, 410, 415],
                read: { request in
                    let reader = try request.object()
                    try reader.refuseUnknown(["video", "properties", "label"] + partMembers)
                    guard let video = EntityID(try reader.text("video")) else {
                        throw EngineError(
                            .invalidRequest, "'video' must be an id such as 2.0.1", path: "video")
                    }
                    let properties = reader.object["properties"]
                    guard properties == nil || properties?.objectValue != nil else {
                        throw EngineError(
                            .invalidRequest, "'properties' must be an object", path: "properties")
                    }
                    let label = reader.object["label"] == nil ? nil : try reader.text("label")
                    guard let part = try reader.videoPart() else {
                        throw EngineError(
                            .invalidRequest,
                            "'from' and 'to', or 'start_time' and 'stop_time', must be given",
                            path: "from")
                    }
                    return (
                        video: video, part: part, properties: properties?.objectValue ?? [:], label: label
                    )
                },
                answer: { exchange, asked in
                    .json(
                        try await exchange.store.addClip(
                            of: asked.video, asked.part, properties: asked.properties, label: asked.label,
                            by: exchange.source), status: .created)
                })
            endpoint.alsoReads = [Store.videoClass]
            return endpoint
        }()
    ]

    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/holder/cut", operationID: "cutVideo", summary: "Writes a part of a video to a file.",
            access: .holder, body: [("application/json", Schemas.anything)],
            responses: [.json("What was written.", Schemas.anything)], errors: [404, 410, 415, 507],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["id", "class", "file", "copy", "codec", "quality"] + partMembers)
                guard let id = EntityID(try reader.text("id")) else {
                    throw EngineError(.invalidRequest, "'id' must be an id such as 2.0.1", path: "id")
                }
                let file = FilePath(try reader.text("file"))
                guard file.isAbsolute else {
                    throw EngineError(.invalidRequest, "'file' must be absolute", path: "file")
                }
                var cut = VideoCutRequest(
                    id, class: try reader.text("class"), try reader.videoPart() ?? .all, to: file,
                    copies: try reader.flag("copy") ?? false)
                if reader.object["codec"] != nil {
                    let name = try reader.text("codec")
                    guard let codec = VideoCodec(rawValue: name) else {
                        let known = VideoCodec.allCases.map(\.rawValue).joined(separator: ", ")
                        throw EngineError(
                            .invalidRequest, "videos are written as \(known), not '\(name.prefix(20))'",
                            path: "codec")
                    }
                    cut.codec = codec
                }
                if let quality = try reader.count("quality") { cut.quality = quality }
                return cut
            },
            answer: { exchange, cut in
                let written = try await exchange.store.cut(cut)
                return .json([
                    "file": .string(cut.file.string),
                    "start_frame": .integer(Int64(written.frames.lowerBound)),
                    "stop_frame": .integer(Int64(written.frames.upperBound)),
                    "frames": .integer(Int64(written.frameCount)),
                    "duration": .float(written.duration.seconds), "bytes": .integer(Int64(written.byteCount)),
                    "width": .integer(Int64(written.size.width)),
                    "height": .integer(Int64(written.size.height)),
                    "audio_tracks": .integer(Int64(written.soundCount)),
                    "dropped_audio_tracks": .integer(Int64(written.unheldSoundCount)),
                ])
            })
    ]

    // MARK: - Private

    private static let partMembers = ["from", "to", "start_time", "stop_time"]

    private static let request = Schemas.request(
        [
            "video": .object(Schemas.id), "from": ["type": "integer", "minimum": 0],
            "to": [
                "type": "integer", "minimum": 1, "description": "The first frame that no longer is.",
            ],
            "start_time": [
                "type": "number", "minimum": 0, "description": "Seconds, in the place of `from`.",
            ],
            "stop_time": ["type": "number"], "properties": ["type": "object"],
            "label": .object(Schemas.word),
        ], required: ["video"])

    private static let clip = Schemas.object(
        [
            "_uniqueid": .object(Schemas.id), "video": .object(Schemas.id),
            "start_frame": ["type": "integer"], "stop_frame": ["type": "integer"],
            "start_time": ["type": "number"], "stop_time": ["type": "number"],
        ], required: ["_uniqueid", "video", "start_frame", "stop_frame", "start_time", "stop_time"])
}

extension RequestReader {
    /// `from` and `to`, frames, or `start_time` and `stop_time`, seconds; `nil` where neither is given.
    fileprivate func videoPart() throws -> VideoPart? {
        let frames = (try count("from"), try count("to"))
        func seconds(_ name: String) throws -> Double? {
            guard let value = object[name] else { return nil }
            guard let number = value.floatValue, number.isFinite, number >= 0 else {
                throw EngineError(.invalidRequest, "'\(name)' must be seconds, from 0 on", path: name)
            }
            return number
        }
        let times = (try seconds("start_time"), try seconds("stop_time"))
        guard times.0 != nil || times.1 != nil else {
            guard frames.0 != nil || frames.1 != nil else { return nil }
            return .frames(from: frames.0 ?? 0, to: frames.1 ?? .max)
        }
        guard frames.0 == nil, frames.1 == nil else {
            throw EngineError(
                .invalidRequest, "give frames by 'from' and 'to', or times, not both", path: "start_time")
        }
        return .seconds(from: times.0 ?? 0, to: times.1 ?? .infinity)
    }
}
