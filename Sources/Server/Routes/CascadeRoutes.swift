import Base
import Engine
import NIOHTTP1
import Pipeline

/// Cascades of models over videos.
enum CascadeRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/videos/cascade", operationID: "runCascade",
            summary: "Takes the videos that match a filter through a cascade of models, as a job.",
            access: .create, body: [("application/json", request)],
            responses: [
                .json("The job, which waits for its turn.", JobRoutes.job, status: 201),
                .init(
                    200,
                    "The job, a verdict with a report for each video, progress, and the job as it ended, a line each.",
                    contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404],
            read: NewCascadeJob.init,
            answer: { exchange, new in
                let (jobs, who) = (exchange.service.jobs, exchange.source)
                guard exchange.request.wantsLines else {
                    let job = try await jobs.add(new.request, priority: new.priority, by: who)
                    return .json(job.document, status: .created)
                }
                try await jobs.check(new.request)
                return .lines { write in
                    try await jobs.run(new.request, priority: new.priority, by: who) { lines in
                        try await write(lines)
                    }
                }
            })
    ]

    // MARK: - Private

    /// A job to be added.
    private struct NewCascadeJob: Sendable {
        var request: CascadeJobRequest
        var priority: Int

        init(_ request: Request) throws {
            var document = try request.object().object
            priority = try JobRoutes.takePriority(from: &document)
            self.request = try CascadeJobRequest(document: document)
        }
    }

    private static let request = Schemas.request(
        [
            "cascade": [
                "anyOf": [["type": "object"], ["type": "string", "minLength": 1]],
                "description": "The cascade: an object with `stages`, or text in YAML or JSON.",
            ],
            "recall": [
                "type": "number", "minimum": 0, "exclusiveMaximum": 1,
                "description": "In the place of the cascade's `target_recall`.",
            ],
            "filter": .object(Schemas.filter),
            "limit": ["type": "integer", "minimum": 0, "description": "Videos at most; 0 for all."],
            "again": [
                "type": "boolean", "description": "Whether to take videos that went through it already.",
            ],
            "retry_failed": ["type": "boolean", "description": "Whether to take only what failed before."],
            "cores": [
                "type": "integer", "minimum": 0, "maximum": 1_024,
                "description": "Videos at the same time, at most; 0 for as many as there are processors.",
            ],
            "memory": [
                "type": "integer", "minimum": 0,
                "description":
                    "Bytes that videos under way may take together, by estimate; 1 GiB unless told.",
            ],
            "priority": [
                "type": "integer", "minimum": -1_000, "maximum": 1_000,
                "description": "Higher ones come first.",
            ],
        ], required: ["cascade"])
}
