import Base
import Catalog
import Engine

/// What became of one URL, or of one line of a list that has none.
struct CollectVerdict {
    /// The URL; where a line has none, the list's name and the line.
    var url: String
    var outcome: IngestVerdict.Outcome
    var id: EntityID?
    var code: String?
    /// Why there is no image; or what is noteworthy of one.
    var message: String?
    var status: Int?
    var attempts = 0
    var nextTry: DateTime?

    init(url: String, outcome: IngestVerdict.Outcome, message: String? = nil) {
        self.url = url
        self.outcome = outcome
        self.message = message
    }

    /// What is known of a URL from before, or has just been learned.
    init(_ entry: CollectedURL, note: String? = nil) {
        url = entry.url
        outcome =
            switch entry.state {
            case .added: .added
            case .duplicate: .duplicate
            case .failed: .failed
            case .skipped: .skipped
            }
        id = entry.image
        code = entry.code
        message = entry.reason ?? note
        status = entry.status
        attempts = entry.attempts
        nextTry = entry.nextTry
    }

    /// As `fovea collect --json` prints it, a line a URL.
    var document: Document {
        var document: Document = ["url": .string(url), "verdict": .string(outcome.rawValue)]
        if let id { document["_uniqueid"] = .string(id.description) }
        if let code { document["code"] = .string(code) }
        if let message {
            document[outcome == .failed || outcome == .skipped ? "reason" : "note"] = .string(message)
        }
        if let status { document["status"] = .integer(Int64(status)) }
        if attempts > 0 { document["attempts"] = .integer(Int64(attempts)) }
        if let nextTry { document["next_try"] = .string(nextTry.iso8601) }
        return document
    }
}
