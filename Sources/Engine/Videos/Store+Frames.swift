public import Base
import Blobs
import Catalog
import Media
import Synchronization

/// Frames of a video, a clip or a frame that are to be listed.
public struct FrameListRequest: Sendable {
    public var id: EntityID
    public var entityClass: String
    public var span = FrameSpan()
    /// Whether each is decoded, for the checksum of its pixels.
    public var wantsChecksums = false

    public init(_ id: EntityID, class entityClass: String) {
        self.id = id
        self.entityClass = entityClass
    }
}

extension Store {
    /// Frames, some at a time: `index` within what was asked for, `frame_number` within the video, `time` in
    /// seconds from the video's first frame, `pts` in ticks of the video's time base, `keyframe`, and `crc`,
    /// the CRC-32 of the luma samples as 8 hexadecimal digits, where it is wanted. Frames that are known to
    /// be damaged, or cannot be decoded, have `damaged`.
    ///
    /// The whole file is read where its index is not there, and decoded where checksums are wanted.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/unsupportedMedia`` for a video that cannot
    ///   be decoded; the stream what went wrong with frames, once all that can be had were told.
    public func frames(
        _ request: FrameListRequest
    ) async throws -> AsyncThrowingStream<[Document], any Error> {
        let source = try await read { try $0.frameSource(request.id, class: request.entityClass) }
        let (index, numbers) = try await frameNumbers(request.span, of: source)
        let batch = request.wantsChecksums ? 64 : 4_096
        let place = Mutex(numbers.startIndex)
        let bounds = source.bounds(in: index)
        let walk = FrameWalk(self, source.stored, index)
        return AsyncThrowingStream {
            let start = place.withLock { place in
                defer { place = min(place + batch, numbers.endIndex) }
                return place
            }
            let some = numbers[start..<min(start + batch, numbers.endIndex)]
            if some.isEmpty || walk.isOver {
                try walk.check()
                return nil
            }
            guard request.wantsChecksums else {
                return some.map { index.document(of: $0, within: bounds) }
            }
            return try await self.computePool.run { cancellation in
                var documents: [Document] = []
                try walk.decode(some, cancellation) { number, reader in
                    var document = index.document(of: number, within: bounds)
                    if let reader {
                        document["crc"] = .string(Hex.encode(reader.crc().bigEndianBytes))
                    } else {
                        document["damaged"] = true
                    }
                    documents.append(document)
                }
                return documents
            }
        }
    }

    /// The index of a video's frames, and the numbers of those in a span.
    func frameNumbers(_ span: FrameSpan, of source: FrameSource) async throws -> (FrameIndex, [Int]) {
        try await computePool.run { cancellation in
            let index = try self.frameIndex(of: source.stored, cancellation)
            return (index, try span.numbers(in: index, source.bounds(in: index)))
        }
    }

    // MARK: - Readers

    /// The index of a video's frames, made anew where it is not there. Blocks.
    func frameIndex(of stored: StoredBytes, _ cancellation: Cancellation) throws -> FrameIndex {
        if let known = frameIndexes.find(stored.digest) { return known }
        return try withReader(of: stored, near: 0, cancellation) { try $0.index() }
    }

    /// Runs `body` with a reader of a video; one that rests is taken where there is one. Blocks and computes.
    /// - Parameter frame: where `body` will begin.
    func withReader<Result>(
        of stored: StoredBytes, near frame: Int, _ cancellation: Cancellation,
        _ body: (VideoReader) throws -> Result
    ) throws -> Result {
        try translating {
            do {
                let reader =
                    try restingReaders.take(stored.digest, near: frame)
                    ?? openReader(stored.blob, cancellation)
                reader.cancellation = cancellation
                defer {
                    // So that nobody else decodes a whole video to find the same.
                    if let index = reader.takeFindings() { frameIndexes.insert(index, for: stored.digest) }
                }
                let result = try body(reader)
                // One that has failed is not used again.
                restingReaders.rest(reader, stored.digest, at: reader.nextFrame)
                return result
            } catch let error as MediaError {
                // What the bytes' own place reported says more.
                if let cause = error.cause { throw cause }
                throw error
            }
        }
    }

    /// A reader of its own of a stored video.
    func openReader(
        _ blob: StoredBlob, _ cancellation: Cancellation, options: VideoOptions? = nil
    ) throws -> VideoReader {
        let known = frameIndexes.find(blob.digest)
        let reader = try VideoReader(
            try videoBytes(of: blob, cancellation), options ?? self.options.video, index: known,
            cancellation: cancellation)
        if known == nil { frameIndexes.insert(try reader.index(), for: blob.digest) }
        return reader
    }

    /// The bytes of a stored video, each compared with its checksum when it is read.
    func videoBytes(of blob: StoredBlob, _ cancellation: Cancellation) throws -> any VideoBytes {
        StoredVideo(try reader(of: blob, cancellation))
    }

    /// Opens a blob where it is now: garbage collection may have moved it since it was looked up.
    private func reader(of blob: StoredBlob, _ cancellation: Cancellation) throws -> BlobReader {
        var blob = blob
        while true {
            do {
                return try blobs.reader(blob, cancellation: cancellation)
            } catch let error as BlobError {
                let digest = blob.digest
                let entry = try catalog.read { try $0.blob(digest) }
                guard let current = try entry?.stored(), current.location != blob.location else {
                    throw error
                }
                blob = current
            }
        }
    }
}

extension FrameIndex {
    /// What is told of a frame.
    fileprivate func document(of number: Int, within bounds: Range<Int>) -> Document {
        var document: Document = [
            "index": .integer(Int64(number - bounds.lowerBound)), "frame_number": .integer(Int64(number)),
            "time": .float(seconds(of: number)), "pts": .integer(presentations[number]),
            "keyframe": .boolean(keyframe(notAfter: number)?.frame == number),
        ]
        if isDamaged(number) { document.append("damaged", true) }
        return document
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: self >> (24 - 8 * UInt32($0))) }
    }
}
