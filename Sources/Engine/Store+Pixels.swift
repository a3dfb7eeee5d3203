public import Base
import Blobs
import Catalog
public import Media
import Synchronization

extension Store {
    /// The stored bytes of an entity.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone`` for a deleted entity.
    public func blob(_ id: EntityID, class entityClass: String) async throws -> StoredBytes {
        try await read { try $0.storedBytes(id, class: entityClass) }
    }

    /// Bytes of a blob, or of a range of it, checked against their checksums.
    /// - Throws: ``EngineError/Code/corrupt``; ``EngineError/Code/gone`` where a referenced file is missing
    ///   or changed.
    public func bytes(of stored: StoredBytes, range: Range<Int>? = nil) async throws -> [UInt8] {
        try await readPool.run { _ in try translating { try self.read(stored.blob, range: range) } }
    }

    /// Reads a blob where it is now: garbage collection may have moved it since it was looked up. Blocks.
    func read(_ blob: StoredBlob, range: Range<Int>? = nil) throws -> [UInt8] {
        var blob = blob
        while true {
            do throws(BlobError) {
                return try blobs.read(blob, range: range)
            } catch {
                let digest = blob.digest
                let entry = try catalog.read { try $0.blob(digest) }
                // Where it is where it was, the error stands; else there is a new place to try.
                guard let current = try entry?.stored(), current.location != blob.location else {
                    throw error
                }
                blob = current
            }
        }
    }

    /// Bytes of a range of a blob, piece by piece, for what is too large to hold; each piece is read when it
    /// is asked for, and checked.
    ///
    /// - Parameters:
    ///   - range: Within `0..<stored.byteCount`.
    ///   - byteCount: The bytes of a piece.
    /// - Throws: As ``bytes(of:range:)``, at once or on the way.
    public func pieces(
        of stored: StoredBytes, range: Range<Int>, byteCount: Int
    ) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        precondition(byteCount > 0)
        let (blobs, readPool) = (blobs, readPool)
        let reader = try await readPool.run { cancellation in
            try translating { try blobs.reader(stored.blob, cancellation: cancellation) }
        }
        let place = Mutex(range.lowerBound)
        return AsyncThrowingStream {
            let start = place.withLock { place in
                defer { place += byteCount }
                return place
            }
            guard start < range.upperBound else { return nil }
            return try await readPool.run { _ in
                try translating { try reader.read(start..<min(start + byteCount, range.upperBound)) }
            }
        }
    }

    /// Reads stored bytes to their end, for who must know that they are whole before the first is handed out.
    /// - Throws: ``EngineError/Code/corrupt`` naming the blob.
    public func checkBytes(of stored: StoredBytes) async throws {
        let blobs = blobs
        try await readPool.run { cancellation in
            try translating {
                let findings = try blobs.verify(CollectionOfOne(stored.blob), cancellation: cancellation)
                if let finding = findings.first { throw EngineError(.corrupt, finding.description) }
            }
        }
    }

    /// Understands operations on an image.
    /// - Parameter operations: Texts such as `resize=224x224,filter=bicubic`, in order; none for the image as
    ///   it is.
    /// - Throws: ``EngineError/Code/invalidOperation`` naming the operation and its parameter.
    public static func pipeline(_ operations: [String]) throws -> ImagePipeline {
        try translating { try ImagePipeline(operations) }
    }

    /// Looks up what operations are to be done on, without doing them.
    /// - Parameter frame: Of a video, a clip or a frame: which of its frames, from 0; the first one unless
    ///   told.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for a frame of what has none.
    public func pixelRequest(
        _ id: EntityID, class entityClass: String, pipeline: ImagePipeline, frame: Int? = nil
    ) async throws -> PixelRequest {
        if frame != nil || entityClass == Store.videoClass || VideoPartClass(rawValue: entityClass) != nil {
            return try await frameRequest(id, class: entityClass, pipeline: pipeline, frame: frame ?? 0)
        }
        let (source, commit) = try await read { snapshot in
            (try snapshot.storedBytes(id, class: entityClass), UInt64(snapshot.commit))
        }
        return PixelRequest(
            key: DerivedPixelsKey(digest: source.digest.description, operations: pipeline.text),
            commit: commit, source: source, pipeline: pipeline)
    }

    private func frameRequest(
        _ id: EntityID, class entityClass: String, pipeline: ImagePipeline, frame: Int
    ) async throws -> PixelRequest {
        let (source, commit) = try await read { snapshot in
            (try snapshot.frameSource(id, class: entityClass), UInt64(snapshot.commit))
        }
        if let part = source.part, frame >= part.count {
            throw EngineError(
                .invalidRequest, "there is no frame \(frame) in \(id): frames are 0 to \(part.count - 1)")
        }
        let number = (source.part?.lowerBound ?? 0) + frame
        return PixelRequest(
            key: DerivedPixelsKey(
                digest: source.stored.digest.description, operations: "frame:\(number)&\(pipeline.text)"),
            commit: commit, source: source.stored, pipeline: pipeline, frame: number)
    }

    /// The number of the newest commit, which may not be durable yet; `nil` where others may write. Costs
    /// nothing: it may be asked on an event loop.
    public var latestCommit: UInt64? { access == .readWrite ? catalog.newestCommit : nil }

    /// The derived pixels of `key`, where memory holds them. Takes no system call.
    public func pixelsInMemory(_ key: DerivedPixelsKey) -> DerivedPixels? { cache.inMemory(key) }

    /// Makes derived pixels, or takes them from the cache.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` where the bytes do not decode;
    ///   ``EngineError/Code/invalidOperation`` where an operation does not fit this image, such as a crop
    ///   outside it; as ``bytes(of:range:)``.
    public func pixels(_ request: PixelRequest) async throws -> DerivedPixels {
        if let pixels = cache.inMemory(request.key) { return pixels }
        let (cache, maxPixels) = (cache, options.maxPixels)
        return try await computePool.run { cancellation in
            if let pixels = cache.find(request.key) { return pixels }
            return try translating {
                let output: PipelineOutput
                if let frame = request.frame {
                    let raster = try self.raster(ofFrame: frame, of: request.source, cancellation)
                    output = try request.pipeline.run(
                        on: raster, maxPixels: maxPixels, cancellation: cancellation)
                } else {
                    let bytes = try self.read(request.source.blob)
                    try cancellation.check()
                    output = try request.pipeline.run(
                        bytes, maxPixels: maxPixels, cancellation: cancellation)
                }
                let pixels = DerivedPixels(
                    bytes: output.bytes, contentType: output.contentType, shape: output.shape,
                    elementType: output.element?.numpyName ?? "")
                cache.insert(pixels, for: request.key)
                return pixels
            }
        }
    }
}

extension Store {
    /// A frame of a video as upright RGB. Blocks and computes.
    /// - Throws: ``EngineError/Code/invalidRequest`` where there is no such frame.
    func raster(
        ofFrame number: Int, of stored: StoredBytes, _ cancellation: Cancellation
    ) throws -> Raster {
        try withReader(of: stored, near: number, cancellation) { reader in
            let count = try reader.index().count
            guard number < count else {
                throw EngineError(
                    .invalidRequest,
                    count == 0
                        ? "the video has no frames"
                        : "there is no frame \(number): frames are 0 to \(count - 1)")
            }
            try reader.frame(number)
            return try reader.raster()
        }
    }
}

extension CatalogSnapshot {
    /// The class of an entity that is there.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone`` where it was deleted.
    func checkEntity(_ id: EntityID, class entityClass: String) throws {
        guard let known = try self.entityClass(entityClass) else {
            throw EngineError(.notFound, "there is no \(entityClass) \(id)")
        }
        guard known.id == id.classNumber, known.generation == id.generation else {
            throw EngineError(
                .notFound,
                "\(id) is no \(entityClass): ids of that class begin with \(known.id).\(known.generation).")
        }
        guard try exists(id) else {
            if let stone = try tombstone(of: id) {
                throw EngineError(.gone, "\(id) was deleted at \(stone.time.iso8601) by \(stone.who)")
            }
            throw EngineError(.notFound, "there is no \(entityClass) \(id)")
        }
    }

    func storedBytes(_ id: EntityID, class entityClass: String) throws -> StoredBytes {
        try checkEntity(id, class: entityClass)
        guard let entry = try blob(of: id) else { throw EngineError(.notFound, "\(id) has no bytes") }
        var mediaType: String?
        if let known = schema.entityClass(of: id) {
            let row = try entities(of: known, [id.local], properties: ["format", "container"]).first
            let properties = row?.properties ?? [:]
            mediaType =
                known.name == Store.videoClass
                ? VideoFormat.mediaType(properties)
                : properties["format"]?.stringValue.flatMap(ImageFormat.init(rawValue:))?.mediaType
        }
        return StoredBytes(
            digest: entry.digest, byteCount: Int(entry.place.length),
            contentType: mediaType ?? "application/octet-stream", blob: try entry.stored())
    }
}
