public import Base
public import Engine

/// Images that came as bytes.
public enum Upload {
    /// Adds `files` in one commit and tells what became of each, in order.
    /// - Throws: ``EngineError`` where the store cannot be written to, and for properties or labels that no
    ///   image may be given; then nothing was added.
    public static func add(
        _ files: [(path: String, bytes: [UInt8])], properties: Document, labels: [String], to store: Store
    ) async throws -> [IngestVerdict] {
        try store.checkWritable()
        try store.checkGiven(properties, labels: labels)
        return try await store.computePool.run { _ in
            var run = ImportRun(parameters: ["upload": true])
            let prepared = try files.map { file -> (path: String, image: PreparedImage?, failure: String?) in
                do {
                    let image = try store.prepare(
                        file.bytes, path: file.path, properties: properties, labels: labels, reference: nil)
                    return (file.path, image, nil)
                } catch let error as EngineError where error.isOfStore {
                    throw error
                } catch {
                    return (file.path, nil, "\(error)")
                }
            }
            var outcomes = try store.commit(prepared.compactMap(\.image), run: &run)[...]
            return prepared.map { item in
                guard let image = item.image, let outcome = outcomes.popFirst() else {
                    return IngestVerdict(path: item.path, outcome: .failed, message: item.failure)
                }
                return IngestVerdict(path: item.path, outcome, decodeError: image.decodeError)
            }
        }
    }
}
