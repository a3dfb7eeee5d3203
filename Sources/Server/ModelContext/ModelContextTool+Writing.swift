import Base
import Curation
import Engine
import Pipeline

/// The tools that change the store. Whoever calls one must be allowed to do what it does.
extension ModelContextTool {
    static let writing: [ModelContextTool] = [
        ModelContextTool(
            name: "declare_classes",
            description: "Declares label classes with parents and synonyms, or adds to those that there are.",
            parameters: [
                "classes": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": [
                            "class": ["type": "string"],
                            "parents": ["type": "array", "items": ["type": "string"]],
                            "synonyms": ["type": "array", "items": ["type": "string"]],
                        ], "required": ["class"],
                    ],
                ]
            ], required: ["classes"], changesStore: true
        ) { exchange, reader in
            let classes = reader.object["classes"]?.arrayValue?.map(\.objectValue) ?? [nil]
            guard !classes.contains(where: { $0 == nil }) else {
                throw EngineError(.invalidRequest, "'classes' must be a list of objects", path: "classes")
            }
            return structured(try await exchange.store.addLabelClasses(classes.compactMap { $0 }))
        },
        ModelContextTool(
            name: "add_labels",
            description:
                "Gives an image labels: classes, boxes, polygons, captions. They are yours, under the name of whoever is logged in.",
            parameters: [
                "id": .object(Schemas.id),
                "labels": [
                    "type": "array", "minItems": 1, "maxItems": .integer(Int64(Store.mostEditedLabels)),
                    "items": .object(
                        Schemas.request([
                            "class": ["type": "string", "description": "What is seen, such as cat."],
                            "kind": [
                                "type": "string", "enum": .array(LabelRequest.kinds.map { .string($0) }),
                                "description":
                                    "Unless told, a box where there are x, y, width and height, otherwise class.",
                            ],
                            "x": .object(pixels), "y": .object(pixels), "width": .object(pixels),
                            "height": .object(pixels),
                            "geometry": [
                                "description": "Of other kinds; of a caption its text."
                            ], "confidence": ["type": "number", "minimum": 0, "maximum": 1],
                        ])),
                ],
            ], required: ["id", "labels"], changesStore: true, actions: [.create]
        ) { exchange, reader in
            let list = try reader.objects("labels")
            let given = try list.enumerated().map {
                try GivenLabel($0.element, path: "labels[\($0.offset)]")
            }
            let numbers = try await exchange.store.addLabels(
                given, to: try ModelContextTool.id(reader), by: exchange.source)
            return structured(["labels": .array(numbers.map { .integer($0) })])
        },
        ModelContextTool(
            name: "review_labels",
            description:
                "Says of labels, by their numbers, whether they are right: accept, reject, or correct with what is right instead.",
            parameters: [
                "reviews": [
                    "type": "array", "minItems": 1, "maxItems": .integer(Int64(Store.mostEditedLabels)),
                    "items": .object(
                        Schemas.request(
                            [
                                "label": ["type": "integer", "description": "As id in labels."],
                                "answer": [
                                    "type": "string",
                                    "enum": .array(ReviewWords.answers.map { .string($0) }),
                                ],
                                "class": ["type": "string", "description": "Of a correction."],
                                "geometry": ["description": "Of a correction."],
                                "note": ["type": "string"],
                            ], required: ["label", "answer"])),
                ]
            ], required: ["reviews"], changesStore: true, actions: [.update], isDestructive: true
        ) { exchange, reader in
            let list = try reader.objects("reviews")
            guard (1...Store.mostEditedLabels).contains(list.count) else {
                throw EngineError(
                    .invalidRequest,
                    "'reviews' must be a list of 1 to \(Store.mostEditedLabels), not of \(list.count)",
                    path: "reviews")
            }
            let replies = try list.map { document in
                let review = RequestReader(document)
                try review.refuseUnknown(["label", "answer", "class", "geometry", "note"])
                guard let label = document["label"]?.integerValue else {
                    throw EngineError(.invalidRequest, "'label' must be a label's number", path: "label")
                }
                return try ReviewReply(
                    label: label, answer: try review.text("answer"), note: document["note"]?.stringValue,
                    name: document["class"]?.stringValue, geometry: document["geometry"])
            }
            var outcomes: [Value] = []
            for reply in replies {
                do {
                    outcomes.append(
                        .object(try await exchange.store.review(reply, by: exchange.caller)))
                } catch let error as EngineError where [.notFound, .conflict].contains(error.code) {
                    // One that somebody else has changed keeps no other from being answered.
                    outcomes.append([
                        "label": .integer(reply.label), "error": .string(error.message),
                    ])
                }
            }
            return structured(["reviews": .array(outcomes)])
        },
        ModelContextTool(
            name: "remove_labels",
            description:
                "Takes labels back, by their numbers: all of them or none. The log keeps what they said.",
            parameters: [
                "labels": [
                    "type": "array", "items": ["type": "integer"], "minItems": 1,
                    "maxItems": .integer(Int64(Store.mostEditedLabels)),
                ]
            ], required: ["labels"], changesStore: true, actions: [.delete], isDestructive: true
        ) { exchange, reader in
            let values = reader.object["labels"]?.arrayValue ?? []
            let numbers = values.compactMap(\.integerValue)
            guard numbers.count == values.count else {
                throw EngineError(
                    .invalidRequest, "'labels' must be a list of labels' numbers", path: "labels")
            }
            try await exchange.store.removeLabels(numbers, by: exchange.source)
            return structured(["removed": .integer(Int64(numbers.count))])
        },
        ModelContextTool(
            name: "label_images",
            description:
                "Has a model or taggers label images, as a job that goes on by itself; the tool jobs tells how far it is.",
            parameters: [
                "model": ["type": "string", "description": "The id of a model; or else taggers."],
                "taggers": [
                    "type": "array",
                    "items": [
                        "type": "string", "enum": .array(TaggerSelection.names.map { .string($0) }),
                    ],
                ],
                "filter": .object(Schemas.filter), "class": .object(entityClass),
                "limit": ["type": "integer", "minimum": 0, "description": "0 for all."],
                "again": ["type": "boolean", "description": "Look at what was looked at already."],
            ], changesStore: true, actions: [.create]
        ) { exchange, reader in
            let job = try await exchange.service.jobs.add(
                try LabelJobRequest(document: reader.object), priority: 0, by: exchange.source)
            return structured(["job": .object(job.document)])
        },
        ModelContextTool(
            name: "run_rules",
            description: "Applies the store's rules, which tag images by what else is known of them.",
            parameters: ["rules": .object(Schemas.list(of: Schemas.text))], changesStore: true,
            actions: [.create], isDestructive: true
        ) { exchange, reader in
            let (store, names) = (exchange.store, try reader.texts("rules") ?? [])
            let outcomes = try await store.readPool.run { _ in try store.runRules(names) }
            return structured(["rules": .array(outcomes.map { .object($0.document) })])
        },
    ]

    private static let pixels: Document = ["type": "number", "description": "In pixels, from the top left."]
}

extension RequestReader {
    /// A list of objects that must be there.
    fileprivate func objects(_ name: String) throws -> [Document] {
        let values = object[name]?.arrayValue
        let objects = values?.compactMap(\.objectValue)
        guard let objects, objects.count == values?.count else {
            throw EngineError(.invalidRequest, "'\(name)' must be a list of objects", path: name)
        }
        return objects
    }
}
