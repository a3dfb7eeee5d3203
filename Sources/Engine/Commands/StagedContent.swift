import Base
import Blobs
import Catalog
import Media
import Query

/// Bytes that a command puts in, read, checked and stored before the transaction begins.
struct StagedContent: Sendable {
    var digest: SHA256Digest
    /// Where they lie; `nil` where the store had them already.
    var blob: StoredBlob?
    /// Keeps collection from them until the commit.
    var hold: BlobHold?
    /// What is known of the file of an image or a video.
    var properties = Document()
    var details = Document()
    /// Of a video: its frames.
    var frameIndex: FrameIndex?
    var byteCount: Int
}

extension Store {
    /// Prepares an image of the command language: does the operations, looks at it, and stores the bytes.
    /// Blocks and computes.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` for what is no image, or does not decode.
    func stageImage(
        _ bytes: [UInt8], _ media: NewMedia, cancellation: Cancellation
    ) throws -> StagedContent {
        try translating {
            var bytes = bytes
            if let work = try PixelWork(media.operations, format: media.format, keeping: bytes) {
                bytes = try work.pipeline(for: bytes).run(
                    bytes, maxPixels: options.maxPixels, cancellation: cancellation
                ).bytes
            }
            let facts = try ImageAnalysis.analyse(bytes, maxPixels: options.maxPixels)
            guard facts.pixels != nil else {
                throw EngineError(
                    .unsupportedMedia, facts.decodeError ?? "the bytes are no image that can be decoded")
            }
            var staged = try stage(bytes)
            staged.properties = facts.properties(byteCount: bytes.count)
            staged.details = facts.details
            return staged
        }
    }

    /// Prepares a video of the command language: finds its frames, writes it anew where that is asked for,
    /// and stores the bytes. Blocks and computes.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` for what is no video, or has no frame that can be
    ///   decoded; ``EngineError/Code/invalidOperation`` for what cannot be made of it.
    func stageVideo(
        _ bytes: [UInt8], _ media: NewMedia, cancellation: Cancellation
    ) throws -> StagedContent {
        try translating {
            let work = try VideoWork(media.operations, codec: media.codec, container: media.container)
            var bytes = bytes
            var (analysis, index) = try analyse(bytes, cancellation)
            if let plan = try work.plan(for: analysis.properties, 0..<index.count, of: index) {
                let reader = try VideoReader(
                    MemoryVideo(bytes: bytes), options.video, index: index, cancellation: cancellation)
                bytes = try plan.write(with: reader)
                (analysis, index) = try analyse(bytes, cancellation)
            }
            var staged = try stage(bytes)
            staged.properties = analysis.properties
            staged.details = analysis.details
            staged.frameIndex = index
            frameIndexes.insert(index, for: staged.digest)
            return staged
        }
    }

    private func analyse(
        _ bytes: [UInt8], _ cancellation: Cancellation
    ) throws -> (VideoAnalysis, FrameIndex) {
        let analysis = try VideoAnalysis(
            MemoryVideo(bytes: bytes), options.video, cancellation: cancellation)
        guard let index = analysis.index, index.count > 0 else {
            throw EngineError(
                .unsupportedMedia, analysis.error ?? "the bytes are no video that can be decoded")
        }
        return (analysis, index)
    }

    /// Stores bytes that nobody looks into. Blocks.
    func stageBytes(_ bytes: [UInt8]) throws -> StagedContent { try translating { try stage(bytes) } }

    private func stage(_ bytes: [UInt8]) throws -> StagedContent {
        let digest = SHA256Digest(hashing: bytes)
        var staged = StagedContent(digest: digest, byteCount: bytes.count)
        let hold = try blobs.holdPuts()
        staged.hold = hold
        do {
            let known = try catalog.read { try $0.referencedBlob(digest)?.stored() }
            if let known, try damage(of: known, unless: nil) == nil {
                hold.end()
                staged.hold = nil
                return staged
            }
            // A damaged copy is as good as none: the bytes that came take its place.
            staged.blob = try blobs.put(bytes, digest: digest)
        } catch {
            hold.end()
            throw error
        }
        return staged
    }
}
