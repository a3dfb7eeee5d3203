import AsyncAlgorithms
import Base
import Engine
import HTTPTypes
import Hummingbird
import NIOCore
import Query

/// Finding entities and counting them.
enum EntityRoutes {
    static let endpoints: [Endpoint] = [
        query(
            .post, "find", "findEntities", "Entities that match a filter, sorted and paged.", find,
            body: findRequest, answer: findAnswer, lines: true),
        query(
            .get, "find", "findEntitiesByURL", "The same, with the request in the query string.", find,
            answer: findAnswer, lines: true,
            parameters: [
                .init(
                    name: "filter", place: .query, schema: Schemas.text,
                    description: "The filter as JSON text."),
                .init(
                    name: "sort", place: .query, schema: Schemas.text,
                    description: "Such as `bytes:desc,path:asc`."),
                .init(
                    name: "skip", place: .query, schema: Schemas.integer,
                    description: "Leave out the first n."),
                .init(
                    name: "limit", place: .query, schema: Schemas.integer,
                    description: "At most n, 25 unless told; 0 for all."),
                .init(
                    name: "projection", place: .query, schema: Schemas.text,
                    description: "The projection as JSON text."),
                .init(
                    name: "count", place: .query, schema: ["type": "boolean"],
                    description: "Count all matches as well."),
            ]),
        query(
            .post, "count", "countEntities", "How many entities match a filter.", count,
            body: Schemas.object(["filter": .object(Schemas.filter)]),
            answer: Schemas.object(["count": ["type": "integer"]], required: ["count"])),
        query(
            .post, "facets", "facetEntities", "Exact counts of the values of properties within a filter.",
            facets,
            body: Schemas.object([
                "filter": .object(Schemas.filter),
                "properties": .object(Schemas.list(of: Schemas.text)),
                "limit": [
                    "type": "integer", "minimum": 0,
                    "description": "Values a property, 20 unless told; 0 for all.",
                ],
            ]),
            answer: Schemas.object(
                [
                    "count": ["type": "integer"],
                    "facets": .object(Schemas.list(of: Schemas.reference("Facet"))),
                ],
                required: ["count", "facets"])),
        query(
            .post, "histogram", "histogramEntities",
            "Counts by ranges of a numeric property within a filter.", histogram,
            body: Schemas.object(
                [
                    "filter": .object(Schemas.filter), "property": ["type": "string"],
                    "bins": ["type": "integer", "minimum": 1, "maximum": 1000],
                    "edges": ["type": "array", "items": ["type": "number"], "minItems": 2],
                ], required: ["property"]),
            answer: Schemas.reference("Histogram")),
        query(
            .post, "explain", "explainFilter",
            "How a filter is answered: the plan with estimated and true counts.", explain,
            body: Schemas.object(["filter": .object(Schemas.filter)]), answer: Schemas.anything),
        Endpoint(
            method: .get, path: "/v1/entities/{class}/{id}", operationID: "getEntity",
            summary: "All that is known of one entity.", parameters: [classParameter, idParameter],
            responses: [.json("The entity.", Schemas.entity), .init(404, "There is no such entity.")]
        ) { exchange in
            .json(try await exchange.store.entity(exchange.entityID(), class: exchange.parameter("class")))
        },
    ]

    static let classParameter = Endpoint.Parameter(
        name: "class", place: .path, schema: Schemas.text,
        description: "The entities' class, such as `Image`.")
    static let idParameter = Endpoint.Parameter(
        name: "id", place: .path, schema: Schemas.text, description: "The entity's `_uniqueid`.")

    // MARK: - Private

    private static let findRequest = Schemas.object([
        "filter": .object(Schemas.filter),
        "sort": ["description": "`bytes:desc,path:asc`, or pairs such as `[[\"bytes\", \"desc\"]]`."],
        "skip": ["type": "integer", "minimum": 0],
        "limit": ["type": "integer", "minimum": 0, "description": "25 unless told; 0 for all."],
        "projection": ["type": "object", "description": "`{\"path\": 1}` or `{\"exif\": 0}`."],
        "count": ["type": "boolean", "description": "Count all matches as well."],
    ])

    private static let findAnswer = Schemas.object(
        ["entities": .object(Schemas.list(of: Schemas.entity)), "count": ["type": "integer"]],
        required: ["entities"])

    private static func query(
        _ method: HTTPRequest.Method, _ verb: String, _ operationID: String, _ summary: String,
        _ handle: @escaping @Sendable (Exchange) async throws -> Response, body: Document? = nil,
        answer: Document,
        lines: Bool = false, parameters: [Endpoint.Parameter] = []
    ) -> Endpoint {
        var responses = [Endpoint.Outcome.json("The answer.", answer)]
        if lines {
            responses.append(
                .init(200, "The answer.", contentType: "application/x-ndjson", schema: Schemas.text))
        }
        responses.append(.init(400, "The filter or another part of the request is wrong; `path` says where."))
        return Endpoint(
            method: method, path: "/v1/entities/{class}/\(verb)", operationID: operationID, summary: summary,
            parameters: [classParameter] + parameters, body: body.map { [("application/json", $0)] } ?? [],
            responses: responses, handle: handle)
    }

    private static func find(_ exchange: Exchange) async throws -> Response {
        let request = try await RequestReader(exchange.requestObject()).findRequest(
            class: exchange.parameter("class"))
        guard exchange.wantsLines else {
            let answer = try await exchange.store.find(request)
            var writer = JSONWriter(capacity: answer.entities.count * 512)
            writer.raw("{\"entities\":[")
            for (index, entity) in answer.entities.enumerated() {
                if index > 0 { writer.raw(",") }
                writer.write(entity)
            }
            writer.raw("]")
            if let count = answer.count {
                writer.raw(",\"count\":")
                writer.write(Int64(count))
            }
            writer.raw("}")
            return .json(writer.take())
        }
        // Bound before the status goes out, so that a wrong filter still is a 400.
        let results = try await exchange.store.select(request)
        return .lines { write in
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

    private static func count(_ exchange: Exchange) async throws -> Response {
        let reader = try await RequestReader(exchange.requestObject())
        let count = try await exchange.store.count(
            class: exchange.parameter("class"), filter: reader.filter())
        return .json(["count": .integer(Int64(count))])
    }

    private static func facets(_ exchange: Exchange) async throws -> Response {
        let reader = try await RequestReader(exchange.requestObject())
        let answer = try await exchange.store.facets(
            class: exchange.parameter("class"), filter: reader.filter(),
            properties: reader.texts("properties"),
            limit: reader.count("limit") ?? 20)
        return .json([
            "count": .integer(Int64(answer.count)),
            "facets": .array(answer.facets.map { .object($0.document) }),
        ])
    }

    private static func histogram(_ exchange: Exchange) async throws -> Response {
        let reader = try await RequestReader(exchange.requestObject())
        let histogram = try await exchange.store.histogram(
            class: exchange.parameter("class"), filter: reader.filter(), property: reader.text("property"),
            bins: reader.bins())
        return .json(histogram.document)
    }

    private static func explain(_ exchange: Exchange) async throws -> Response {
        let reader = try await RequestReader(exchange.requestObject())
        return .json(
            try await exchange.store.explain(class: exchange.parameter("class"), filter: reader.filter()))
    }
}

extension Exchange {
    /// The path's entity id.
    func entityID() throws -> EntityID {
        let text = try parameter("id")
        guard let id = EntityID(text) else {
            throw EngineError(
                .invalidRequest, "'\(text)' is no _uniqueid: it must look like 1.0.42", path: "id")
        }
        return id
    }
}

extension Response {
    /// An answer of JSON lines that `body` writes as it goes. What fails then is the last line: `{"error":
    /// …}`.
    static func lines(
        _ body:
            @escaping @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws ->
            Void
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                let lines = LineStream()
                async let written: Void = lines.run(body)
                for await bytes in lines.pieces { try await writer.write(ByteBuffer(bytes: bytes)) }
                await written
                try await writer.finish(nil)
            })
    }
}
