import Base
import Engine
import HTTPTypes
import Hummingbird
import Pipeline
import SystemPackage

/// What only processes of the same user may ask for, over the holder's socket: it reads and writes files by
/// path.
enum HolderRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            method: .post, path: "/v1/ingest", operationID: "ingest",
            summary: "Adds files of this machine; a line for each verdict, and progress in between.",
            access: .holder,
            body: [("application/json", Schemas.anything)], responses: [lines],
            handle: { exchange in
                let request = try IngestRequest(document: try await exchange.requestObject())
                return .lines { write in
                    try await Ingest(request, into: exchange.store).run { lines in try await write(lines) }
                }
            }),
        Endpoint(
            method: .post, path: "/v1/verify", operationID: "verify",
            summary: "Checks every checksum and reference; a line for each finding, and progress in between.",
            access: .holder, responses: [lines],
            handle: { exchange in
                .lines { write in
                    for try await event in exchange.store.verify() {
                        try await write(Array(event.document.json.utf8) + [0x0A])
                    }
                }
            }),
        Endpoint(
            method: .post, path: "/v1/gc", operationID: "collectGarbage",
            summary: "Frees bytes that nothing refers to.",
            access: .holder, responses: [.json("What was freed.", Schemas.anything)],
            handle: { exchange in .json(try await exchange.store.collectGarbage()) }),
        Endpoint(
            method: .post, path: "/v1/backup", operationID: "backup",
            summary: "Copies the store, as it is at one moment, to a new folder.", access: .holder,
            body: [
                ("application/json", Schemas.object(["folder": ["type": "string"]], required: ["folder"]))
            ],
            responses: [.json("How much was copied.", Schemas.anything)],
            handle: { exchange in
                let folder = try await RequestReader(exchange.requestObject()).text("folder")
                return .json(try await exchange.store.backup(to: FilePath(folder)))
            }),
    ]

    private static let lines = Endpoint.Outcome(
        200, "A JSON object a line.", contentType: "application/x-ndjson", schema: Schemas.text)
}
