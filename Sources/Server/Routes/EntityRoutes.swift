import Base
import Engine
import NIOHTTP1
import Query

/// Finding entities and counting them.
enum EntityRoutes {
    static let endpoints: [Endpoint] = [
        find(
            .POST, "findEntities", "Entities that match a filter, sorted and paged.",
            body: [("application/json", findRequest)]),
        find(
            .GET, "findEntitiesByURL", "The same, with the request in the query string.",
            parameters: findParameters),
        filtered(
            "count", "countEntities", "How many entities match a filter.", members: [:],
            answer: Schemas.object(["count": ["type": "integer"]], required: ["count"]),
            read: { _ in },
            { exchange, sought, _ in
                let count = try await exchange.store.count(class: sought.entityClass, filter: sought.filter)
                return .json(["count": .integer(Int64(count))])
            }),
        filtered(
            "facets", "facetEntities", "Exact counts of the values of properties within a filter.",
            members: [
                "properties": .object(Schemas.list(of: Schemas.text)),
                "limit": [
                    "type": "integer", "minimum": 0,
                    "description": "Values a property, 20 unless told; 0 for all.",
                ],
                "rollup": [
                    "type": "boolean",
                    "description":
                        "Whether labels count for the declared classes above theirs, too. Only `label` is counted so.",
                ],
            ],
            answer: Schemas.object(
                [
                    "count": ["type": "integer"],
                    "facets": .object(Schemas.list(of: Schemas.reference("Facet"))),
                ],
                required: ["count", "facets"]),
            read: {
                (
                    properties: try $0.texts("properties"), limit: try $0.count("limit") ?? 20,
                    rollsUp: try $0.flag("rollup") ?? false
                )
            },
            { exchange, sought, asked in
                let answer = try await exchange.store.facets(
                    class: sought.entityClass, filter: sought.filter, properties: asked.properties,
                    limit: asked.limit, rollsUp: asked.rollsUp)
                return .json([
                    "count": .integer(Int64(answer.count)),
                    "facets": .array(answer.facets.map { .object($0.document) }),
                ])
            }),
        filtered(
            "histogram", "histogramEntities", "Counts by ranges of a numeric property within a filter.",
            members: [
                "property": .object(Schemas.word),
                "bins": ["type": "integer", "minimum": 1, "maximum": 1000],
                "edges": ["type": "array", "items": .object(Schemas.edge), "minItems": 2],
            ],
            required: ["property"], answer: Schemas.reference("Histogram"),
            read: { (property: try $0.text("property"), bins: try $0.bins()) },
            { exchange, sought, asked in
                let histogram = try await exchange.store.histogram(
                    class: sought.entityClass, filter: sought.filter, property: asked.property,
                    bins: asked.bins)
                return .json(histogram.document)
            }),
        filtered(
            "explain", "explainFilter", "How a filter is answered: the plan with estimated and true counts.",
            members: [:], answer: explanation, read: { _ in },
            { exchange, sought, _ in
                .json(try await exchange.store.explain(class: sought.entityClass, filter: sought.filter))
            }),
        Endpoint(
            .GET, "/v1/entities/{class}/{id}", operationID: "getEntity",
            summary: "All that is known of one entity.", parameters: [classParameter, idParameter],
            responses: [.json("The entity.", Schemas.entity)], errors: [404, 410],
            read: { (id: try $0.entityID(), class: try $0.parameter("class")) },
            answer: { exchange, sought in
                .json(try await exchange.store.entity(sought.id, class: sought.class))
            }),
    ]

    static let classParameter = Endpoint.Parameter(
        name: "class", place: .path, schema: Schemas.word,
        description: "The entities' class, such as `Image`.")
    static let idParameter = Endpoint.Parameter(
        name: "id", place: .path, schema: Schemas.id, description: "The entity's `_uniqueid`.")

    // MARK: - Private

    /// What the requests of a filter have in common.
    private struct Sought: Sendable {
        var entityClass: String
        var filter: Filter
    }

    private static let direction: Document = ["enum": ["asc", "desc", 1, -1]]

    private static let findRequest = Schemas.request([
        "filter": .object(Schemas.filter),
        "sort": [
            "description": "`bytes:desc,path:asc`, or pairs such as `[[\"bytes\", \"desc\"]]`.",
            "anyOf": [
                ["type": "string"], ["type": "object", "additionalProperties": .object(direction)],
                [
                    "type": "array",
                    "items": [
                        "type": "array", "prefixItems": [.object(Schemas.word), .object(direction)],
                        "minItems": 2, "maxItems": 2,
                    ],
                ],
            ],
        ],
        "skip": ["type": "integer", "minimum": 0],
        "limit": ["type": "integer", "minimum": 0, "description": "25 unless told; 0 for all."],
        "projection": ["type": "object", "description": "`{\"path\": 1}` or `{\"exif\": 0}`."],
        "count": [
            "type": "boolean",
            "description":
                "Count all matches as well; of lines and of tables, in the header `X-Fovea-Count`.",
        ],
    ])

    private static let findParameters: [Endpoint.Parameter] = [
        ("filter", Schemas.json, "The filter as JSON text."),
        ("sort", Schemas.text, "Such as `bytes:desc,path:asc`."),
        ("skip", ["type": "integer", "minimum": 0], "Leave out the first n."),
        ("limit", ["type": "integer", "minimum": 0], "At most n, 25 unless told; 0 for all."),
        ("projection", Schemas.json, "The projection as JSON text."),
        (
            "count", ["type": "boolean"],
            "Count all matches as well; of lines and of tables, in the header `X-Fovea-Count`."
        ),
    ].map { Endpoint.Parameter(name: $0.0, place: .query, schema: $0.1, description: $0.2) }

    private static let explanation = Schemas.object(
        [
            "filter": ["type": "object"], "class": ["type": "string"], "commit": ["type": "integer"],
            "total": ["type": "integer"], "count": ["type": "integer"],
            "plan": .object(Schemas.reference("PlanStep")),
        ], required: ["filter", "class", "count"])

    private static let findAnswer = Schemas.object(
        ["entities": .object(Schemas.list(of: Schemas.entity)), "count": ["type": "integer"]],
        required: ["entities"])

    private static func find(
        _ method: HTTPMethod, _ operationID: String, _ summary: String,
        parameters: [Endpoint.Parameter] = [], body: [(contentType: String, schema: Document)] = []
    ) -> Endpoint {
        Endpoint(
            method, "/v1/entities/{class}/find", operationID: operationID, summary: summary,
            parameters: [classParameter] + parameters, body: body,
            responses: [
                .json("The entities.", findAnswer),
                .init(
                    200, "The entities.", contentType: "application/x-ndjson", schema: Schemas.text,
                    headers: [("X-Fovea-Count", "How many match, where `count` asks for it.")]),
                .table("The entities, a column for each field."),
            ], errors: [404, 413],
            read: { try $0.object().findRequest(class: $0.parameter("class")) },
            answer: { exchange, request in
                if exchange.request.wantsTable { return .table(try await exchange.store.table(request)) }
                return exchange.request.wantsLines
                    ? try await lines(exchange.store, request) : try await page(exchange.store, request)
            })
    }

    private static func page(_ store: Store, _ request: FindRequest) async throws -> Response {
        let answer = try await store.findText(request)
        var writer = JSONWriter(capacity: answer.entities.count + 64)
        writer.raw("{\"entities\":")
        writer.raw(answer.entities)
        if let count = answer.count {
            writer.raw(",\"count\":")
            writer.write(Int64(count))
        }
        writer.raw("}")
        return .json(writer.take())
    }

    /// Bound before the status goes out, so that a wrong filter still is a 400.
    private static func lines(_ store: Store, _ request: FindRequest) async throws -> Response {
        let results = try await store.select(request)
        let headers: HTTPHeaders = request.wantsCount ? ["X-Fovea-Count": String(results.count)] : [:]
        return .lines(headers: headers) { write in
            for try await entities in results.pages() {
                var writer = JSONWriter(capacity: entities.count * 512)
                for entity in entities {
                    writer.write(entity)
                    writer.raw("\n")
                }
                try await write(writer.take())
            }
        }
    }

    /// An endpoint that is asked with a filter, and with `members` beside it.
    private static func filtered<Asked: Sendable>(
        _ verb: String, _ operationID: String, _ summary: String, members: Document, required: [String] = [],
        answer: Document, read: @escaping @Sendable (RequestReader) throws -> Asked,
        _ handle: @escaping @Sendable (Exchange, Sought, Asked) async throws -> Response
    ) -> Endpoint {
        var properties: Document = ["filter": .object(Schemas.filter)]
        for (name, schema) in members.members { properties[name] = schema }
        let names = properties.keys
        return Endpoint(
            .POST, "/v1/entities/{class}/\(verb)", operationID: operationID, summary: summary,
            parameters: [classParameter],
            body: [("application/json", Schemas.request(properties, required: required))],
            responses: [.json("The answer.", answer)], errors: [404, 413],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(Array(names))
                let sought = Sought(
                    entityClass: try request.parameter("class"), filter: try reader.filter())
                return (sought, try read(reader))
            },
            answer: { exchange, input in try await handle(exchange, input.0, input.1) })
    }
}
