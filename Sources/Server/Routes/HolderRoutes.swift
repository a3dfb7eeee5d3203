import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import NIOHTTP1
import Pipeline
import SystemPackage

/// What a process holds a store for.
enum HolderRole: String, Sendable {
    /// To carry out one command, meanwhile answering others.
    case command
    /// To serve until it is told to stop.
    case server
}

/// What only processes of the same user may ask for, over the holder's socket: it reads and writes files by
/// path.
enum HolderRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(
            "/v1/holder", operationID: "getHolder", summary: "Which process holds the store, and for what.",
            responses: [.json("The holder.", Schemas.anything)]
        ) { service in
            .json(["process": .integer(Int64(getpid())), "role": .string(service.role.rawValue)])
        },
        Endpoint(
            .POST, "/v1/ingest", operationID: "ingest",
            summary: "Adds files of this machine; a line for each verdict, and progress in between.",
            access: .holder, body: [("application/json", Schemas.anything)], responses: [lines],
            read: { try IngestRequest(document: $0.object().object) },
            answer: { exchange, request in
                .lines { write in
                    try await Ingest(request, into: exchange.store).run { lines in try await write(lines) }
                }
            }),
        Endpoint(
            .POST, "/v1/collect", operationID: "collect",
            summary: "Adds images from lists of URLs; a line for each verdict, and progress in between.",
            access: .holder, body: [("application/json", Schemas.anything)], responses: [lines],
            read: { try CollectRequest(document: $0.object().object) },
            answer: { exchange, request in
                .lines { write in
                    try await Collect(request, into: exchange.store).run { lines in try await write(lines) }
                }
            }),
        Endpoint(
            .POST, "/v1/collected", operationID: "listCollected",
            summary: "What became of URLs; a line for each.", access: .holder,
            body: [("application/json", Schemas.anything)], responses: [lines],
            read: { try CollectedListing(document: $0.object().object) },
            answer: { exchange, listing in
                .lines { write in
                    try await listing.run(exchange.store) { lines in try await write(lines) }
                }
            }),
        Endpoint(
            .POST, "/v1/verify", operationID: "verify",
            summary: "Checks every checksum and reference; a line for each finding, and progress in between.",
            access: .holder,
            body: [("application/json", Schemas.object(["decode": ["type": "boolean"]]))], responses: [lines],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["decode"])
                return try reader.flag("decode") ?? false
            },
            answer: { exchange, decodesVideos in
                .lines { write in
                    for try await event in exchange.store.verify(decodesVideos: decodesVideos) {
                        try await write(Array(event.document.json.utf8) + [0x0A])
                    }
                }
            }),
        Endpoint(
            .POST, "/v1/gc", operationID: "collectGarbage", summary: "Frees bytes that nothing refers to.",
            access: .holder, responses: [.json("What was freed.", Schemas.anything)], errors: [409],
            answer: { exchange in .json(try await exchange.store.collectGarbage()) }),
        Endpoint(
            .POST, "/v1/backup", operationID: "backup",
            summary: "Copies the store, as it is at one moment, to a new folder.", access: .holder,
            body: [
                ("application/json", Schemas.object(["folder": ["type": "string"]], required: ["folder"]))
            ],
            responses: [.json("How much was copied.", Schemas.anything)], errors: [409, 507],
            read: { FilePath(try $0.object().text("folder")) },
            answer: { exchange, folder in .json(try await exchange.store.backup(to: folder)) }),
    ]

    private static let lines = Endpoint.Outcome(
        200, "A JSON object a line.", contentType: "application/x-ndjson", schema: Schemas.text)
}
