import AsyncAlgorithms
import Base
import Engine

/// Hands JSON lines from whoever makes them to the connection, one piece at a time: a slow reader slows the
/// maker.
struct LineStream: Sendable {
    private let channel = AsyncChannel<[UInt8]>()

    var pieces: AsyncChannel<[UInt8]> { channel }

    /// Runs `body`; an error that it throws becomes the last line.
    func run(
        _ body: @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) async {
        do {
            try await body { [channel] bytes in
                try Task.checkCancellation()
                await channel.send(bytes)
            }
        } catch {
            let error = error as? EngineError ?? EngineError(.failed, "\(error)")
            var description: Document = [
                "code": .string(error.code.rawValue), "message": .string(error.message),
            ]
            if let path = error.path { description["path"] = .string(path) }
            await channel.send(Array((["error": .object(description)] as Document).json.utf8) + [0x0A])
        }
        channel.finish()
    }
}
