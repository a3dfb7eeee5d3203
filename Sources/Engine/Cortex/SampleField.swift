import Base
import Query

/// A field of an image as Cortex's clients know it: the sample's document.
enum SampleField: String, CaseIterable {
    case id = "_id"
    case url
    case datetime
    case objectsProcessed = "object_analysis_processed"
    case posesProcessed = "pose_estimation_processed"
    case facesProcessed = "face_analysis_processed"
    case source
    case type
    case height
    case width
    case hash
    case objects = "object_analysis"
    case quality = "label_quality_estimation"

    /// What the store itself calls the field, where it has it as it is; `nil` for what is made.
    var storedName: String? {
        switch self {
        case .url, .source, .height, .width: rawValue
        case .hash: SystemField.digest.rawValue
        case .quality: SampleField.qualityProperty
        case .id, .datetime, .objectsProcessed, .posesProcessed, .facesProcessed, .type, .objects: nil
        }
    }

    /// Whether it takes an image's labels, or what has looked at it, to say.
    var needsLabels: Bool {
        switch self {
        case .objects, .objectsProcessed, .posesProcessed, .facesProcessed: true
        default: false
        }
    }

    /// The property with an image's label quality, in `0...1`.
    static let qualityProperty = "label_quality"
    /// The properties that the document shows.
    static let properties = ["url", "source", "height", "width", qualityProperty, timeProperty]
    /// The property that says when an image came into the store.
    static let timeProperty = "added_at"
    /// What comes before a key's hexadecimal digits.
    static let idPrefix = "PT::"
    /// What all samples are.
    static let image = "image"
}

extension EntityKey {
    /// As Cortex writes it: `PT::` and 24 hexadecimal digits.
    var sampleID: String { SampleField.idPrefix + description }

    /// Reads ``sampleID``; `nil` for anything else, upper-case digits included.
    init?(sampleID text: String) {
        guard text.hasPrefix(SampleField.idPrefix) else { return nil }
        let digits = String(text.utf8.dropFirst(SampleField.idPrefix.utf8.count)) ?? ""
        guard digits.utf8.count == 24, let bytes = Hex.decode(digits), let key = EntityKey(bytes: bytes),
            key.description.hasSameBytes(as: digits)
        else { return nil }
        self = key
    }
}

extension SampleField {
    /// When an image was first seen, as Cortex writes it: `2023-05-06 07:08:09.123456`, in UTC. Where the
    /// store did not note it the image's key knows, in whole seconds.
    /// - Parameter added: the property ``timeProperty``.
    static func time(_ added: Value?, _ key: EntityKey) -> String {
        if case .dateTime(let time)? = added { return text(microseconds: time.microseconds) }
        return text(microseconds: Int64(key.seconds) * 1_000_000)
    }

    static func text(microseconds: Int64) -> String {
        var fraction = microseconds % 1_000_000
        if fraction < 0 { fraction += 1_000_000 }
        // `2023-05-06T07:08:09Z`
        let whole = DateTime(microseconds: microseconds - fraction).iso8601
        let digits = String(fraction)
        return
            "\(whole.prefix(10)) \(whole.dropFirst(11).prefix(8)).\(String(repeating: "0", count: 6 - digits.utf8.count))\(digits)"
    }
}
