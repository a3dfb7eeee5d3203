import Base
import Engine
import NIOHTTP1
import Pipeline
import Query

/// Cortex's paths as its article has them.
enum SampleRoutes {
    /// Samples of a page.
    static let pageCount = 25

    static let endpoints: [Endpoint] = [list, add, BoxPage.endpoint]

    private static let list: Endpoint = {
        var endpoint = Endpoint(
            .GET, "/get-labeled-data", operationID: "getLabeledData",
            summary: "A page of 25 samples that match a filter, and how many match in all.",
            parameters: [
                .init(
                    name: "page", place: .query, schema: ["type": "string", "pattern": "^[1-9][0-9]*$"],
                    description: "Which page, from 1 on; 1 unless told."),
                .init(
                    name: "q", place: .query, schema: Schemas.json,
                    description: "A filter over samples, in MongoDB's language; `{}` unless told."),
                keyParameter,
            ],
            responses: [
                .json(
                    "The page.",
                    Schemas.object(
                        [
                            "output": .object(Schemas.list(of: sample)),
                            "size": ["type": "integer", "description": "How many match, on all pages."],
                        ], required: ["output", "size"]))
            ], errors: [504],
            read: { try PageRequest($0) },
            answer: { exchange, asked in
                let (store, roles) = (exchange.store, try await exchange.service.detectors.roles())
                let page = try await TimeLimit.run(exchange.service.patience.page, "the filter") {
                    try await store.samples(asked.filter, roles, skip: asked.skip, limit: pageCount)
                }
                return .json([
                    "output": .array(page.samples.map { .object($0) }), "size": .integer(Int64(page.count)),
                ])
            })
        endpoint.subject = Store.imageClass
        endpoint.alsoReads = LabelRequest.regionClasses
        endpoint.keyUse = .pages
        return endpoint
    }()

    private static let add: Endpoint = {
        var endpoint = Endpoint(
            .POST, "/add", operationID: "addSample",
            summary:
                "The sample of a URL or an id. An image that the store does not have is fetched and analysed first.",
            access: .create, parameters: [keyParameter],
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "url_or_id": [
                                "type": "string", "minLength": 1,
                                "description": "The URL of an image, or a sample's `_id`.",
                            ]
                        ], required: ["url_or_id"])
                )
            ],
            responses: [.json("The sample.", sample)], errors: [404, 410, 415, 502, 504],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["url_or_id"])
                return try reader.text("url_or_id")
            },
            answer: { exchange, text in .json(try await sample(of: text, exchange.service)) })
        endpoint.subject = Store.imageClass
        endpoint.alsoReads = [Store.imageClass] + LabelRequest.regionClasses
        endpoint.keyUse = .analysis
        endpoint.bodyByteCount = 64 << 10
        return endpoint
    }()

    static let keyParameter = Endpoint.Parameter(
        name: "X-RapidAPI-Key", place: .header, schema: Schemas.text,
        description: "A key (`fvk_…`), where users log in and the request comes from none.")

    private static func sample(of text: String, _ service: Exchange.Service) async throws -> Document {
        try await TimeLimit.run(service.patience.adding, "fetching and analysing it") {
            let id: EntityID
            if text.hasPrefix("PT::") {
                id = try await service.store.image(ofSample: text)
            } else {
                do {
                    id = try await service.onDemand.image(at: text)
                } catch var error as EngineError {
                    if error.path == "url" { error.path = "url_or_id" }
                    throw error
                }
            }
            return try await service.onDemand.analysedSample(id)
        }
    }

    private static let flag: Document = ["type": "string", "enum": ["true", "false"]]
    private static let pixel: Document = ["type": "integer"]

    static let sample = Schemas.object(
        [
            "_id": ["type": "string", "pattern": "^PT::[0-9a-f]{24}$"], "url": ["type": "string"],
            "datetime": [
                "type": "string", "description": "When it was first seen, in UTC.",
                "pattern": "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}$",
            ],
            "object_analysis_processed": .object(flag), "pose_estimation_processed": .object(flag),
            "face_analysis_processed": .object(flag), "source": ["type": "string"],
            "type": ["type": "string", "enum": ["image"]], "height": .object(pixel), "width": .object(pixel),
            "hash": ["type": "string", "description": "The SHA-256 of the image's bytes."],
            "object_analysis": .object(
                Schemas.list(
                    of: Schemas.list(
                        of: Schemas.object(
                            [
                                "classname": ["type": "string"], "conf": ["type": "number"],
                                "x1": .object(pixel), "y1": .object(pixel), "x2": .object(pixel),
                                "y2": .object(pixel),
                            ], required: ["classname", "x1", "y1", "x2", "y2"])))),
            "label_quality_estimation": ["type": "number", "minimum": 0, "maximum": 1],
        ],
        required: [
            "_id", "datetime", "object_analysis_processed", "pose_estimation_processed",
            "face_analysis_processed", "type", "object_analysis",
        ])

    /// What a request for a page asks for.
    private struct PageRequest: Sendable {
        var filter: Filter
        var skip: Int

        init(_ request: Request) throws {
            var (page, text) = (1, "{}")
            for (name, value) in try request.queryItems() {
                switch name {
                case "page":
                    guard let number = Int(value), number >= 1, !value.hasPrefix("+") else {
                        throw EngineError(
                            .invalidRequest,
                            "'page' must be a whole number from 1 on, not '\(value.prefix(40))'",
                            path: "page")
                    }
                    page = number
                case "q": text = value
                default:
                    throw EngineError(
                        .invalidRequest, "'\(name.prefix(100))' is not known here; there are page and q",
                        path: String(name.prefix(100)))
                }
            }
            let (skip, isTooFar) = (page - 1).multipliedReportingOverflow(by: SampleRoutes.pageCount)
            self.skip = isTooFar ? .max : skip
            do throws(FilterError) {
                filter = try Filter.parse(text)
            } catch {
                throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
            }
        }
    }
}
