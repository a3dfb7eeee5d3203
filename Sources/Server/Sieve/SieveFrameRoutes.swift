import Base
import Engine
import NIOHTTP1
import Pipeline
import Query

/// Frames by their tags, and objects by a filter.
enum SieveFrameRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .GET, "get_metadata", operationID: "getSieveMetadata",
            summary: "What is known of the frames that have some tags, a page of them.",
            parameters: [
                SieveRoutes.project, SieveRoutes.tag,
                SieveRoutes.parameter("start_index", count, "The first of them, 0 unless told."),
                SieveRoutes.parameter(
                    "end_index", count, "The first that no longer is: at most 7500 on, 5000 unless told."),
            ], answer: metadata
        ) { exchange, asked in
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let page = try asked.page()
            let matches = try await sieve.frames(of: project, tags: try asked.tags(besides: own))
            let (count, now) = (matches.count, DateTime.now())
            let frames = matches.documents(page.clamped(to: 0..<max(count, 0))).map { frame -> Value in
                var frame = frame
                let number = Int(clamping: frame["frame_number"]?.integerValue ?? 0)
                // Of the push, of which the frames' group is the number.
                let job = frame["group_id"]?.stringValue ?? ""
                frame["signed_url"] = .string(
                    asked.address(sieve.signedTarget(ofFrame: number, job: job, now: now)))
                return .object(frame)
            }
            return [
                "description": .string("Successful. Returned \(frames.count) frames"),
                "metadata": .array(frames), "next_start": SieveRequest.next(page, of: count),
                "total_samples": .integer(Int64(count)),
            ]
        },
        SieveRoutes.endpoint(
            .GET, "get_intervals", operationID: "getSieveIntervals",
            summary: "In which stretches frames have some tags, video by video; both ends belong to each.",
            parameters: [SieveRoutes.project, SieveRoutes.tag], answer: intervals
        ) { exchange, asked in
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let matches = try await sieve.frames(of: project, tags: try asked.tags(besides: own))
            return .array(matches.intervals)
        },
        SieveRoutes.endpoint(
            .POST, "query", operationID: "querySieve",
            summary: "Objects that match a filter, a page of them; frames are objects of the class `frame`.",
            body: question,
            answer: SieveRoutes.described(
                [
                    "objects": ["type": "array", "items": ["type": "object"]],
                    "next_start": ["type": "integer"], "total_samples": .object(count),
                    "query_latency": ["type": "number", "description": "Seconds."],
                ], required: ["objects", "next_start", "total_samples", "query_latency"])
        ) { exchange, asked in
            let start = ContinuousClock.now
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let first = try asked.number("next_start", 0)
            let limit = try asked.number("limit", SieveRequest.pageCount)
            guard (1...SieveRequest.longestPage).contains(limit), first <= .max - limit else {
                throw EngineError(
                    .invalidRequest, "'limit' must be from 1 to \(SieveRequest.longestPage)", path: "limit")
            }
            let filter = try filter(asked)
            let page = first..<first + limit
            let found = try await TimeLimit.run(exchange.service.patience.page, "the query") {
                try await sieve.objects(of: project, filter, page)
            }
            return [
                "description": .string("Successful. Returned \(found.objects.count) objects"),
                "objects": .array(found.objects.map { .object($0) }),
                "next_start": SieveRequest.next(page, of: found.count),
                "total_samples": .integer(Int64(found.count)),
                "query_latency": .float((ContinuousClock.now - start) / .seconds(1)),
            ]
        },
        SieveRoutes.endpoint(
            .POST, "intervals", operationID: "querySieveIntervals",
            summary: "In which stretches objects match a filter, video by video.", body: question,
            answer: intervals
        ) { exchange, asked in
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let filter = try filter(asked)
            let found = try await TimeLimit.run(exchange.service.patience.page, "the query") {
                try await sieve.objects(of: project, filter, 0..<0)
            }
            return .array(found.intervals)
        },
        frame, signedFrame,
    ]

    // MARK: - Private

    private static let own = ["project_name", "start_index", "end_index"]
    private static let count: Document = ["type": "integer", "minimum": 0]
    private static let question = Schemas.object(
        [
            "project_name": .object(Schemas.word), "next_start": .object(count),
            "limit": ["type": "integer", "minimum": 1, "maximum": 7_500, "default": 5_000],
        ], required: ["project_name"])
    private static let intervals = Schemas.list(
        of: Schemas.object(
            [
                "video_name": .object(Schemas.text),
                "intervals": .object(
                    Schemas.list(
                        of: ["type": "array", "items": ["type": "integer"], "minItems": 2, "maxItems": 2])),
            ], required: ["video_name", "intervals"]))
    private static let metadata = SieveRoutes.described(
        [
            "metadata": ["type": "array", "items": ["type": "object"]],
            "next_start": ["type": "integer", "description": "−1 where there are no more."],
            "total_samples": .object(count),
        ], required: ["metadata", "next_start", "total_samples"])

    /// The members that are no options of the request, as a filter. `{"$text": "red car"}` is for all of the
    /// words, whatever their case.
    private static func filter(_ asked: SieveRequest) throws -> Filter {
        let members = asked.object.members.filter {
            !["project_name", "next_start", "limit"].contains($0.key)
        }
        var parts: [Value] = []
        for (name, value) in members {
            guard let words = value.objectValue?["$text"] else {
                parts.append(.object([name: value]))
                continue
            }
            guard let text = words.stringValue, value.objectValue?.count == 1 else {
                throw EngineError(
                    .invalidFilter, "'$text' must be words, and stands alone", path: "\(name).$text")
            }
            for word in text.split(whereSeparator: \.isWhitespace) {
                let pattern = word.map { $0.isLetter || $0.isNumber ? "\($0)" : "\\\($0)" }.joined()
                parts.append(.object([name: ["$regex": .string(pattern), "$options": "i"]]))
            }
        }
        guard !parts.isEmpty else { return .all }
        do throws(FilterError) {
            return try Filter.parse(.object(["$and": .array(parts)]))
        } catch {
            throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
        }
    }

    private static let frame: Endpoint = {
        var endpoint = Endpoint(
            .GET, "/sieve/v1/frame", operationID: "getSieveFrame", summary: "A frame as JPEG.",
            parameters: [
                SieveRoutes.project, SieveRoutes.parameter("video_name", Schemas.word, "Its video."),
                SieveRoutes.parameter("frame_number", count, "Its number in the video."),
                SieveRoutes.keyParameter,
            ],
            responses: [
                .init(
                    200, "The frame.", contentType: "image/jpeg",
                    schema: ["type": "string", "format": "binary"])
            ], errors: [404, 410, 415],
            read: { $0 },
            answer: { exchange, request in
                do {
                    let asked = try SieveRequest(request)
                    try asked.refuseOthers(["project_name", "video_name", "frame_number"])
                    let sieve = exchange.service.sieve
                    let project = try await asked.project(sieve)
                    let video = try await sieve.video(try asked.text("video_name"), of: project.name)
                    return Response(
                        .ok, headers: ["Content-Type": "image/jpeg"],
                        body: .bytes(
                            try await jpeg(try asked.number("frame_number", 0), of: video, exchange.store)))
                } catch {
                    return try SieveRoutes.failure(error)
                }
            })
        endpoint.subject = Store.videoClass
        endpoint.keyUse = .footage
        return endpoint
    }()

    private static let signedFrame = Endpoint(
        .GET, "/sieve/v1/signed/{job}/{frame}", operationID: "getSignedSieveFrame",
        summary: "A frame as JPEG, for whoever has its `signed_url`, until that expires.", access: .anybody,
        parameters: [
            .init(name: "job", place: .path, schema: Schemas.word, description: "The push."),
            .init(
                name: "frame", place: .path, schema: count, description: "The frame's number in the video."),
            .init(
                name: "expires", place: .query, schema: count,
                description: "Until when the address is good, in seconds since 1970."),
            .init(
                name: "signature", place: .query, schema: Schemas.word,
                description: "The HMAC-SHA256 of all of these by the store's key."),
        ],
        responses: [
            .init(
                200, "The frame.", contentType: "image/jpeg",
                schema: ["type": "string", "format": "binary"]),
            .json(
                "The signature is not that of the address, or it has expired.", Schemas.reference("Error"),
                status: 403),
        ], errors: [404, 410, 415],
        read: { $0 },
        answer: { exchange, request in
            do {
                let asked = try SieveRequest(request)
                try asked.refuseOthers(["expires", "signature"])
                guard let frame = Int(try request.parameter("frame")), frame >= 0 else {
                    throw EngineError(.invalidRequest, "a frame is a whole number from 0 on", path: "frame")
                }
                let address = SignedFrame(
                    job: try request.parameter("job"), frame: frame,
                    expires: Int64(try asked.number("expires", 0)))
                let now = DateTime.now()
                let video = try await exchange.service.sieve.video(
                    of: address, signature: try asked.text("signature"), now: now)
                let left = max(0, address.expires - now.microseconds / 1_000_000)
                return Response(
                    .ok,
                    headers: [
                        "Content-Type": "image/jpeg", "Cache-Control": "private, max-age=\(left)",
                    ], body: .bytes(try await jpeg(frame, of: video, exchange.store)))
            } catch {
                return try SieveRoutes.failure(error)
            }
        })

    /// A frame of what was pushed.
    private static func jpeg(_ number: Int, of video: SieveVideo, _ store: Store) async throws -> [UInt8] {
        guard let media = video.media else {
            throw EngineError(.invalidRequest, "the video is \(video.status.rawValue)", path: "video_name")
        }
        guard number == 0 || !video.isImage else {
            throw EngineError(
                .invalidRequest, "an image has one frame, of the number 0", path: "frame_number")
        }
        return try await store.pixels(
            try await store.pixelRequest(
                media, class: video.mediaClass, pipeline: try Store.pipeline(["encode=jpeg,quality=90"]),
                frame: video.isImage ? nil : number)
        ).bytes
    }
}
