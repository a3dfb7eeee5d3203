import Base
import Engine
import NIOHTTP1
import Pipeline

/// Sending files that are pushed afterwards.
enum SieveUploadRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .GET, "create_local_upload_url", operationID: "openSieveUpload",
            summary: "An address to send a file to, good for a day, and the one to push it by.",
            access: .create,
            answer: SieveRoutes.described(
                ["upload_url": .object(Schemas.text), "get_url": .object(Schemas.text)],
                required: ["upload_url", "get_url"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name", "file_name", "video_name"])
            let uploads = exchange.service.sieve.uploads
            let name = try await exchange.store.readPool.run { _ in try uploads.open() }
            let address = asked.address(SieveUploads.path + name)
            return [
                "description": "Send the file to upload_url by PUT, then push get_url",
                "upload_url": .string(address), "get_url": .string(address),
            ]
        },
        send, fetch,
    ]

    // MARK: - Private

    private static let name = Endpoint.Parameter(
        name: "upload", place: .path, schema: Schemas.word,
        description: "As `create_local_upload_url` gave it: whoever knows it may send and fetch.")

    private static let send: Endpoint = {
        var endpoint = Endpoint(
            .PUT, "/sieve/v1/uploads/{upload}", operationID: "sendSieveUpload",
            summary: "Takes a file, once.", access: .anybody, parameters: [name],
            body: [("*/*", ["type": "string", "format": "binary"])],
            responses: [
                .json(
                    "The file is there.",
                    SieveRoutes.described(["size_bytes": ["type": "integer"]], required: ["size_bytes"]))
            ], errors: [404, 507],
            read: { request in (try request.parameter("upload"), request) },
            answer: { exchange, sent in
                try exchange.store.checkWritable()
                guard let spool = sent.1.spool else {
                    throw EngineError(.invalidRequest, "the body is empty: send the file")
                }
                let file = try await spool.finish()
                guard file.byteCount > 0 else {
                    throw EngineError(.invalidRequest, "the body is empty: send the file")
                }
                let uploads = exchange.service.sieve.uploads
                try await exchange.store.readPool.run { _ in try uploads.take(file.path, as: sent.0) }
                return .json([
                    "description": "Received", "size_bytes": .integer(Int64(file.byteCount)),
                ])
            })
        endpoint.spoolByteCount = SieveUploads.byteLimit
        // Of a body that nobody asked for not a byte is kept.
        endpoint.admits = { request, service in
            try service.store.checkWritable()
            try service.sieve.uploads.checkIsOpen(try request.parameter("upload"))
        }
        return endpoint
    }()

    private static let fetch = Endpoint(
        .GET, "/sieve/v1/uploads/{upload}", operationID: "getSieveUpload",
        summary: "The file that was sent, until it was pushed.", access: .anybody, parameters: [name],
        responses: [
            .init(
                200, "The file.", contentType: "application/octet-stream",
                schema: ["type": "string", "format": "binary"])
        ], errors: [404],
        read: { try $0.parameter("upload") },
        answer: { exchange, name in
            guard let path = exchange.service.sieve.uploads.file(named: name) else {
                throw EngineError(
                    .notFound, "nothing was sent there, or it was pushed already", path: "upload")
            }
            return try FileAnswer.response(
                path, contentType: "application/octet-stream", on: exchange.store)
        })
}
