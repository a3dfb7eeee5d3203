public import Base

/// Something that ``Store/verify()`` found wrong, or how far it has come.
public enum VerifyEvent: Sendable {
    /// What is wrong: `catalog`, `blob`, `reference` or `vector`, and a message that names the thing.
    case finding(kind: String, message: String)
    /// Blobs and bytes read so far.
    case progress(blobs: Int, bytes: Int)

    public var document: Document {
        switch self {
        case .finding(let kind, let message): ["kind": .string(kind), "message": .string(message)]
        case .progress(let blobs, let bytes):
            ["progress": ["blobs": .integer(Int64(blobs)), "bytes": .integer(Int64(bytes))]]
        }
    }
}
