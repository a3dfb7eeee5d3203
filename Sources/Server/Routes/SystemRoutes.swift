import Base
import Engine
import NIOHTTP1

/// The schema, statistics, health and metrics.
enum SystemRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/schema", operationID: "getSchema",
            summary: "Classes with their properties, types and counts.",
            responses: [.json("The schema.", schema)],
            answer: { exchange in .json(try await exchange.store.schema()) }),
        Endpoint(
            .GET, "/v1/stats", operationID: "getStats", summary: "What the store holds and what it costs.",
            responses: [.json("The statistics.", statistics)],
            answer: { exchange in .json(try await exchange.store.statistics()) }),
        Endpoint(
            "/health", operationID: "getHealth", summary: "Whether the process runs.", access: .anybody,
            responses: [
                .json(
                    "It does.",
                    Schemas.object(
                        ["status": ["type": "string"], "version": ["type": "string"]],
                        required: ["status", "version"]))
            ]
        ) { _ in .json(["status": "ok", "version": .string(FoveaVersion.text)]) },
        Endpoint(
            .GET, "/ready", operationID: "getReadiness",
            summary: "Whether the store answers: its catalog was just read from the disk.", access: .anybody,
            responses: [
                .json("It does.", Schemas.object(["status": ["type": "string"]])),
                .json("It does not, and why.", Schemas.reference("Error"), status: 503),
            ],
            answer: { exchange in
                do {
                    try await exchange.store.checkReadable()
                    return .json(["status": "ready"])
                } catch {
                    return .failure(EngineError(reporting: error), status: .serviceUnavailable)
                }
            }),
        Endpoint(
            .GET, "/metrics", operationID: "getMetrics", summary: "Metrics in Prometheus' text format.",
            responses: [.init(200, "The metrics.", contentType: "text/plain", schema: Schemas.text)],
            answer: { exchange in
                let gauges = try await exchange.store.gauges()
                return .text(
                    exchange.service.metrics.text(gauges: gauges),
                    contentType: "text/plain; version=0.0.4; charset=utf-8")
            }),
    ]

    // MARK: - Private

    private static let schema = Schemas.object(
        [
            "classes": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "name": ["type": "string"], "count": ["type": "integer"],
                            "properties": .object(Schemas.list(of: property)),
                        ], required: ["name", "count", "properties"]))),
            "connections": .object(
                Schemas.list(
                    of: Schemas.object(
                        ["name": ["type": "string"], "count": ["type": "integer"]],
                        required: ["name", "count"]))),
        ], required: ["classes", "connections"])

    private static let property = Schemas.object(
        ["name": ["type": "string"], "types": .object(Schemas.list(of: Schemas.text))],
        required: ["name", "types"])

    private static let statistics = Schemas.object(
        [
            "store": ["type": "string", "description": "The store's folder."],
            "access": ["type": "string", "enum": ["read-write", "read-only"]],
            "commit": ["type": "integer"],
            "entities": [
                "type": "object", "description": "How many there are of each class.",
                "additionalProperties": ["type": "integer"],
            ],
            "blobs": .object(numbers("count", "bytes")), "columns": .object(numbers("bytes")),
            "cache": .object(numbers("memory_bytes", "disk_bytes")),
        ], required: ["store", "access", "commit", "entities", "blobs", "columns", "cache"])

    private static func numbers(_ names: String...) -> Document {
        Schemas.object(Document(names.map { ($0, ["type": "integer"]) }), required: names)
    }
}
