import Base
import NIOHTTP1

/// The OpenAPI 3.1 description of a list of endpoints.
enum OpenAPI {
    static func document(_ endpoints: [Endpoint], version: String) -> Document {
        var paths = Document()
        for endpoint in endpoints {
            var item = paths[endpoint.path]?.objectValue ?? Document()
            item[endpoint.method.rawValue.lowercased()] = .object(operation(endpoint))
            paths[endpoint.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Fovea", "version": .string(version),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
                "description":
                    "A visual data engine: images with their metadata, found by what is known of them, processed where they lie.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": ["schemas": .object(Schemas.components)],
        ]
    }

    private static func operation(_ endpoint: Endpoint) -> Document {
        var operation: Document = [
            "operationId": .string(endpoint.operationID), "summary": .string(endpoint.summary),
        ]
        if !endpoint.parameters.isEmpty {
            operation["parameters"] = .array(
                endpoint.parameters.map { parameter in
                    [
                        "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                        "required": .boolean(parameter.isRequired),
                        "description": .string(parameter.description),
                        "schema": .object(parameter.schema),
                    ]
                })
        }
        if !endpoint.body.isEmpty {
            let content = Document(endpoint.body.map { ($0.contentType, ["schema": .object($0.schema)]) })
            operation["requestBody"] = ["required": true, "content": .object(content)]
        }
        var responses = Document()
        for outcome in endpoint.responses {
            var response =
                responses[String(outcome.status)]?.objectValue ?? [
                    "description": .string(outcome.description)
                ]
            if let contentType = outcome.contentType {
                var content = response["content"]?.objectValue ?? Document()
                content[contentType] = .object(outcome.schema.map { ["schema": .object($0)] } ?? Document())
                response["content"] = .object(content)
            }
            responses[String(outcome.status)] = .object(response)
        }
        operation["responses"] = .object(responses)
        return operation
    }
}
