import Base
import Engine
import NIOHTTP1
import Pipeline
import SystemPackage

/// Exports: what is known of frames as JSON, and an archive of the frames.
enum SieveExportRoutes {
    static let endpoints: [Endpoint] = [
        SieveRoutes.endpoint(
            .GET, "export_metadata", operationID: "exportSieveMetadata",
            summary: "Has the frames exported that have some tags.", access: .create,
            parameters: [
                SieveRoutes.project, SieveRoutes.tag,
                SieveRoutes.parameter("export_name", Schemas.word, "A name that no export has."),
            ],
            answer: SieveRoutes.described(
                [
                    "metadata_json_url": .object(Schemas.text), "num_samples": ["type": "integer"],
                    "export_id": .object(Schemas.text),
                ], required: ["metadata_json_url", "num_samples"])
        ) { exchange, asked in
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let name = try asked.text("export_name")
            let tags = try asked.tags(besides: ["project_name", "export_name"])
            let matches = try await sieve.frames(of: project, tags: tags)
            // Who asks what would be said has nothing made.
            if asked.request.method == .HEAD { return ["description": "queued for tarring"] }
            let export = try await sieve.export(name, of: project, tags: tags)
            return [
                "description": "queued for tarring", "export_id": .string(export.exportID),
                "metadata_json_url": .string(address(asked, export, Sieve.metadataName)),
                "num_samples": .integer(Int64(matches.count)),
            ]
        },
        SieveRoutes.endpoint(
            .GET, "get_exports_status", operationID: "getSieveExports",
            summary: "The exports of a project, and how far they are.", parameters: [SieveRoutes.project],
            answer: SieveRoutes.described(
                [
                    "exports": .object(
                        Schemas.list(
                            of: Schemas.object(
                                [
                                    "name": .object(Schemas.text), "json_path": .object(Schemas.text),
                                    "status": [
                                        "type": "string",
                                        "enum": .array(
                                            SieveExport.Status.allCases.map { .string($0.rawValue) }),
                                    ], "tar_path": .object(Schemas.text),
                                    "time_created": .object(Schemas.text), "error": .object(Schemas.text),
                                ], required: ["name", "json_path", "status", "time_created"])))
                ], required: ["exports"])
        ) { exchange, asked in
            try asked.refuseOthers(["project_name"])
            let sieve = exchange.service.sieve
            let project = try await asked.project(sieve)
            let exports = try await sieve.exports(of: project.name)
            return [
                "description": .string("Returned \(exports.count) exports"),
                "exports": .array(
                    exports.map { export in
                        var line: Document = [
                            "name": .string(export.name),
                            "json_path": .string(address(asked, export, Sieve.metadataName)),
                            "status": .string(export.status.rawValue),
                            "time_created": .string(SieveTimes.american(export.time)),
                        ]
                        if export.status == .complete {
                            line["tar_path"] = .string(address(asked, export, Sieve.archiveName))
                        }
                        if let error = export.error { line["error"] = .string(error) }
                        return .object(line)
                    }),
            ]
        },
        file(Sieve.metadataName, "application/json", operationID: "getSieveExportMetadata"),
        file(Sieve.archiveName, "application/x-tar", operationID: "getSieveExportArchive"),
    ]

    // MARK: - Private

    private static func address(_ asked: SieveRequest, _ export: SieveExport, _ name: String) -> String {
        asked.address("/sieve/v1/exports/\(export.exportID)/\(name)")
    }

    private static func file(_ name: String, _ type: String, operationID: String) -> Endpoint {
        var endpoint = Endpoint(
            .GET, "/sieve/v1/exports/{export}/\(name)", operationID: operationID,
            summary: "The file \(name) of a complete export.",
            parameters: [
                .init(
                    name: "export", place: .path, schema: Schemas.word,
                    description: "As the export's addresses have it."), SieveRoutes.keyParameter,
            ],
            responses: [
                .init(
                    200, "The file.", contentType: type, schema: ["type": "string", "format": "binary"])
            ], errors: [404],
            read: { try $0.parameter("export") },
            answer: { exchange, export in
                let path = try await exchange.service.sieve.file(name, ofExport: export)
                return try FileAnswer.response(path, contentType: type, on: exchange.store)
            })
        endpoint.subject = Store.videoClass
        endpoint.keyUse = .footage
        return endpoint
    }
}

/// A file that is sent as it lies.
enum FileAnswer {
    private static let pieceByteCount = 1 << 20

    /// - Throws: ``EngineError/Code/notFound`` where it is not there any more.
    static func response(_ path: FilePath, contentType: String, on store: Store) throws -> Response {
        let file: OpenFile
        do {
            file = try OpenFile(path)
        } catch let error as Errno {
            throw EngineError(.notFound, "the file is not there: \(error)", cause: error)
        }
        let pool = store.readPool
        return Response(
            .ok, headers: ["Content-Type": contentType, "Cache-Control": "no-store"],
            body: .stream(length: file.byteCount) { write in
                for start in stride(from: 0, to: file.byteCount, by: pieceByteCount) {
                    let end = min(start + pieceByteCount, file.byteCount)
                    try await write(try await pool.run { _ in try file.read(start..<end) })
                }
            })
    }
}

/// A file that is open for reading, and closed with the last one who has it.
private final class OpenFile: Sendable {
    let byteCount: Int
    private let descriptor: FileDescriptor

    init(_ path: FilePath) throws {
        descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
        do {
            byteCount = Int(try descriptor.seek(offset: 0, from: .end))
        } catch {
            try descriptor.close()
            throw error
        }
    }

    deinit {
        // Nothing was written: that closing it fails loses nothing.
        try? descriptor.close()
    }

    /// - Throws: ``EngineError/Code/failed`` where the file became shorter.
    func read(_ range: Range<Int>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var count = 0
        while count < range.count {
            let read = try bytes.withUnsafeMutableBytes { buffer in
                try descriptor.read(
                    fromAbsoluteOffset: Int64(range.lowerBound + count),
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            }
            guard read > 0 else { throw EngineError(.failed, "the file became shorter") }
            count += read
        }
        return bytes
    }
}
