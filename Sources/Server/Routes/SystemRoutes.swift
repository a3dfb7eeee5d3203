import Base
import Engine
import HTTPTypes
import Hummingbird

/// The schema, statistics, health and metrics.
enum SystemRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/schema", operationID: "getSchema",
            summary: "Classes with their properties, types and counts.",
            responses: [.json("The schema.", Schemas.anything)]
        ) { exchange in .json(try await exchange.store.schema()) },
        Endpoint(
            method: .get, path: "/v1/stats", operationID: "getStats",
            summary: "What the store holds and what it costs.",
            responses: [.json("The statistics.", Schemas.anything)]
        ) { exchange in .json(try await exchange.store.statistics()) },
        Endpoint(
            method: .get, path: "/health", operationID: "getHealth", summary: "Whether the process runs.",
            responses: [.json("It does.", Schemas.object(["status": ["type": "string"]]))]
        ) { _ in .json(["status": "ok", "version": .string(FoveaVersion.text)]) },
        Endpoint(
            method: .get, path: "/ready", operationID: "getReadiness", summary: "Whether the store answers.",
            responses: [.json("It does.", Schemas.object(["status": ["type": "string"]]))]
        ) { exchange in
            _ = try await exchange.store.schema()
            return .json(["status": "ready"])
        },
        Endpoint(
            method: .get, path: "/metrics", operationID: "getMetrics",
            summary: "Metrics in Prometheus' text format.",
            responses: [.init(200, "The metrics.", contentType: "text/plain", schema: Schemas.text)]
        ) { exchange in
            let gauges = try await exchange.store.gauges()
            return .text(
                exchange.service.metrics.text(gauges: gauges),
                contentType: "text/plain; version=0.0.4; charset=utf-8")
        },
    ]
}
