import Base
import Engine
import NIOHTTP1
import Pipeline

/// Jobs: long work that is kept in the store, and taken up again where it was left.
enum JobRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/jobs", operationID: "addJob",
            summary: "Has a model, or taggers, label the entities that match a filter.", access: .create,
            body: [("application/json", request)],
            responses: [
                .json("The job, which waits for its turn.", job, status: 201),
                .init(
                    200,
                    "The job, a verdict for each entity, progress, and the job as it ended, a line each.",
                    contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404],
            read: NewJob.init,
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
            }),
        Endpoint(
            .GET, "/v1/jobs", operationID: "listJobs", summary: "The jobs, the newest first.",
            parameters: [
                .init(
                    name: "open", place: .query, schema: ["type": "boolean"],
                    description: "Only those that are waiting or running."),
                .init(
                    name: "limit", place: .query,
                    schema: ["type": "integer", "minimum": 1, "maximum": 100_000],
                    description: "At most so many; 25 unless told."),
            ],
            responses: [
                .json(
                    "The jobs.",
                    Schemas.object(["jobs": .object(Schemas.list(of: job))], required: ["jobs"]))
            ],
            read: { try $0.jobListing() },
            answer: { exchange, listing in
                let (store, jobs) = (exchange.store, exchange.service.jobs)
                let found = try await store.readPool.run { _ in
                    try store.jobs(onlyOpen: listing.onlyOpen, limit: listing.limit)
                }
                return .json(["jobs": .array(found.map { .object(jobs.document($0)) })])
            }),
        Endpoint(
            .GET, "/v1/jobs/{job}", operationID: "getJob", summary: "A job, and how far it has come.",
            parameters: [number], responses: [.json("The job.", job)], errors: [404],
            read: { try $0.jobNumber() },
            answer: { exchange, id in
                let store = exchange.store
                return .json(
                    exchange.service.jobs.document(try await store.readPool.run { _ in try store.job(id) }))
            }),
        Endpoint(
            .POST, "/v1/jobs/{job}/resume", operationID: "resumeJob",
            summary: "Takes up a job that was cancelled, has failed, or may have more to do.",
            access: .create, parameters: [number],
            responses: [
                .json("The job, which waits for its turn.", job),
                .init(
                    200, "As of a new job.", contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404],
            read: { try $0.jobNumber() },
            answer: { exchange, id in
                let (jobs, store) = (exchange.service.jobs, exchange.store)
                guard exchange.request.wantsLines else { return .json(try await jobs.resume(id).document) }
                _ = try await store.readPool.run { _ in try store.job(id) }
                return .lines { write in try await jobs.resume(id) { lines in try await write(lines) } }
            }),
        Endpoint(
            .DELETE, "/v1/jobs/{job}", operationID: "cancelJob",
            summary: "Gives a job up. What it has stored stays; one that has ended stays as it is.",
            access: .create, parameters: [number], responses: [.json("The job.", job)], errors: [404],
            read: { try $0.jobNumber() },
            answer: { exchange, id in .json(try await exchange.service.jobs.cancel(id).document) }),
    ]

    /// Takes the member `priority` out of a request for a job; 0 where it is not told.
    static func takePriority(from document: inout Document) throws(EngineError) -> Int {
        guard let value = document["priority"] else { return 0 }
        guard let number = value.integerValue, (-1_000...1_000).contains(number) else {
            throw EngineError(
                .invalidRequest, "'priority' must be a whole number in -1000...1000", path: "priority")
        }
        document["priority"] = nil
        return Int(number)
    }

    // MARK: - Private

    /// A job to be added.
    private struct NewJob: Sendable {
        var request: LabelJobRequest
        var priority: Int

        init(_ request: Request) throws {
            var document = try request.object().object
            priority = try JobRoutes.takePriority(from: &document)
            self.request = try LabelJobRequest(document: document)
        }
    }

    private static let number = Endpoint.Parameter(
        name: "job", place: .path, schema: ["type": "integer", "minimum": 1, "maximum": .integer(.max)],
        description: "The number of the job.")

    private static let request = Schemas.request([
        "model": ["type": "string", "minLength": 1, "description": "The id of a model; or else `taggers`."],
        "taggers": [
            "type": "array", "minItems": 1,
            "items": ["type": "string", "enum": .array(TaggerSelection.names.map { .string($0) })],
            "description": "Names of taggers; or else `model`. `motion` is of videos alone.",
        ],
        "class": [
            "type": "string", "minLength": 1,
            "description": "`Image` unless told; of `Video`, frames are looked at.",
        ],
        "every": [
            "type": "integer", "minimum": 1, "description": "Of videos: every nth frame; or else `fps`.",
        ],
        "fps": [
            "type": "number", "exclusiveMinimum": 0, "maximum": 1_000,
            "description": "Of videos: frames a second, 1 unless told.",
        ],
        "filter": .object(Schemas.filter),
        "limit": ["type": "integer", "minimum": 0, "description": "0 for all."],
        "again": ["type": "boolean", "description": "Whether to look at what was looked at already."],
        "retry_failed": ["type": "boolean", "description": "Whether to look only at what failed before."],
        "keep_older": [
            "type": "boolean",
            "description": "Whether labels of other versions of the source stay beside its own.",
        ],
        "priority": [
            "type": "integer", "minimum": -1_000, "maximum": 1_000,
            "description": "Higher ones come first.",
        ],
    ])

    static let job = Schemas.object(
        [
            "job": ["type": "integer"], "kind": ["type": "string"],
            "state": [
                "type": "string",
                "enum": .array(
                    (Store.jobStates + ["interrupted"]).map { .string($0) }),
            ],
            "priority": ["type": "integer"], "request": ["type": "object"], "by": ["type": "string"],
            "created": ["type": "string"], "started": ["type": "string"], "ended": ["type": "string"],
            "run": ["type": "integer"], "counts": ["type": "object"], "error": ["type": "string"],
        ], required: ["job", "kind", "state", "priority", "request", "by", "created"])
}

extension Request {
    fileprivate func jobNumber() throws -> Int64 {
        let text = try parameter("job")
        guard let number = Int64(text), number > 0 else {
            throw EngineError(.invalidRequest, "'\(text.prefix(40))' is no number of a job", path: "job")
        }
        return number
    }

    fileprivate func jobListing() throws -> (onlyOpen: Bool, limit: Int) {
        var listing = (onlyOpen: false, limit: 25)
        for (name, value) in try queryItems() {
            switch (name, value) {
            case ("open", "true"): listing.onlyOpen = true
            case ("open", "false"): listing.onlyOpen = false
            case ("limit", _):
                guard let limit = Int(value), (1...100_000).contains(limit) else {
                    throw EngineError(
                        .invalidRequest, "'limit' must be a whole number in 1...100000", path: "limit")
                }
                listing.limit = limit
            default:
                throw EngineError(
                    .invalidRequest,
                    "'\(name.prefix(40))=\(value.prefix(40))' is not known here; there are open=true and limit",
                    path: String(name.prefix(40)))
            }
        }
        return listing
    }
}
