import Base
import Engine
import NIOHTTP1
import Pipeline
import SystemPackage

/// Pictures of cameras that become videos, over the holder's socket: it reads files by path.
enum SequenceRoutes {
    static let holderEndpoints: [Endpoint] = [
        Endpoint(
            .POST, "/v1/holder/sequences", operationID: "addSequences",
            summary: "Makes videos of the pictures of cameras; a line for each.", access: .holder,
            body: [("application/json", Schemas.anything)],
            responses: [
                .init(
                    200, "A JSON object a line.", contentType: "application/x-ndjson", schema: Schemas.text)
            ],
            read: { request in
                let reader = try request.object()
                try reader.refuseUnknown(["folder", "fps", "gap", "properties"])
                let folder = FilePath(try reader.text("folder"))
                guard folder.isAbsolute else {
                    throw EngineError(.invalidRequest, "'folder' must be absolute", path: "folder")
                }
                var asked = ImageSequenceRequest(folder: folder)
                func positive(_ name: String) throws -> Double? {
                    guard let value = reader.object[name] else { return nil }
                    guard let number = value.floatValue, number.isFinite, number > 0 else {
                        throw EngineError(.invalidRequest, "'\(name)' must be above 0", path: name)
                    }
                    return number
                }
                if let rate = try positive("fps") { asked.rate = rate }
                asked.longestGap = try positive("gap")
                if let value = reader.object["properties"] {
                    guard let properties = value.objectValue else {
                        throw EngineError(
                            .invalidRequest, "'properties' must be an object", path: "properties")
                    }
                    asked.properties = properties
                }
                return asked
            },
            answer: { exchange, asked in
                .lines { write in
                    try await ImageSequences(asked, into: exchange.store).run { line in
                        try await write(Array(line.json.utf8) + [0x0A])
                    }
                }
            })
    ]
}
