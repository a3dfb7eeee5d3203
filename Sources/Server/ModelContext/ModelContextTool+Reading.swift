import Base
import Engine
import Pipeline
import Query

/// The tools that only read.
extension ModelContextTool {
    static let reading: [ModelContextTool] = [
        ModelContextTool(
            name: "schema",
            description: "The classes of entities with their properties and counts, and the label classes.",
            parameters: [:]
        ) { exchange, _ in
            var schema = try await exchange.store.schema()
            let (classes, undeclared) = try await exchange.store.labelClasses()
            schema["label_classes"] = .array(classes.map { .object($0) })
            schema["undeclared_label_classes"] = .array(undeclared.map { .string($0) })
            return structured(schema)
        },
        ModelContextTool(
            name: "query",
            description:
                "Finds images by a filter in MongoDB's language, or by a question in plain English such as 'at least two cats'. Gives the filter, how many match, and the first of them.",
            parameters: [
                "filter": .object(Schemas.filter), "question": ["type": "string"],
                "class": .object(entityClass), "sort": ["type": "string", "description": "As bytes:desc."],
                "limit": .object(limit),
            ]
        ) { exchange, reader in
            let name = try ModelContextTool.entityClass(reader)
            var filter = try reader.filter()
            if reader.object["question"] != nil {
                guard reader.object["filter"] == nil else {
                    throw EngineError(.invalidRequest, "give 'filter' or 'question', not both")
                }
                filter = try await exchange.store.filter(asked: try reader.text("question"), class: name)
            }
            var asked = Document()
            if let sort = reader.object["sort"] { asked["sort"] = sort }
            var request = try RequestReader(asked).findRequest(class: name)
            request.filter = filter
            request.limit = try ModelContextTool.limit(reader)
            request.wantsCount = true
            let found = try await exchange.store.find(request)
            return structured([
                "filter": .object(filter.document), "count": .integer(Int64(found.count ?? 0)),
                "entities": .array(found.entities.map { .object($0) }),
            ])
        },
        ModelContextTool(
            name: "search",
            description: "Finds images by words in labels, captions, names and text properties, best first.",
            parameters: [
                "text": .object(Schemas.word), "class": .object(entityClass), "limit": .object(limit),
            ],
            required: ["text"]
        ) { exchange, reader in
            structured(
                try await exchange.search(
                    SearchRequest(
                        entityClass: try ModelContextTool.entityClass(reader), text: try reader.text("text"),
                        filter: .all, limit: try ModelContextTool.limit(reader))))
        },
        ModelContextTool(
            name: "similar",
            description:
                "Images that look like one: copies, resized and slightly changed ones, by perceptual hash.",
            parameters: [
                "id": .object(Schemas.id), "class": .object(entityClass), "limit": .object(limit),
                "distance": [
                    "type": "integer", "minimum": 0, "maximum": 64,
                    "description": "Bits of 64 that may differ; 12 unless told.",
                ],
            ], required: ["id"]
        ) { exchange, reader in
            let name = try ModelContextTool.entityClass(reader)
            let hash = try await exchange.store.perceptualHash(
                of: try ModelContextTool.id(reader), class: name)
            let found = try await exchange.store.similar(
                to: hash, class: name, filter: .all, within: min(try reader.count("distance") ?? 12, 64),
                limit: try ModelContextTool.limit(reader))
            return structured(["entities": .array(found.map { .object($0) })])
        },
        ModelContextTool(
            name: "statistics",
            description:
                "What the store holds; with properties, how often each of their values occurs within a filter.",
            parameters: [
                "properties": .object(Schemas.list(of: Schemas.text)), "filter": .object(Schemas.filter),
                "class": .object(entityClass), "limit": .object(limit),
            ]
        ) { exchange, reader in
            guard let properties = try reader.texts("properties") else {
                var statistics = try await exchange.store.statistics()
                // Where the store lies is nobody's business who only asks about images.
                statistics["store"] = nil
                return structured(statistics)
            }
            let answer = try await exchange.store.facets(
                class: try ModelContextTool.entityClass(reader), filter: try reader.filter(),
                properties: properties, limit: try ModelContextTool.limit(reader))
            return structured([
                "count": .integer(Int64(answer.count)),
                "facets": .array(answer.facets.map { .object($0.document) }),
            ])
        },
        ModelContextTool(
            name: "show", description: "An image, made small, for the model to look at.",
            parameters: [
                "id": .object(Schemas.id), "class": .object(entityClass),
                "size": [
                    "type": "integer", "minimum": 16, "maximum": 2048,
                    "description": "Pixels of the longer side; 512 unless told.",
                ],
            ], required: ["id"]
        ) { exchange, reader in
            let size = try reader.count("size") ?? 512
            guard (16...2_048).contains(size) else {
                throw EngineError(.invalidRequest, "'size' is from 16 to 2048", path: "size")
            }
            let request = try await exchange.store.pixelRequest(
                try ModelContextTool.id(reader), class: try ModelContextTool.entityClass(reader),
                pipeline: try Store.pipeline(["thumbnail=\(size)", "encode=jpeg"]))
            let pixels = try await exchange.store.pixels(request)
            var text: [UInt8] = []
            Base64.append(pixels.bytes[...], to: &text)
            return [
                "content": [
                    [
                        "type": "image", "mimeType": .string(pixels.contentType),
                        "data": .string(String(decoding: text, as: UTF8.self)),
                    ]
                ]
            ]
        },
        ModelContextTool(
            name: "jobs",
            description:
                "The jobs of models and taggers, the newest first, and how far each has come; or one of them.",
            parameters: [
                "job": ["type": "integer", "minimum": 1, "description": "The number of one job."],
                "limit": .object(limit),
            ]
        ) { exchange, reader in
            let (store, jobs) = (exchange.store, exchange.service.jobs)
            let (number, limit) = (try reader.count("job"), try ModelContextTool.limit(reader))
            let found = try await store.readPool.run { _ in
                try number.map { [try store.job(Int64($0))] } ?? store.jobs(limit: limit)
            }
            return structured(["jobs": .array(found.map { .object(jobs.document($0)) })])
        },
    ]
}
