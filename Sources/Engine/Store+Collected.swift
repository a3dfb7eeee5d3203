import Base
public import Catalog

/// A URL that was dealt with, and what is to be kept of it.
public struct CollectedItem: Sendable {
    /// What became of it. The state of one with an image follows from the commit.
    public var entry: CollectedURL
    /// The image that it gave, if it gave one.
    public var image: PreparedMedia?

    public init(_ entry: CollectedURL, image: PreparedMedia? = nil) {
        self.entry = entry
        self.image = image
    }
}

extension Store {
    /// Makes images visible together with what became of their URLs, all in one transaction, durable when it
    /// returns: there is no moment at which an image is there and its URL is not known, or the other way
    /// round.
    ///
    /// An item that the catalog refuses fails alone, and is kept as failed.
    /// - Parameter run: The import that labels belong to.
    /// - Returns: What the commit made of each item's image, in order; `nil` for those without one.
    /// - Throws: as ``commit(_:run:)``.
    public func commit(
        collected items: [CollectedItem], run: inout ImportRun
    ) throws -> [Result<CommittedMedia?, EngineError>] {
        try committing(items.compactMap(\.image)) {
            let outcomes = try commitByHalves(items[...], &run) { item, commit -> CommittedMedia? in
                var entry = item.entry
                let image = try item.image.map { try commit.add($0) }
                if let image {
                    entry.state = image.isNew ? .added : .duplicate
                    entry.image = image.id
                }
                try commit.transaction.noteCollected(entry)
                return image
            }
            let refused = zip(items, outcomes).compactMap { item, outcome -> CollectedURL? in
                guard case .failure(let error) = outcome else { return nil }
                var entry = item.entry
                (entry.state, entry.code, entry.reason) = (.failed, error.code.rawValue, "\(error)")
                // It may be what was too long.
                if error.code == .limitExceeded { entry.given = nil }
                return entry
            }
            if !refused.isEmpty {
                try translating { try catalog.write { for entry in refused { try $0.noteCollected(entry) } } }
            }
            return outcomes
        }
    }

    /// What is known of each of `urls`, in their order; `nil` where nothing is. Blocks: for threads that may.
    public func collected(_ urls: [String]) throws -> [CollectedURL?] {
        try translating { try catalog.read { try $0.collected(urls) } }
    }

    /// The next `limit` collected URLs in byte order, of one state or of all, behind `last`. Blocks: for
    /// threads that may.
    public func collected(
        _ state: CollectedURL.State?, after last: String?, limit: Int
    ) throws -> [CollectedURL] {
        try translating { try catalog.read { try $0.collected(state, after: last, limit: limit) } }
    }
}
