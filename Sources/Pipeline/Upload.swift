public import Base
public import Engine

/// Images and videos that came as bytes.
public enum Upload {
    /// Adds `files` in one commit and tells what became of each, in order.
    ///
    /// A file that cannot be added is told with the others. What is wrong with the store, such as a full
    /// disk, or that the caller gave up, ends it all.
    /// - Throws: ``EngineError`` where the store cannot be written to, and for properties or labels that no
    ///   image may be given; then nothing was added.
    /// - Parameter isVideo: Whether each is a video; each is an image otherwise.
    public static func add(
        _ files: [(path: String, bytes: [UInt8])], properties: Document, labels: [String],
        isVideo: Bool = false, to store: Store
    ) async throws -> [IngestVerdict] {
        try store.checkWritable()
        try store.checkGiven(properties, labels: labels)
        return try await store.computePool.run { cancellation in
            var run = ImportRun(parameters: ["upload": true])
            let prepared = try files.map {
                file -> (path: String, image: PreparedMedia?, failure: EngineError?) in
                do {
                    try cancellation.check()
                    let image =
                        isVideo
                        ? try store.prepareVideo(
                            .bytes(file.bytes), path: file.path, properties: properties, labels: labels,
                            reference: nil, cancellation: cancellation)
                        : try store.prepare(
                            file.bytes, path: file.path, properties: properties, labels: labels,
                            reference: nil)
                    return (file.path, image, nil)
                } catch let error as EngineError where !error.isOfStore {
                    return (file.path, nil, error)
                }
            }
            var outcomes = try store.commit(prepared.compactMap(\.image), run: &run)[...]
            try store.finish(run)
            return prepared.map { item in
                guard let image = item.image, let outcome = outcomes.popFirst() else {
                    return IngestVerdict(
                        path: item.path, outcome: .failed, message: item.failure?.description,
                        failure: item.failure?.code)
                }
                return IngestVerdict(path: item.path, outcome, decodeError: image.decodeError)
            }
        }
    }
}
