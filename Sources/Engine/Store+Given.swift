public import Base
import Catalog

/// What callers may say of an image. It is looked at before anything is stored, so that a bad item fails by
/// itself and not with the transaction that it shares with others.
extension Store {
    /// Properties that may be given to one image, and labels.
    static let givenLimit = 1_000
    /// The longest name of a label, in bytes; that of a property and of a folder is the same.
    static let labelByteLimit = CatalogName.byteLimit

    /// The longest caption, in bytes.
    static let captionByteLimit = 1 << 20

    /// Names that only the file, or the store, gives a value to. What a file may leave open and somebody may
    /// know (when and where a picture was taken, and with what) is not among them.
    static let reservedFields: Set<String> = [
        "added_at", "alpha", "bits", "bytes", "channels", "dhash", "error", "exif", "format", "frames",
        "height", "histogram", "icc_profile", "icc_profile_bytes", "label", "labels", "mean", "orientation",
        "path", "paths", "phash", "sha256", "std", "width",
    ]

    /// Names that only a video's file, or the store, gives a value to.
    static let videoFields: Set<String> = [
        "added_at", "audio", "audio_tracks", "bit_rate", "bits", "bytes", "codec", "container", "duration",
        "error", "fps", "frame_count", "frame_rate", "height", "keyframe_count", "label", "labels", "path",
        "paths", "pixel_aspect", "pixel_format", "rotation", "sha256", "variable_rate", "width",
    ]

    /// Whether a property of that name says what a file itself is, or how it was added, and so cannot be
    /// given.
    public static func isOfFile(property name: String) -> Bool { reservedFields.contains(name) }

    /// Checks a name that a property is to be given under.
    /// - Throws: ``EngineError/Code/invalidRequest`` saying what is wrong with it.
    public static func checkGiven(property name: String) throws(EngineError) {
        if reservedFields.contains(name) {
            throw EngineError(
                .invalidRequest,
                "property '\(name)' may not be given: it says what the file itself is, or how it was added; take another name"
            )
        }
        do throws(CatalogError) {
            try CatalogName.check(name, of: "property")
        } catch {
            throw EngineError(error)
        }
    }

    /// Checks properties, labels and captions that are to be given to an image.
    /// - Throws: ``EngineError/Code/invalidRequest`` and ``EngineError/Code/limitExceeded``, naming the
    ///   property, label or caption at fault.
    public func checkGiven(_ properties: Document, labels: [String], captions: [String] = []) throws {
        for (count, what) in [
            (properties.count, "properties"), (labels.count, "labels"), (captions.count, "captions"),
        ]
        where count > Store.givenLimit {
            throw EngineError(
                .limitExceeded, "\(count) \(what) are given, the limit for an image is \(Store.givenLimit)")
        }
        for name in properties.keys { try Store.checkGiven(property: name) }
        try translating { try catalog.check(properties) }
        for label in labels { try Store.checkGiven(label: label) }
        if let long = captions.first(where: { $0.utf8.count > Store.captionByteLimit }) {
            throw EngineError(
                .limitExceeded,
                "caption '\(long.prefix(32))…' has \(long.utf8.count) bytes, the limit is \(Store.captionByteLimit)"
            )
        }
    }

    private static func checkGiven(label: String) throws(EngineError) {
        guard label.utf8.count <= labelByteLimit else {
            throw EngineError(
                .limitExceeded,
                "label '\(label.prefix(32))…' has \(label.utf8.count) bytes, the limit is \(labelByteLimit)")
        }
        guard label.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw EngineError(.invalidRequest, "a label may not be empty")
        }
        if label.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw EngineError(.invalidRequest, "label '\(label)' may not hold control characters")
        }
    }
}
