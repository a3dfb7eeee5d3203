public import Base
public import Blobs
import Catalog
import Media

extension Store {
    /// Reads an image file's bytes, analyses them, and stores them unless their content is in the store
    /// already. A stored copy that turns out to be damaged is replaced by these bytes.
    ///
    /// Of what is in the store already the stored copy is read and compared with its CRC-32C, which takes
    /// less than the SHA-256 of `bytes`. Blocks and computes: for compute threads. Nothing is visible before
    /// ``commit(_:run:)``.
    /// - Parameters:
    ///   - path: The name it is to be known by; may be empty.
    ///   - url: The URL that it came from.
    ///   - captions: What it shows, in words: labels of the kind `caption`.
    ///   - properties: Properties beyond those of the file; see ``checkGiven(_:labels:)``.
    ///   - reference: Where the bytes stay, if they are not to be copied into the store.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` for what is no image; what ``checkGiven(_:labels:)``
    ///   throws; ``EngineError/Code/diskFull``.
    public func prepare(
        _ bytes: [UInt8], path: String, url: String? = nil, properties: Document, labels: [String],
        captions: [String] = [], reference: BlobReference?
    ) throws -> PreparedMedia {
        try checkGiven(properties, labels: labels, captions: captions)
        return try translating {
            let digest = SHA256Digest(hashing: bytes)
            var image = PreparedMedia(
                path: path, digest: digest, properties: [:], details: [:], given: properties, labels: labels)
            image.url = url
            image.captions = captions
            let known = try catalog.read { snapshot in
                try snapshot.entityID(of: digest, in: Store.imageClass).map { _ in
                    try snapshot.blob(digest)?.stored()
                }
            }
            if let known {
                image.damaged = try known.flatMap { try damage(of: $0, unless: reference) }
                if image.damaged != nil { try keep(bytes, reference, in: &image) }
                return image
            }
            let facts = try ImageAnalysis.analyse(bytes, maxPixels: options.maxPixels)
            image.decodeError = facts.decodeError
            image.properties = facts.properties(byteCount: bytes.count)
            image.details = facts.details
            try keep(bytes, reference, in: &image)
            return image
        }
    }

    /// Makes prepared images visible, all in one transaction, durable when it returns.
    ///
    /// An image that the catalog refuses fails alone: the others are committed by halves, down to the one at
    /// fault.
    ///
    /// Of images with the same content the first becomes an entity; the others add their path, their labels,
    /// and properties that it does not have. Where nothing is new nothing is written.
    /// - Parameter run: The import that the labels belong to.
    /// - Returns: What became of each, in order.
    /// - Throws: ``EngineError`` where the store itself cannot go on (``EngineError/isOfStore``); what was
    ///   committed before stays.
    public func commit(
        _ images: [PreparedMedia], run: inout ImportRun
    ) throws -> [Result<CommittedMedia, EngineError>] {
        try committing(images) {
            try commitByHalves(images[...], &run) { image, commit in try commit.add(image) }
        }
    }

    /// Makes the bytes of images durable and runs `body`, which commits them.
    func committing<Result>(_ images: [PreparedMedia], _ body: () throws -> Result) throws -> Result {
        try translating {
            // Ends with this function, after the commit that makes the bytes live.
            defer { for image in images { image.hold?.end() } }
            if images.contains(where: { $0.hold != nil }) { try blobs.sync() }
            return try body()
        }
    }

    /// Notes that an import has come to its end, if it has begun.
    public func finish(_ run: ImportRun) throws {
        guard let id = run.id else { return }
        try translating { try catalog.write { try $0.finishRun(id) } }
    }

    /// Puts items into the catalog by `add`, all in one transaction; where one of them is refused by halves,
    /// down to the one at fault.
    func commitByHalves<Item: Sendable, Outcome: Sendable>(
        _ items: ArraySlice<Item>, _ run: inout ImportRun,
        _ add: @escaping @Sendable (Item, inout MediaCommit) throws -> Outcome
    ) throws -> [Result<Outcome, EngineError>] {
        guard !items.isEmpty else { return [] }
        let started = run
        do {
            let (outcomes, ended) = try translating {
                try catalog.write { transaction in
                    var commit = MediaCommit(transaction: transaction, run: started)
                    let outcomes = try items.map { try add($0, &commit) }
                    return (outcomes, commit.run)
                }
            }
            run = ended
            return outcomes.map { .success($0) }
        } catch let error as EngineError where !error.isOfStore {
            guard items.count > 1 else { return [.failure(error)] }
            let middle = items.startIndex + items.count / 2
            return try commitByHalves(items[..<middle], &run, add)
                + commitByHalves(items[middle...], &run, add)
        }
    }
}

extension Store {
    /// Why a stored blob cannot be used; `nil` where it can.
    /// - Parameter reference: A file that has just been read and holds the right bytes.
    func damage(
        of blob: StoredBlob, unless reference: BlobReference?
    ) throws -> (blob: StoredBlob, reason: String)? {
        if case .reference(let known, _) = blob.location, known == reference { return nil }
        do {
            try blobs.check(blob)
            return nil
        } catch let error as BlobError {
            switch error.code {
            case .corrupt, .missing, .changed, .io: return (blob, error.message)
            default: throw error
            }
        }
    }

    /// Stores the bytes of an image, or notes where they stay.
    private func keep(
        _ bytes: [UInt8], _ reference: BlobReference?, in image: inout PreparedMedia
    ) throws {
        if let reference {
            image.blob = StoredBlob(
                digest: image.digest, location: .reference(reference, length: bytes.count))
        } else {
            image.hold = try blobs.holdPuts()
            image.blob = try blobs.put(bytes, digest: image.digest)
        }
    }
}

extension CatalogSnapshot {
    /// The entity of a class whose content is that of `digest`.
    func entityID(of digest: SHA256Digest, in className: String) throws -> EntityID? {
        guard let known = schema.entityClass(className) else { return nil }
        return try entities(of: known, digest: digest).first.map(known.entityID)
    }
}
