import Base
import Engine
import NIOHTTP1
import Pipeline

/// Projects, their tags and their models.
enum SieveProjectRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .POST, "init_project", operationID: "initSieveProject", summary: "Makes a project.",
            access: .create,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "config": [
                        "type": "object", "description": "`fps`, `batch_size`, `levels` or `layers`.",
                    ],
                    "config_url": .object(Schemas.word),
                ], required: ["project_name"]),
            answer: SieveRoutes.described(["project_id": .object(Schemas.text)], required: ["project_id"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "config", "config_url"])
            let sieve = exchange.service.sieve
            let project = try await sieve.addProject(
                try asked.text("project_name"), config: try await config(asked, exchange.service))
            return [
                "description": .string("Created project \(project.name)"),
                "project_id": .string(project.projectID),
            ]
        },
        SieveRoutes.endpoint(
            .GET, "get_projects", operationID: "getSieveProjects", summary: "The projects.",
            answer: SieveRoutes.described(
                ["projects": .object(Schemas.list(of: Schemas.text)), "customer_info": ["type": "object"]],
                required: ["projects", "customer_info"])
        ) { exchange, asked in
            try asked.refuseOthers([])
            let projects = try await exchange.service.sieve.projects()
            return [
                "description": .string("Returned \(projects.count) projects"),
                "projects": .array(projects.map { .string($0.name) }),
                "customer_info": [
                    "API-Key": .null, "name": .string(exchange.source),
                    "can_set": .boolean(asked.request.keyScope != .free), "can_store": true,
                    "hours_left": .null,
                ],
            ]
        },
        SieveRoutes.endpoint(
            .GET, "get_project_info", operationID: "getSieveProject", summary: "What a project is like.",
            parameters: [SieveRoutes.project],
            answer: SieveRoutes.described(
                [
                    "project_id": .object(Schemas.text), "fps": ["type": "number"],
                    "batch_size": ["type": "integer"], "levels": ["type": "array"],
                    "tags": ["type": "object", "description": "For each tag its `_type` and `_items`."],
                    "videos": ["type": "integer"], "frames": ["type": "integer"],
                ], required: ["project_id", "fps", "levels", "tags"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let values = try await sieve.tagValues(of: project)
            let frames = try await sieve.frames(of: project, tags: [])
            var answer: Document = [
                "description": .string("Information of project \(project.name)"),
                "project_id": .string(project.projectID), "fps": .float(project.rate),
                "levels": project.config["levels"] ?? project.config["layers"] ?? [],
                "tags": .object(Document(values.map { ($0.name, .object(schema($0.values))) })),
                "preconfigured_type": project.config["preconfigured_type"] ?? .null,
                "videos": .integer(Int64(try await sieve.videos(of: project.name).count)),
                "frames": .integer(Int64(frames.count)),
            ]
            if let size = project.config["batch_size"] { answer["batch_size"] = size }
            return .object(answer)
        },
        SieveRoutes.endpoint(
            .POST, "add_tags", operationID: "addSieveTags", summary: "Notes tags that frames are to have.",
            access: .create,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "tags": .object(
                        Schemas.list(
                            of: Schemas.object(
                                ["name": .object(Schemas.word), "description": .object(Schemas.text)],
                                required: ["name"]))),
                ], required: ["project_name", "tags"]), answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "tags"])
            let given = try asked.list("tags").map { tag -> Document in
                guard let name = tag.objectValue?["name"]?.stringValue, (1...200).contains(name.utf8.count)
                else {
                    throw EngineError(
                        .invalidRequest, "each of 'tags' must have a 'name' of 1 to 200 bytes", path: "tags")
                }
                let description = tag.objectValue?["description"]?.stringValue ?? ""
                return ["name": .string(name), "description": .string(description)]
            }
            _ = try await exchange.service.sieve.change(try asked.text("project_name")) { project in
                for tag in given {
                    project.tags.removeAll { $0["name"] == tag["name"] }
                    project.tags.append(tag)
                }
                guard project.tags.count <= 1_000 else {
                    throw EngineError(.invalidRequest, "a project has at most 1000 tags", path: "tags")
                }
            }
            return ["description": .string("Added \(given.count) tags")]
        },
        SieveRoutes.endpoint(
            .GET, "get_tags", operationID: "getSieveTags",
            summary: "The tags that frames have, or are to have.",
            parameters: [SieveRoutes.project],
            answer: SieveRoutes.described(["tag_status": ["type": "object"]], required: ["tag_status"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let values = try await sieve.tagValues(of: project)
            var told = values.map { tag in
                let wanted = project.tags.first { $0["name"]?.stringValue == tag.name }
                return status(tag.name, wanted?["description"]?.stringValue ?? "", tag.values, "up")
            }
            let known = Set(values.map(\.name))
            told += project.tags.filter { !known.contains($0["name"]?.stringValue ?? "") }.map {
                status($0["name"]?.stringValue ?? "", $0["description"]?.stringValue ?? "", [], "received")
            }
            return [
                "description": .string("Returned \(told.count) tags"),
                "tag_status": ["tags": .array(told)],
            ]
        },
        SieveRoutes.endpoint(
            .POST, "delete_tags", operationID: "deleteSieveTags",
            summary: "Forgets tags that frames were to have.", access: .update,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "tags": .object(Schemas.list(of: Schemas.word)),
                ], required: ["project_name", "tags"]), answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "tags"])
            let names = Set(
                try asked.list("tags").map { tag -> String in
                    guard let name = tag.stringValue ?? tag.objectValue?["name"]?.stringValue else {
                        throw EngineError(.invalidRequest, "'tags' must be a list of names", path: "tags")
                    }
                    return name
                })
            _ = try await exchange.service.sieve.change(try asked.text("project_name")) { project in
                let unknown = names.subtracting(project.tags.compactMap { $0["name"]?.stringValue })
                if let name = unknown.min() {
                    throw EngineError(
                        .invalidRequest, "the project was not given a tag '\(name.prefix(100))'", path: "tags"
                    )
                }
                project.tags.removeAll { names.contains($0["name"]?.stringValue ?? "") }
            }
            return ["description": .string("Deleted \(names.count) tags")]
        },
        SieveRoutes.endpoint(
            .POST, "add_custom_model_config", operationID: "addSieveModel",
            summary: "Notes a version of a model.", access: .create,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word), "model_name": .object(Schemas.word),
                    "version_name": .object(Schemas.word),
                    "file_urls": .object(Schemas.list(of: Schemas.word)),
                ], required: ["project_name", "model_name", "version_name"]),
            answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "model_name", "version_name", "file_urls"])
            let (model, version) = (try asked.text("model_name"), try asked.text("version_name"))
            let urls = asked.object["file_urls"] == nil ? [] : try asked.list("file_urls")
            guard urls.allSatisfy({ $0.stringValue != nil }) else {
                throw EngineError(.invalidRequest, "'file_urls' must be a list of texts", path: "file_urls")
            }
            _ = try await exchange.service.sieve.change(try asked.text("project_name")) { project in
                guard !project.models.contains(where: { isVersion($0, model, version) }) else {
                    throw EngineError(
                        .invalidRequest, "there is a version '\(version)' of '\(model)' already",
                        path: "version_name")
                }
                project.models.append([
                    "model_name": .string(model), "version_name": .string(version),
                    "file_urls": .array(urls), "active": false,
                ])
            }
            return ["description": .string("Added version \(version) of \(model)")]
        },
        SieveRoutes.endpoint(
            .POST, "set_active_custom_model", operationID: "activateSieveModel",
            summary: "Chooses the version of a model that looks at what is pushed from now on.",
            access: .update,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word), "model_name": .object(Schemas.word),
                    "version_name": .object(Schemas.word),
                ], required: ["project_name", "model_name", "version_name"]),
            answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "model_name", "version_name"])
            let (model, version) = (try asked.text("model_name"), try asked.text("version_name"))
            _ = try await exchange.service.sieve.change(try asked.text("project_name")) { project in
                guard project.models.contains(where: { isVersion($0, model, version) }) else {
                    throw EngineError(
                        .invalidRequest,
                        "there is no version '\(version.prefix(100))' of '\(model.prefix(100))'",
                        path: "version_name")
                }
                for place in project.models.indices
                where project.models[place]["model_name"]?.stringValue == model {
                    project.models[place]["active"] = .boolean(
                        isVersion(project.models[place], model, version))
                }
            }
            return ["description": .string("Version \(version) of \(model) is active")]
        },
        SieveRoutes.endpoint(
            .GET, "get_custom_models", operationID: "getSieveModels", summary: "The versions of models.",
            parameters: [SieveRoutes.project],
            answer: SieveRoutes.described(
                ["models": ["type": "array", "items": ["type": "object"]]], required: ["models"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name"])
            let project = try await asked.project(exchange.service.sieve)
            return [
                "description": .string("Returned \(project.models.count) models"),
                "models": .array(project.models.map { .object($0) }),
            ]
        },
        SieveRoutes.endpoint(
            .POST, "delete_project", operationID: "deleteSieveProject",
            summary: "Deletes a project, and the videos that it brought where that is wanted.",
            access: .delete,
            body: Schemas.request(
                [
                    "project_name": .object(Schemas.word),
                    "delete_data": ["type": "boolean", "default": false],
                ],
                required: ["project_name"]), answer: SieveRoutes.described([:])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "delete_data"])
            let name = try asked.text("project_name")
            try await exchange.service.sieve.deleteProject(
                name, withData: try asked.flag("delete_data"), by: exchange.source)
            return ["description": .string("Deleted project \(name)")]
        },
    ]

    // MARK: - Private

    private static func config(
        _ asked: SieveRequest, _ service: Exchange.Service
    ) async throws -> Document {
        if let value = asked.object["config"] {
            guard asked.object["config_url"] == nil, let config = value.objectValue else {
                throw EngineError(
                    .invalidRequest, "'config' must be an object, and stands without 'config_url'",
                    path: "config")
            }
            return config
        }
        guard asked.object["config_url"] != nil else { return [:] }
        let bytes = try await service.web.bytes(at: try asked.text("config_url"), isImage: false)
        do {
            guard let config = try JSON.parse(bytes).objectValue else {
                throw EngineError(.invalidRequest, "what lies there is no JSON object", path: "config_url")
            }
            return config
        } catch let error as JSONError {
            throw EngineError(
                .invalidRequest, "what lies there is no JSON: \(error)", path: "config_url", cause: error)
        }
    }

    private static func isVersion(_ model: Document, _ name: String, _ version: String) -> Bool {
        model["model_name"]?.stringValue == name && model["version_name"]?.stringValue == version
    }

    private static func status(
        _ name: String, _ description: String, _ outputs: [String], _ status: String
    ) -> Value {
        [
            "name": .string(name), "description": .string(description), "output_kind": "string",
            "outputs": .array(outputs.map { .string($0) }), "status": .string(status), "type": "metadata",
        ]
    }

    /// A tag's type by its values: numbers, or texts of which there are few.
    private static func schema(_ values: [String]) -> Document {
        if !values.isEmpty, values.allSatisfy({ Double($0) != nil }) { return ["_type": "number"] }
        var schema: Document = ["_type": "string"]
        if values.count <= 100 { schema["_items"] = .array(values.map { .string($0) }) }
        return schema
    }
}
