import Base
import Curation
import Engine
import NIOHTTP1
import Query

/// People who say whether labels are right.
enum ReviewRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/reviews/next", operationID: "nextReviews",
            summary: "The next labels that somebody is to be asked about.",
            body: [("application/json", question)],
            responses: [.json("The labels.", questions)], errors: [404, 413],
            read: { try $0.reviewQuestion() },
            answer: { exchange, asked in
                let person = try exchange.person(named: asked.user)
                let labels = try await exchange.store.reviewQuestions(asked.question, for: person)
                return .json(["labels": .array(labels.map { .object($0) })])
            }),
        Endpoint(
            .POST, "/v1/reviews", operationID: "addReview",
            summary: "An answer about a label: it is right, it is wrong, or what is right instead.",
            access: .update, body: [("application/json", reply)],
            responses: [.json("What became of the label.", outcome)], errors: [404, 409],
            read: { try $0.reviewReply() },
            answer: { exchange, asked in
                let person = try exchange.person(named: asked.user)
                return .json(try await exchange.store.review(asked.reply, by: person))
            }),
        Endpoint(
            .GET, "/v1/reviews/stats", operationID: "getReviewStatistics",
            summary: "How far reviews are, how far people agree, and which labels need none.",
            parameters: [
                .init(
                    name: "precision", place: .query, schema: ["type": "number", "minimum": 0, "maximum": 1],
                    description:
                        "The share of right labels that is asked of those which need no review; 0.95 unless told."
                )
            ],
            responses: [.json("The statistics.", statistics)],
            read: { try $0.precision() },
            answer: { exchange, precision in
                .json(try await exchange.store.reviewStatistics(precision: precision))
            }),
    ]

    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/reviews/people", operationID: "setReviewPeople",
            summary: "How many people must agree that a label is right, or wrong.", access: .holder,
            body: [("application/json", Schemas.request(["people": people], required: ["people"]))],
            responses: [
                .json("It is set.", Schemas.object(["people": ["type": "integer"]], required: ["people"]))
            ],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["people"])
                guard let people = try reader.count("people") else {
                    throw EngineError(.invalidRequest, "'people' must be given", path: "people")
                }
                return people
            },
            answer: { exchange, people in
                try await exchange.store.setReviewPeople(people)
                return .json(["people": .integer(Int64(people))])
            }),
        Endpoint(
            .POST, "/v1/reviews/honeypots", operationID: "setHoneypot",
            summary: "That it is known of a label whether it is right, to see how people answer.",
            access: .holder,
            body: [
                (
                    "application/json",
                    Schemas.request(
                        [
                            "label": .object(number),
                            "right": ["type": ["boolean", "null"], "description": "null takes it back."],
                        ], required: ["label", "right"])
                )
            ],
            responses: [
                .json("It is noted.", Schemas.object(["label": ["type": "integer"]], required: ["label"]))
            ], errors: [404],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["label", "right"])
                let isNull = reader.object["right"] == .null
                guard let right = isNull ? .some(nil) : try reader.flag("right").map(Optional.some) else {
                    throw EngineError(.invalidRequest, "'right' must be true, false or null", path: "right")
                }
                return (label: try reader.label(), right: right)
            },
            answer: { exchange, asked in
                try await exchange.store.setHoneypot(asked.label, isRight: asked.right)
                return .json(["label": .integer(asked.label)])
            }),
    ]

    // MARK: - Private

    private static let number: Document = ["type": "integer", "minimum": 0]
    private static let people: Value = ["type": "integer", "minimum": 1, "maximum": 9]
    private static let user: Value = [
        "type": "string",
        "description": "Who is asked, where nobody logs in; a user's own name otherwise.",
    ]
    private static let percent: Document = ["type": "number", "minimum": 0, "maximum": 100]

    private static let question = Schemas.request([
        "class": ["type": "string", "description": "Of the entities; `Image` unless told."],
        "filter": .object(Schemas.filter),
        "kind": ["type": "string", "enum": .array(LabelRequest.kinds.map { .string($0) })],
        "label": ["type": "string", "description": "The label class."],
        "source": [
            "type": "string",
            "description": "A source, or the beginning of some with a `*` after it, as in `model:*`.",
        ],
        "run": ["type": "integer", "minimum": 1], "percent": .object(percent),
        "seed": ["type": "integer", "minimum": 0], "honeypots": .object(percent),
        "precision": [
            "type": "number", "minimum": 0, "maximum": 1,
            "description": "Leave out what answers so far show to be right so often.",
        ],
        "user": user,
        "limit": ["type": "integer", "minimum": 0, "description": "25 unless told; 0 for all."],
    ])

    private static let reply = Schemas.request(
        [
            "label": .object(number),
            "answer": ["type": "string", "enum": .array(ReviewWords.answers.map { .string($0) })],
            "class": ["type": "string", "description": "The right class, of a correction."],
            "geometry": [
                "type": "object",
                "description":
                    "The right place, of a correction, as the label has it: `x, y, width, height` of a box.",
            ],
            "note": ["type": "string"], "user": user,
        ], required: ["label", "answer"])

    private static let questions = Schemas.object(
        [
            "labels": .object(
                Schemas.list(
                    of: Schemas.object(
                        [
                            "image": ["type": "string"], "label": ["type": "integer"],
                            "kind": ["type": "string"], "class": ["type": "string"],
                            "confidence": ["type": "number"], "x": ["type": "number"],
                            "y": ["type": "number"], "width": ["type": "number"],
                            "height": ["type": "number"], "source": ["type": "string"],
                            "time": ["type": "string"], "state": ["type": "string"],
                        ], required: ["image", "label", "kind", "source", "time", "state"])))
        ], required: ["labels"])

    private static let outcome = Schemas.object(
        [
            "label": ["type": "integer"], "answer": ["type": "string"],
            "state": ["type": "string", "enum": .array(ReviewState.allCases.map { .string($0.rawValue) })],
            "successor": ["type": "integer", "description": "The label in its place."],
        ], required: ["label", "answer", "state"])

    private static let statistics = Schemas.object(
        [
            "people": ["type": "integer"], "labels": ["type": "integer"],
            "states": ["type": "object", "additionalProperties": ["type": "integer"]],
            "reviewers": .object(Schemas.list(of: Schemas.anything)),
            "agreement": .object(Schemas.list(of: Schemas.anything)), "precision": ["type": "number"],
            "thresholds": .object(Schemas.list(of: Schemas.anything)),
        ], required: ["people", "labels", "states", "reviewers", "agreement", "precision", "thresholds"])
}

extension RequestReader {
    /// The number of a label.
    fileprivate func label() throws -> Int64 {
        guard let number = try count("label") else {
            throw EngineError(.invalidRequest, "'label' must be given: the number of a label", path: "label")
        }
        return Int64(number)
    }

    fileprivate func optionalText(_ name: String) throws -> String? {
        object[name] == nil ? nil : try text(name)
    }

    fileprivate func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let value = object[name] else { return nil }
        let number = value.floatValue ?? value.stringValue.flatMap(Double.init)
        guard let number, range.contains(number) else {
            throw EngineError(
                .invalidRequest,
                "'\(name)' must be \(range.lowerBound) to \(range.upperBound), but is \(value.json)",
                path: name)
        }
        return number
    }
}

extension Request {
    fileprivate func reviewQuestion() throws -> (question: ReviewQuestion, user: String?) {
        let reader = try object()
        try reader.refuseUnknown([
            "class", "filter", "kind", "label", "source", "run", "percent", "seed", "honeypots", "precision",
            "user",
            "limit",
        ])
        let labels = try LabelRequest(
            entityClass: try reader.optionalText("class") ?? Store.imageClass, filter: try reader.filter(),
            kind: try reader.optionalText("kind"), name: try reader.optionalText("label"),
            source: try reader.optionalText("source"), run: try reader.count("run").map { Int64($0) },
            limit: try reader.count("limit") ?? 25)
        let sample = LabelSample(
            percent: try reader.number("percent", in: 0...100) ?? 100,
            seed: UInt64(try reader.count("seed") ?? 0))
        let question = ReviewQuestion(
            labels: labels, sample: sample,
            honeypotPercent: try reader.number("honeypots", in: 0...100) ?? 0,
            precision: try reader.number("precision", in: 0...1))
        return (question, try reader.optionalText("user"))
    }

    fileprivate func reviewReply() throws -> (reply: ReviewReply, user: String?) {
        let reader = try object()
        try reader.refuseUnknown(["label", "answer", "class", "geometry", "note", "user"])
        let reply = try ReviewReply(
            label: try reader.label(), answer: try reader.text("answer"),
            note: try reader.optionalText("note"), name: try reader.optionalText("class"),
            geometry: reader.object["geometry"])
        return (reply, try reader.optionalText("user"))
    }

    fileprivate func precision() throws -> Double {
        let reader = try object()
        try reader.refuseUnknown(["precision"])
        return try reader.number("precision", in: 0...1) ?? 0.95
    }
}
