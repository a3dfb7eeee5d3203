public import Base
import Blobs
import Media

/// An image or a video whose bytes were read, analysed and stored, ready to be committed: all that a
/// transaction needs.
public struct PreparedMedia: Sendable {
    /// The name it is known by, as text.
    public var path: String
    /// What does not decode of it, if anything.
    public var decodeError: String?

    /// What it becomes one of: ``Store/imageClass`` or ``Store/videoClass``.
    var entityClass = Store.imageClass
    /// The URL that it came from.
    var url: String?
    /// What it shows, in words.
    var captions: [String] = []
    var digest: SHA256Digest
    /// Everything recorded of it but its path; empty where its content is in the store already.
    var properties: Document
    /// What is large and never filtered on: of an image the histogram and the EXIF tags.
    var details: Document
    /// Properties that the caller gave.
    var given: Document
    var labels: [String]
    /// Where its bytes are; `nil` where its content was in the store already, and is sound.
    var blob: StoredBlob?
    /// The damaged copy of its content that was in the store, and why it cannot be used.
    var damaged: (blob: StoredBlob, reason: String)?
    /// Keeps garbage collection from the bytes until the commit.
    var hold: BlobHold?
}

/// What a commit made of a prepared image or video.
public struct CommittedMedia: Sendable {
    public var id: EntityID
    /// Whether it is a new one; otherwise its content was in the store.
    public var isNew: Bool
    /// What is noteworthy: a property that a duplicate would have changed.
    public var note: String?
}
