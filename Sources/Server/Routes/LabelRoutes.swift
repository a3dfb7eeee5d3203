import Base
import Engine
import NIOHTTP1

/// Labels, and the runs that made them.
enum LabelRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/entities/{class}/labels", operationID: "findLabels",
            summary: "The labels that hold of the entities that match a filter, each with its provenance.",
            alsoReads: LabelRequest.regionClasses, parameters: [EntityRoutes.classParameter],
            body: [("application/json", request)],
            responses: [
                .json("The labels.", answer),
                .init(200, "The labels.", contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404, 413],
            read: { try $0.labelRequest() },
            answer: { exchange, asked in
                let pages = try await exchange.store.labels(asked)
                return exchange.request.wantsLines
                    ? lines(pages, limit: asked.limit) : try await object(pages, limit: asked.limit)
            }),
        Endpoint(
            .GET, "/v1/runs", operationID: "listRuns",
            summary: "The runs of imports, models and rules, oldest first.",
            responses: [.json("The runs.", runs)],
            answer: { exchange in
                .json(["runs": .array(try await exchange.store.labelRuns().map { .object($0) })])
            }),
        Endpoint(
            .POST, "/v1/runs/{run}/revert", operationID: "revertRun",
            summary: "Takes back what a run has said. What people made of its labels stays.",
            access: .delete,
            parameters: [
                Endpoint.Parameter(
                    name: "run", place: .path, schema: ["type": "integer", "minimum": 1],
                    description: "The number of the run.")
            ],
            responses: [.json("What became of its labels.", outcome)], errors: [404],
            read: { request in
                let text = try request.parameter("run")
                guard let run = Int64(text), run > 0 else {
                    throw EngineError(
                        .invalidRequest, "'\(text.prefix(40))' is no number of a run", path: "run")
                }
                return run
            },
            answer: { exchange, run in
                .json(try await exchange.store.revert(run: run, by: exchange.source))
            }),
    ]

    // MARK: - Private

    private static let request = Schemas.request([
        "filter": .object(Schemas.filter),
        "kind": ["type": "string", "enum": .array(LabelRequest.kinds.map { .string($0) })],
        "label": ["type": "string", "description": "The label class."],
        "class_isa": [
            "type": "string", "description": "A label class: labels of it and of all classes below it.",
        ],
        "source": [
            "type": "string",
            "description": "A source, or the beginning of some with a `*` after it, as in `model:*`.",
        ],
        "run": ["type": "integer", "minimum": 1],
        "limit": ["type": "integer", "minimum": 0, "description": "25 unless told; 0 for all."],
    ])

    private static let label = Schemas.object(
        [
            "image": ["type": "string", "description": "The `_uniqueid` of what is labelled."],
            "label": ["type": "integer"], "kind": ["type": "string"], "class": ["type": "string"],
            "confidence": ["type": "number"], "x": ["type": "number"], "y": ["type": "number"],
            "width": ["type": "number"], "height": ["type": "number"], "source": ["type": "string"],
            "run": ["type": "integer"], "time": ["type": "string"], "parent": ["type": "integer"],
        ], required: ["image", "label", "kind", "source", "time"])

    private static let answer = Schemas.object(
        ["labels": .object(Schemas.list(of: label))], required: ["labels"])

    private static let runs = Schemas.object(
        [
            "runs": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "run": ["type": "integer"], "kind": ["type": "string"],
                            "source": ["type": "string"], "started": ["type": "string"],
                            "finished": ["type": "string"], "reverted": ["type": "string"],
                            "parameters": ["type": "object"],
                        ], required: ["run", "kind", "source", "started"])))
        ], required: ["runs"])

    private static let outcome = Schemas.object(
        ["run": ["type": "integer"], "removed": ["type": "integer"], "restored": ["type": "integer"]],
        required: ["run", "removed", "restored"])

    private static func object(
        _ pages: AsyncThrowingStream<[Document], any Error>, limit: Int
    ) async throws -> Response {
        var labels: [Value] = []
        for try await page in pages {
            labels += page.prefix(limit == 0 ? .max : limit - labels.count).map { .object($0) }
            if limit > 0, labels.count >= limit { break }
        }
        return .json(["labels": .array(labels)])
    }

    /// Objects a line each, at most `limit`, all for 0.
    static func lines(
        _ pages: AsyncThrowingStream<[Document], any Error>, limit: Int
    ) -> Response {
        .lines { write in
            var left = limit == 0 ? Int.max : limit
            for try await page in pages where !page.isEmpty {
                var writer = JSONWriter(capacity: page.count * 256)
                for label in page.prefix(left) {
                    writer.write(label)
                    writer.raw("\n")
                }
                left -= min(page.count, left)
                try await write(writer.take())
                if left == 0 { break }
            }
        }
    }
}

extension Request {
    fileprivate func labelRequest() throws -> LabelRequest {
        let reader = try object()
        try reader.refuseUnknown(["filter", "kind", "label", "class_isa", "source", "run", "limit"])
        func optional(_ name: String) throws -> String? {
            reader.object[name] == nil ? nil : try reader.text(name)
        }
        return try LabelRequest(
            entityClass: try parameter("class"), filter: try reader.filter(), kind: try optional("kind"),
            name: try optional("label"), classIsA: try optional("class_isa"),
            source: try optional("source"),
            run: try reader.count("run").map { Int64($0) }, limit: try reader.count("limit") ?? 25)
    }
}
