import Base
import Engine
import NIOHTTP1
import Pipeline

/// Pushing videos and images, and how far these are.
enum SievePushRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .POST, "push_video", operationID: "pushSieveVideo",
            summary: "Has a video fetched, stored and tagged.", access: .create,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "video_url": [
                        "type": "string", "minLength": 1,
                        "description": "A URL, or the `get_url` of an upload.",
                    ],
                    "video_name": .object(Schemas.word), "user_metadata": .object(metadata),
                ], required: ["project_name", "video_url", "video_name"]),
            answer: SieveRoutes.described(["job_id": .object(Schemas.text)], required: ["job_id"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "video_url", "video_name", "user_metadata"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let job = try await sieve.push(
                try asked.text("video_url"), name: try asked.text("video_name"), isImage: false,
                userMetadata: try userMetadata(asked), to: project)
            return ["description": "Published video to batching", "job_id": .string(job)]
        },
        SieveRoutes.endpoint(
            .POST, "push_image", operationID: "pushSieveImage",
            summary: "Has an image, or several, fetched, stored and tagged: videos of one frame.",
            access: .create,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word), "image_url": .object(oneOrMore),
                    "image_name": .object(oneOrMore), "user_metadata": .object(metadata),
                ], required: ["project_name", "image_url", "image_name"]),
            answer: SieveRoutes.described(
                ["job_id": .object(Schemas.text), "job_ids": .object(Schemas.list(of: Schemas.text))])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "image_url", "image_name", "user_metadata"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let metadata = try userMetadata(asked)
            if asked.object["image_url"]?.stringValue != nil {
                let job = try await sieve.push(
                    try asked.text("image_url"), name: try asked.text("image_name"), isImage: true,
                    userMetadata: metadata, to: project)
                return ["description": "Published image to batching", "job_id": .string(job)]
            }
            let (urls, names) = (try texts(asked, "image_url"), try texts(asked, "image_name"))
            guard urls.count == names.count, Set(names).count == names.count else {
                throw EngineError(
                    .invalidRequest, "'image_name' must have a different name for each of 'image_url'",
                    path: "image_name")
            }
            let taken = Set(try await sieve.videos(of: project.name).map(\.name))
            if let name = names.first(where: taken.contains) {
                throw EngineError(
                    .invalidRequest, "the project has a video '\(name)' already", path: "image_name")
            }
            var jobs: [Value] = []
            for (url, name) in zip(urls, names) {
                jobs.append(
                    .string(
                        try await sieve.push(
                            url, name: name, isImage: true, userMetadata: metadata, to: project)))
            }
            return ["description": "Published images to batching", "job_ids": .array(jobs)]
        },
        SieveRoutes.endpoint(
            .GET, "get_all_jobs", operationID: "getSieveJobs",
            summary: "What was pushed, the newest first, and how far it is.",
            parameters: [
                SieveRoutes.project,
                SieveRoutes.parameter("start_index", count, "The first of them, 0 unless told."),
                SieveRoutes.parameter("end_index", count, "The first that no longer is."),
            ],
            answer: SieveRoutes.described(
                [
                    "jobs": .object(Schemas.list(of: job)), "total_jobs": .object(count),
                ], required: ["jobs", "total_jobs"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "start_index", "end_index"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let jobs = Array(try await sieve.videos(of: project.name).reversed())
            let page = try asked.page().clamped(to: 0..<jobs.count)
            return [
                "description": .string("Returned \(page.count) jobs"),
                "jobs": .array(jobs[page].map { .object(document($0)) }),
                "total_jobs": .integer(Int64(jobs.count)),
            ]
        },
        SieveRoutes.endpoint(
            .GET, "get_job_status", operationID: "getSieveJob", summary: "How far a push is.",
            parameters: [
                SieveRoutes.project, SieveRoutes.parameter("job_id", Schemas.word, "What the push answered."),
            ],
            answer: SieveRoutes.described(["status": .object(status)], required: ["status"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "job_id"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let video = try await sieve.job(try asked.text("job_id"), of: project.name)
            var answer = document(video)
            answer["description"] = .string("Job \(video.jobID) is \(video.status.rawValue)")
            return .object(answer)
        },
        SieveRoutes.endpoint(
            .DELETE, "delete_video_data", operationID: "deleteSieveVideo",
            summary: "Deletes a video of a project, and from the store where the push brought it there.",
            access: .delete,
            parameters: [
                SieveRoutes.project, SieveRoutes.parameter("video_name", Schemas.word, "Its name."),
            ], answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "video_name"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let name = try asked.text("video_name")
            try await sieve.deleteVideo(name, of: project.name, by: exchange.source)
            return ["description": .string("Deleted video \(name)")]
        },
    ]

    // MARK: - Private

    private static let count: Document = ["type": "integer", "minimum": 0]
    private static let metadata: Document = [
        "type": "object", "additionalProperties": ["type": "string"],
        "description": "Tags of every frame, and properties of the video.",
    ]
    private static let oneOrMore: Document = [
        "anyOf": [
            ["type": "string", "minLength": 1],
            ["type": "array", "items": ["type": "string", "minLength": 1], "minItems": 1],
        ]
    ]
    private static let status: Document = [
        "type": "string", "enum": .array(SieveVideo.Status.allCases.map { .string($0.rawValue) }),
    ]
    private static let job = Schemas.object(
        [
            "job_id": .object(Schemas.text), "video_name": .object(Schemas.text), "status": .object(status),
            "timestamp": .object(Schemas.text),
            "size_bytes": ["type": "integer", "description": "Once the bytes are there."],
            "user_metadata": ["type": "object"], "error": .object(Schemas.text),
        ], required: ["job_id", "video_name", "status", "timestamp", "user_metadata"])

    private static func document(_ video: SieveVideo) -> Document {
        var document: Document = [
            "job_id": .string(video.jobID), "video_name": .string(video.name),
            "status": .string(video.status.rawValue), "timestamp": .string(SieveTimes.rfc1123(video.time)),
            "user_metadata": .object(video.userMetadata),
        ]
        if let count = video.byteCount { document["size_bytes"] = .integer(count) }
        if let error = video.error { document["error"] = .string(error) }
        return document
    }

    private static func userMetadata(_ asked: SieveRequest) throws -> Document {
        guard let value = asked.object["user_metadata"], value != .null else { return [:] }
        guard let metadata = value.objectValue else {
            throw EngineError(
                .invalidRequest, "user_metadata must be an object of texts", path: "user_metadata")
        }
        return metadata
    }

    private static func texts(_ asked: SieveRequest, _ name: String) throws -> [String] {
        try asked.list(name).map { value in
            guard let text = value.stringValue, !text.isEmpty else {
                throw EngineError(.invalidRequest, "'\(name)' must be a text or a list of texts", path: name)
            }
            return text
        }
    }
}
