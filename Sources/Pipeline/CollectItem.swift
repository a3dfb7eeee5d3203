import Base
import Engine

/// A URL of a list, with what the list says of its picture.
struct CollectItem: Sendable {
    /// The URL as the list has it.
    var url: String
    /// Where it stands, such as `list.csv:12`.
    var place: String
    var properties: Document = [:]
    var captions: [String] = []
    var labels: [String] = []
    /// The SHA-256 that the bytes are to have.
    var digest: SHA256Digest?
    /// What is wrong with the row.
    var failure: String?

    /// What is kept of a URL that failed, so that it can be tried again without its list.
    var given: Document {
        var given = Document()
        if !properties.isEmpty { given["properties"] = Value.object(properties).withTaggedDates }
        if !captions.isEmpty { given["captions"] = .array(captions.map { .string($0) }) }
        if !labels.isEmpty { given["labels"] = .array(labels.map { .string($0) }) }
        if let digest { given["sha256"] = .string(digest.description) }
        return given
    }

    init(url: String, place: String, failure: String? = nil) {
        self.url = url
        self.place = place
        self.failure = failure
    }

    /// Reads what ``given`` wrote.
    init(url: String, given: Document) {
        self.init(url: url, place: url)
        properties = given["properties"]?.withDates(zone: .local)?.objectValue ?? [:]
        captions = given["captions"]?.arrayValue?.compactMap(\.stringValue) ?? []
        labels = given["labels"]?.arrayValue?.compactMap(\.stringValue) ?? []
        digest = given["sha256"]?.stringValue.flatMap { SHA256Digest($0) }
    }
}
