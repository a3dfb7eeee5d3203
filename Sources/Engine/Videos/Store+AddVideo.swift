public import Base
public import Blobs
import Catalog
import Media
import SystemPackage

extension Store {
    /// Reads a video, finds its frames, and stores it unless its content is in the store already. A stored
    /// copy that turns out to be damaged is replaced by this one.
    ///
    /// A file is read in pieces, three times: for its SHA-256, for its packets, and to be stored. Blocks and
    /// computes: for compute threads. Nothing is visible before ``commit(_:run:)``.
    /// - Parameters: as those of
    ///   ``prepare(_:path:url:properties:labels:captions:reference:)``.
    /// - Throws: ``EngineError/Code/unsupportedMedia`` for what is no video, or where FFmpeg is missing;
    ///   ``EngineError/Code/gone`` for a file that cannot be read; what ``checkGiven(_:labels:captions:)``
    ///   throws; ``EngineError/Code/diskFull``.
    public func prepareVideo(
        _ source: VideoSource, path: String, url: String? = nil, properties: Document, labels: [String],
        captions: [String] = [], reference: BlobReference?, cancellation: Cancellation = Cancellation()
    ) throws -> PreparedMedia {
        try checkGiven(properties, labels: labels, captions: captions)
        return try translating {
            let bytes = try Store.reading(source) { try source.open() }
            let digest = try Store.reading(source) { try SHA256Digest(of: bytes, cancellation) }
            var video = PreparedMedia(
                path: path, digest: digest, properties: [:], details: [:], given: properties, labels: labels)
            video.entityClass = Store.videoClass
            video.url = url
            video.captions = captions
            let known = try catalog.read { snapshot in
                try snapshot.entityID(of: digest, in: Store.videoClass).map { _ in
                    try snapshot.blob(digest)?.stored()
                }
            }
            if let known {
                video.damaged = try known.flatMap { try damage(of: $0, unless: reference) }
                if video.damaged != nil {
                    try keep(source, bytes.byteCount, reference, in: &video, cancellation)
                }
                return video
            }
            let analysis = try Store.reading(source) {
                try VideoAnalysis(bytes, options.video, cancellation: cancellation)
            }
            video.decodeError = analysis.error
            video.properties = analysis.properties
            video.details = analysis.details
            try keep(source, bytes.byteCount, reference, in: &video, cancellation)
            if let index = analysis.index { frameIndexes.insert(index, for: digest) }
            return video
        }
    }

    /// Stores the bytes of a video, or notes where they stay.
    private func keep(
        _ source: VideoSource, _ byteCount: Int, _ reference: BlobReference?,
        in video: inout PreparedMedia, _ cancellation: Cancellation
    ) throws {
        if let reference {
            video.blob = StoredBlob(
                digest: video.digest, location: .reference(reference, length: byteCount))
            return
        }
        video.hold = try blobs.holdPuts()
        video.blob =
            switch source {
            case .bytes(let bytes): try blobs.put(bytes, digest: video.digest)
            case .file(let path):
                try blobs.putFile(path, digest: video.digest, cancellation: cancellation)
            }
    }

    /// Runs `body`, which reads a video that is to be added: that this fails is that video's fault, and not
    /// the store's.
    private static func reading<Result>(_ source: VideoSource, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as Errno {
            guard case .file(let path) = source else { throw error }
            throw EngineError(.gone, "\(path) cannot be read: \(error)", cause: error)
        }
    }
}

extension SHA256Digest {
    /// The digest of a video's bytes, read piece by piece.
    init(of bytes: any VideoBytes, _ cancellation: Cancellation) throws {
        var hasher = BlobHasher()
        var offset = 0
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            try cancellation.check()
            let count = try piece.withUnsafeMutableBytes { try bytes.read(at: offset, into: $0) }
            if count == 0 { break }
            hasher.update(piece.span.bytes.extracting(0..<count))
            offset += count
        }
        self = hasher.finish()
    }
}
