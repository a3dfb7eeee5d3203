import Base
import Curation
import Engine
import NIOHTTP1
import Query

/// Whether labels are right: rules that they must keep, and scores.
enum QualityRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .GET, "/v1/label-rules", operationID: "listLabelRules",
            summary: "The rules that labels should keep.",
            responses: [.json("The rules.", rules)],
            answer: { _ in
                .json([
                    "rules": .array(
                        LabelRules.all.map { rule in
                            var document: Document = [
                                "rule": .string(rule.id), "severity": .string(rule.severity.rawValue),
                                "summary": .string(rule.summary),
                            ]
                            if let remedy = rule.remedy { document.append("remedy", .string(remedy)) }
                            return .object(document)
                        })
                ])
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/labels/check", operationID: "checkLabels",
            summary: "What breaks the rules among the labels of the entities that match a filter.",
            alsoReads: LabelRequest.regionClasses, parameters: [EntityRoutes.classParameter],
            body: [("application/json", Schemas.request(checkMembers(limited: true)))],
            responses: [
                .json("What was found.", findings),
                .init(200, "What was found.", contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404, 413],
            read: { try $0.checkRequest(limited: true) },
            answer: { exchange, asked in
                let pages = try await exchange.store.findings(asked.request)
                guard exchange.request.wantsLines else { return try await object(pages, limit: asked.limit) }
                return LabelRoutes.lines(documents(pages), limit: asked.limit)
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/labels/fix", operationID: "fixLabels",
            summary: "Mends what can be mended without asking, a run for each rule, which can be reverted.",
            access: .update, parameters: [EntityRoutes.classParameter],
            body: [("application/json", Schemas.request(checkMembers(limited: false)))],
            responses: [.json("What became of each rule.", outcomes)], errors: [404, 413],
            read: { try $0.checkRequest(limited: false).request },
            answer: { exchange, asked in
                let who = "human:\(try exchange.person(named: nil))"
                return .json([
                    "rules": .array(
                        try await exchange.store.fixLabels(asked, by: who).map { .object($0.document) })
                ])
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/quality", operationID: "findLabelQuality",
            summary: "Scores labels by what another source says of the same entities, the worst first.",
            alsoReads: LabelRequest.regionClasses, parameters: [EntityRoutes.classParameter],
            body: [("application/json", Schemas.request(qualityMembers, required: ["given", "predicted"]))],
            responses: [
                .json("The scores.", scores),
                .init(200, "The scores.", contentType: "application/x-ndjson", schema: Schemas.text),
            ], errors: [404, 413],
            read: { try $0.qualityRequest() },
            answer: { exchange, asked in
                let run = try await exchange.store.labelQuality(asked)
                if exchange.request.wantsLines {
                    return LabelRoutes.lines(run.reports(limit: asked.limit), limit: asked.limit)
                }
                var images: [Value] = []
                for try await page in run.reports(limit: asked.limit) { images += page.map { .object($0) } }
                return .json([
                    "scored": .integer(Int64(run.scored.count)), "skipped": .integer(Int64(run.skipped)),
                    "images": .array(images),
                ])
            }),
        Endpoint(
            .POST, "/v1/entities/{class}/quality/write", operationID: "writeLabelQuality",
            summary: "The same, and writes each score to the property `\(QualityRequest.property)`.",
            access: .update, parameters: [EntityRoutes.classParameter],
            body: [("application/json", Schemas.request(qualityMembers, required: ["given", "predicted"]))],
            responses: [.json("How many were written.", written)], errors: [404, 413],
            read: { try $0.qualityRequest() },
            answer: { exchange, asked in
                let run = try await exchange.store.labelQuality(asked)
                return .json([
                    "scored": .integer(Int64(run.scored.count)), "skipped": .integer(Int64(run.skipped)),
                    "written": .integer(Int64(try await run.write())),
                ])
            }),
    ]

    // MARK: - Private

    private static let source: Document = [
        "type": "string", "minLength": 1,
        "description": "A source, or the beginning of some with a `*` after it, as in `model:*`.",
    ]

    private static func checkMembers(limited: Bool) -> Document {
        var members: Document = [
            "filter": .object(Schemas.filter),
            "rules": [
                "type": "array", "description": "All unless told.",
                "items": ["type": "string", "enum": .array(LabelRules.all.map { .string($0.id) })],
            ],
            "source": .object(source),
            "classes": [
                "type": "array", "items": ["type": "string"],
                "description": "The classes that labels may have; any unless told.",
            ],
        ]
        if limited {
            members["limit"] = [
                "type": "integer", "minimum": 0, "description": "Findings, 25 unless told; 0 for all.",
            ]
        }
        return members
    }

    private static let qualityMembers: Document = [
        "filter": .object(Schemas.filter), "given": .object(source), "predicted": .object(source),
        "method": [
            "type": "string", "enum": .array(QualityMethod.allCases.map { .string($0.rawValue) }),
            "description": "`objectlab` unless told.",
        ],
        "limit": ["type": "integer", "minimum": 0, "description": "Images, 25 unless told; 0 for all."],
    ]

    private static let rules = Schemas.object(
        [
            "rules": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "rule": ["type": "string"], "severity": ["type": "string"],
                            "summary": ["type": "string"], "remedy": ["type": "string"],
                        ], required: ["rule", "severity", "summary"])))
        ], required: ["rules"])

    private static let findings = Schemas.object(
        [
            "findings": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "rule": ["type": "string"], "severity": ["type": "string"],
                            "image": ["type": "string"],
                            "labels": ["type": "array", "items": ["type": "integer"]],
                            "message": ["type": "string"], "fix": ["type": "string"],
                            "geometry": .object(Schemas.anything),
                        ], required: ["rule", "severity", "message"]))),
            "counts": [
                "type": "object", "additionalProperties": ["type": "integer"],
                "description": "All findings of each rule that has any.",
            ],
        ], required: ["findings", "counts"])

    private static let outcomes = Schemas.object(
        [
            "rules": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "rule": ["type": "string"], "found": ["type": "integer"],
                            "fixed": ["type": "integer"], "changed_meanwhile": ["type": "integer"],
                            "run": ["type": "integer"],
                        ], required: ["rule", "found", "fixed"])))
        ], required: ["rules"])

    private static let scores = Schemas.object(
        [
            "scored": ["type": "integer"],
            "skipped": ["type": "integer", "description": "Images of which one of the two says nothing."],
            "images": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "image": ["type": "string"],
                            "score": ["type": "number", "minimum": 0, "maximum": 1],
                            "causes": .object(Schemas.list(of: Schemas.anything)),
                        ], required: ["image", "score"]))),
        ], required: ["scored", "skipped", "images"])

    private static let written = Schemas.object(
        ["scored": ["type": "integer"], "skipped": ["type": "integer"], "written": ["type": "integer"]],
        required: ["scored", "skipped", "written"])

    private static func documents(
        _ pages: AsyncThrowingStream<[LabelFinding], any Error>
    ) -> AsyncThrowingStream<[Document], any Error> {
        let walk = FindingPages(pages)
        return AsyncThrowingStream { try await walk.next() }
    }

    /// Pages of findings as pages of documents.
    private actor FindingPages {
        private var iterator: AsyncThrowingStream<[LabelFinding], any Error>.Iterator

        init(_ pages: AsyncThrowingStream<[LabelFinding], any Error>) { iterator = pages.makeAsyncIterator() }

        func next() async throws -> [Document]? {
            var iterator = iterator
            defer { self.iterator = iterator }
            return try await iterator.next(isolation: #isolation)?.map(\.document)
        }
    }

    private static func object(
        _ pages: AsyncThrowingStream<[LabelFinding], any Error>, limit: Int
    ) async throws -> Response {
        var findings: [Value] = []
        var counts: [String: Int64] = [:]
        for try await page in pages {
            for finding in page {
                counts[finding.rule, default: 0] += 1
                if limit == 0 || findings.count < limit { findings.append(.object(finding.document)) }
            }
        }
        let told = LabelRules.all.compactMap { rule in counts[rule.id].map { (rule.id, Value.integer($0)) } }
        return .json(["findings": .array(findings), "counts": .object(Document(told))])
    }
}

extension FixOutcome {
    fileprivate var document: Document {
        var document: Document = [
            "rule": .string(rule), "found": .integer(Int64(found)), "fixed": .integer(Int64(fixed)),
        ]
        if changedMeanwhile > 0 { document.append("changed_meanwhile", .integer(Int64(changedMeanwhile))) }
        if let run { document.append("run", .integer(run)) }
        return document
    }
}

extension Request {
    fileprivate func checkRequest(limited: Bool) throws -> (request: CheckRequest, limit: Int) {
        let reader = try object()
        try reader.refuseUnknown(["filter", "rules", "source", "classes"] + (limited ? ["limit"] : []))
        let source = reader.object["source"] == nil ? nil : try reader.text("source")
        let request = try CheckRequest(
            entityClass: try parameter("class"), filter: try reader.filter(),
            source: source.map { SourcePattern($0) }, rules: try reader.texts("rules"),
            options: CheckOptions(classes: try reader.texts("classes").map { Set($0) }))
        return (request, try reader.count("limit") ?? 25)
    }

    fileprivate func qualityRequest() throws -> QualityRequest {
        let reader = try object()
        try reader.refuseUnknown(["filter", "given", "predicted", "method", "limit"])
        let word =
            reader.object["method"] == nil ? QualityMethod.objectLab.rawValue : try reader.text("method")
        guard let method = QualityMethod(rawValue: word) else {
            let known = QualityMethod.allCases.map(\.rawValue).joined(separator: ", ")
            throw EngineError(
                .invalidRequest, "'method' is '\(word.prefix(40))', it must be one of \(known)",
                path: "method")
        }
        return QualityRequest(
            entityClass: try parameter("class"), filter: try reader.filter(),
            given: SourcePattern(try reader.text("given")),
            predicted: SourcePattern(try reader.text("predicted")), method: method,
            limit: try reader.count("limit") ?? 25)
    }
}
