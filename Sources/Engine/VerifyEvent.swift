public import Base

/// Something that ``Store/verify(decodesVideos:)`` found wrong, or how far it has come.
public enum VerifyEvent: Sendable {
    /// What is wrong: `catalog`, `blob`, `reference`, `vector` or `video`, and a message that names the
    /// thing.
    case finding(kind: String, message: String)
    /// Blobs and bytes read so far.
    case progress(blobs: Int, bytes: Int)
    /// How many videos there are, of how many all frames were decoded so far, and how many frames those were.
    case videos(count: Int, decoded: Int, frames: Int)

    public var document: Document {
        switch self {
        case .finding(let kind, let message): ["kind": .string(kind), "message": .string(message)]
        case .progress(let blobs, let bytes):
            ["progress": ["blobs": .integer(Int64(blobs)), "bytes": .integer(Int64(bytes))]]
        case .videos(let count, let decoded, let frames):
            [
                "progress": [
                    "videos": .integer(Int64(count)), "videos_decoded": .integer(Int64(decoded)),
                    "frames": .integer(Int64(frames)),
                ]
            ]
        }
    }
}
