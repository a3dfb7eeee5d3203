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
        let common = Set(endpoints.flatMap(\.responses).filter(\.isCommon).map(\.status)).sorted()
        let shared = Document(common.map { (name(of: $0), .object(response([.common($0)]))) })
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Fovea", "version": .string(version),
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
                "description":
                    "A visual data engine: images with their metadata, found by what is known of them, processed where they lie. HEAD is answered like GET, without the body; OPTIONS with the methods that there are, in `Allow`.",
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": ["schemas": .object(Schemas.components), "responses": .object(shared)],
        ]
    }

    // MARK: - Private

    /// The name of a response that many operations share.
    private static func name(of status: Int) -> String { "Error\(status)" }

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
            // What asks for nothing in particular may be left out.
            let isRequired = endpoint.body.contains { body in
                body.contentType != "application/json" || body.schema["required"] != nil
            }
            operation["requestBody"] = ["required": .boolean(isRequired), "content": .object(content)]
        }
        var responses = Document()
        for (status, outcomes) in Dictionary(grouping: endpoint.responses, by: \.status).sorted(
            by: { $0.key < $1.key })
        {
            responses[String(status)] =
                outcomes.contains(where: \.isCommon)
                ? ["$ref": .string("#/components/responses/\(name(of: status))")]
                : .object(response(outcomes))
        }
        operation["responses"] = .object(responses)
        return operation
    }

    /// The outcomes of one status: they differ in their media types.
    private static func response(_ outcomes: [Endpoint.Outcome]) -> Document {
        var response: Document = ["description": .string(outcomes.first?.description ?? "")]
        let headers = outcomes.flatMap(\.headers).map { header -> (String, Value) in
            (
                header.name,
                ["description": .string(header.description), "schema": .object(Schemas.text)]
            )
        }
        if !headers.isEmpty { response["headers"] = .object(Document(headers)) }
        let content = outcomes.compactMap { outcome in
            outcome.contentType.map { type -> (String, Value) in
                (type, .object(outcome.schema.map { ["schema": .object($0)] } ?? Document()))
            }
        }
        if !content.isEmpty { response["content"] = .object(Document(content)) }
        return response
    }
}
