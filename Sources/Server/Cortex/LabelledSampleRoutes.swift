import Base
import Engine
import NIOHTTP1
import Pipeline

/// Cortex's later interface.
enum LabelledSampleRoutes {
    static let endpoints: [Endpoint] = [list, lookup, analyse]

    /// Rows of a list that is fetched whole.
    static let rowLimit = 100_000

    private static let list: Endpoint = {
        var endpoint = Endpoint(
            .POST, "/api/get-labeled-data", operationID: "findLabeledData",
            summary:
                "Images in which somebody has looked for objects, by a filter in a small language: a page, or all as CSV.",
            parameters: [SampleRoutes.keyParameter], body: [("application/json", request)],
            responses: [
                .json("The page.", page),
                .init(200, "All that match.", contentType: "text/csv", schema: Schemas.text),
            ], errors: [504],
            read: { try LabelledSampleRequest($0) },
            answer: { exchange, asked in
                asked.fetchesAll ? try await table(exchange, asked) : try await object(exchange, asked)
            })
        endpoint.subject = Store.imageClass
        endpoint.alsoReads = LabelRequest.regionClasses
        endpoint.keyUse = .pages
        endpoint.bodyByteCount = 256 << 10
        return endpoint
    }()

    private static let lookup: Endpoint = {
        var endpoint = Endpoint(
            .POST, "/api/images/lookup", operationID: "lookUpImages",
            summary: "What is known of URLs. Nothing is fetched.",
            parameters: [SampleRoutes.keyParameter],
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "urls": [
                                "type": "array", "minItems": 1, "maxItems": 50, "items": ["type": "string"],
                            ]
                        ], required: ["urls"])
                )
            ],
            responses: [
                .json(
                    "The state of each, in their order.",
                    Schemas.object(
                        ["images": .object(Schemas.list(of: state))], required: ["images"]))
            ],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["urls"])
                let values = reader.object["urls"]?.arrayValue ?? []
                let urls = values.compactMap(\.stringValue)
                guard (1...50).contains(values.count), urls.count == values.count else {
                    throw EngineError(.invalidRequest, "urls: must be a list of 1 to 50 texts", path: "urls")
                }
                return urls
            },
            answer: { exchange, urls in
                let states = try await exchange.service.onDemand.states(of: urls)
                return .json([
                    "images": .array(
                        zip(urls, states).map { ["url": .string($0), "state": .string($1.rawValue)] })
                ])
            })
        endpoint.subject = Store.imageClass
        endpoint.keyUse = .lookup
        endpoint.bodyByteCount = 256 << 10
        return endpoint
    }()

    private static let analyse: Endpoint = {
        var endpoint = Endpoint(
            .POST, "/api/images/analyse", operationID: "analyseImage",
            summary: "Has the image of a URL fetched and analysed in the background.", access: .create,
            parameters: [SampleRoutes.keyParameter],
            body: [
                (
                    "application/json",
                    Schemas.request(["url": .object(Schemas.word)], required: ["url"])
                )
            ],
            responses: [
                .json("It is done already.", state), .json("It is to be done.", state, status: 202),
            ],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["url"])
                return try reader.text("url")
            },
            answer: { exchange, url in
                let state = try await exchange.service.onDemand.enqueue(url)
                return .json(
                    ["url": .string(url), "state": .string(state.rawValue)],
                    status: state == .done ? .ok : .accepted)
            })
        endpoint.subject = Store.imageClass
        endpoint.alsoReads = [Store.imageClass]
        endpoint.keyUse = .analysis
        endpoint.bodyByteCount = 64 << 10
        return endpoint
    }()

    // MARK: - Private

    private static func object(_ exchange: Exchange, _ asked: LabelledSampleRequest) async throws -> Response
    {
        let (store, search) = (exchange.store, asked.search)
        let roles = try await exchange.service.detectors.roles()
        let found = try await TimeLimit.run(exchange.service.patience.laterPage, "the filter") {
            try await store.labelledSamples(search, roles)
        }
        let pages = (found.count + search.limit - 1) / search.limit
        return .json([
            "output": .array(found.samples.map { .object($0) }), "length": .integer(Int64(found.count)),
            "current_page": .integer(Int64(asked.page)), "total_pages": .integer(Int64(pages)),
            "has_next_page": .boolean(asked.page < pages),
        ])
    }

    private static func table(_ exchange: Exchange, _ asked: LabelledSampleRequest) async throws -> Response {
        let (store, roles) = (exchange.store, try await exchange.service.detectors.roles())
        var search = asked.search
        (search.skip, search.limit) = (0, rowLimit)
        let found = try await TimeLimit.run(exchange.service.patience.list, "the list") { [search] in
            try await store.labelledSamples(search, roles)
        }
        guard found.count <= rowLimit else {
            throw EngineError(
                .limitExceeded,
                "\(found.count) images match, a list has at most \(rowLimit): narrow the filter",
                path: "filter")
        }
        let samples = found.samples
        return Response(
            .ok,
            headers: [
                "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store",
                "Content-Disposition": "attachment; filename=\"labeled-data.csv\"",
            ],
            body: .stream(length: nil) { write in
                try await write(Array(SampleTable.header.utf8))
                for first in stride(from: 0, to: samples.count, by: 1_000) {
                    let lines = samples[first..<min(first + 1_000, samples.count)].map(SampleTable.line)
                    try await write(Array(lines.joined().utf8))
                }
            })
    }

    private static let request = Schemas.request([
        "page": ["type": "integer", "minimum": 1, "default": 1],
        "per_page": ["type": "integer", "minimum": 1, "maximum": 100, "default": 25],
        "fetch_all": ["type": "boolean", "default": false, "description": "All that match, as CSV."],
        "sort": ["type": "string", "enum": ["id", "quality", "newest"], "default": "id"],
        "filter": ["type": "object", "description": "A filter in the small language of docs/cortex.md."],
        "query": [
            "type": "object",
            "properties": [
                "min_width": ["type": "integer", "minimum": 0, "default": 100],
                "min_height": ["type": "integer", "minimum": 0, "default": 0],
                "label_quality_score": [
                    "type": "integer", "minimum": 0, "maximum": 100, "default": 50,
                    "description": "In percent.",
                ],
                "include_classes": ["type": "array", "items": ["type": "string"], "maxItems": 100],
                "include_mode": ["type": "string", "enum": ["all", "any"], "default": "all"],
                "exclude_classes": ["type": "array", "items": ["type": "string"], "maxItems": 100],
            ],
            "description": "The simple form, where there is no filter.",
        ],
    ])

    private static let state = Schemas.object(
        [
            "url": ["type": "string"],
            "state": [
                "type": "string",
                "enum": .array(OnDemandImages.State.allCases.map { .string($0.rawValue) }),
            ],
        ], required: ["url", "state"])

    private static let page = Schemas.object(
        [
            "output": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "_id": ["type": "string"], "url": ["type": ["string", "null"]],
                            "datetime": ["type": "string"], "width": ["type": ["integer", "null"]],
                            "height": ["type": ["integer", "null"]], "hash": ["type": ["string", "null"]],
                            "object_detection": [
                                "type": "object",
                                "description":
                                    "For each class its boxes, as `[x1, y1, x2, y2]` in parts of width and height.",
                            ],
                            "label_quality_score": ["type": ["number", "null"]],
                        ],
                        required: [
                            "_id", "url", "datetime", "width", "height", "hash", "object_detection",
                            "label_quality_score",
                        ]))),
            "length": ["type": "integer", "description": "How many match, on all pages."],
            "current_page": ["type": "integer"], "total_pages": ["type": "integer"],
            "has_next_page": ["type": "boolean"],
        ], required: ["output", "length", "current_page", "total_pages", "has_next_page"])
}
