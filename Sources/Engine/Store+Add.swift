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
    ///   - properties: Properties beyond those of the file; see ``checkGiven(_:labels:)``.
    ///   - reference: Where the bytes stay, if they are not to be copied into the store.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` for what is no image; what ``checkGiven(_:labels:)``
    ///   throws; ``EngineError/Code/diskFull``.
    public func prepare(
        _ bytes: [UInt8], path: String, properties: Document, labels: [String], reference: BlobReference?
    ) throws -> PreparedImage {
        try checkGiven(properties, labels: labels)
        return try translating {
            let digest = SHA256Digest(hashing: bytes)
            var image = PreparedImage(
                path: path, digest: digest, properties: [:], details: [:], given: properties, labels: labels)
            let known = try catalog.read { snapshot in
                try snapshot.imageID(of: digest).map { _ in try snapshot.blob(digest)?.stored() }
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
        _ images: [PreparedImage], run: inout ImportRun
    ) throws -> [Result<CommittedImage, EngineError>] {
        try translating {
            // Ends with this function, after the commit that makes the bytes live.
            defer { for image in images { image.hold?.end() } }
            if images.contains(where: { $0.hold != nil }) { try blobs.sync() }
            return try commit(images[...], &run)
        }
    }

    /// Notes that an import has come to its end, if it has begun.
    public func finish(_ run: ImportRun) throws {
        guard let id = run.id else { return }
        try translating { try catalog.write { try $0.finishRun(id) } }
    }

    // MARK: - Private

    private func commit(
        _ images: ArraySlice<PreparedImage>, _ run: inout ImportRun
    ) throws -> [Result<CommittedImage, EngineError>] {
        guard !images.isEmpty else { return [] }
        let started = run
        do {
            let (outcomes, ended) = try translating {
                try catalog.write { transaction in
                    var commit = ImageCommit(transaction: transaction, run: started)
                    let outcomes = try images.map { try commit.add($0) }
                    return (outcomes, commit.run)
                }
            }
            run = ended
            return outcomes.map { .success($0) }
        } catch let error as EngineError where !error.isOfStore {
            guard images.count > 1 else { return [.failure(error)] }
            let middle = images.startIndex + images.count / 2
            return try commit(images[..<middle], &run) + commit(images[middle...], &run)
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
        _ bytes: [UInt8], _ reference: BlobReference?, in image: inout PreparedImage
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
    /// The image whose content is that of `digest`.
    func imageID(of digest: SHA256Digest) throws -> EntityID? {
        guard let images = schema.entityClass(Store.imageClass) else { return nil }
        return try entities(of: images, digest: digest).first.map(images.entityID)
    }
}
