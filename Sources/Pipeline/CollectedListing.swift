public import Base
import Catalog
public import Engine

/// What became of URLs, of one state or of all.
public struct CollectedListing: Sendable {
    /// URLs that are read at once.
    private static let pageCount = 1_000

    private let state: CollectedURL.State?

    /// - Parameter document: `state` names one state; all where it is left out.
    /// - Throws: ``EngineError/Code/invalidRequest`` for an unknown state.
    public init(document: Document) throws {
        guard let value = document["state"] else {
            state = nil
            return
        }
        guard let known = CollectedURL.State.allCases.first(where: { $0.description == value.stringValue })
        else {
            let names = CollectedURL.State.allCases.map(\.description).joined(separator: ", ")
            throw EngineError(.invalidRequest, "'state' must be one of \(names)", path: "state")
        }
        state = known
    }

    /// Hands `write` a JSON line for each URL, in byte order: as ``Collect`` tells verdicts, and when the URL
    /// was tried first and last.
    /// - Throws: What `write` throws; where the store cannot be read.
    public func run(
        _ store: Store, _ write: @escaping @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        var last: String?
        while true {
            let (state, after) = (state, last)
            let page = try await store.readPool.run { _ in
                try store.collected(state, after: after, limit: CollectedListing.pageCount)
            }
            guard let end = page.last else { return }
            last = end.url
            var writer = JSONWriter()
            for entry in page {
                var document = CollectVerdict(entry).document
                document["first_tried"] = .string(entry.firstTried.iso8601)
                document["last_tried"] = .string(entry.lastTried.iso8601)
                writer.write(document)
                writer.raw("\n")
            }
            try await write(writer.take())
        }
    }
}
