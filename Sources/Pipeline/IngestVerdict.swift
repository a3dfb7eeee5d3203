public import Base
public import Engine

/// What became of one file.
public struct IngestVerdict: Sendable {
    /// What can become of a file.
    public enum Outcome: String, Sendable, CaseIterable {
        /// A new image or video.
        case added
        /// Its content was in the store before, or came earlier in the same run.
        case duplicate
        /// It lay in a folder among the images and is neither image nor video; nothing was expected of it.
        case skipped
        /// It could not be added; ``IngestVerdict/message`` says why.
        case failed
    }

    public var path: String
    public var outcome: Outcome
    /// What was added, or what the duplicate is one of.
    public var id: EntityID?
    /// Why it failed; or what is noteworthy of an image that was added all the same, such as a decode error.
    public var message: String?
    /// Why it failed, coarse enough to act on, where that is known.
    public var failure: EngineError.Code?

    public init(
        path: String, outcome: Outcome, id: EntityID? = nil, message: String? = nil,
        failure: EngineError.Code? = nil
    ) {
        self.path = path
        self.outcome = outcome
        self.id = id
        self.message = message
        self.failure = failure
    }

    /// What a commit made of an image.
    /// - Parameter decodeError: What does not decode of it; of note where it is new.
    init(path: String, _ committed: Result<CommittedMedia, EngineError>, decodeError: String?) {
        switch committed {
        case .success(let image):
            self.init(
                path: path, outcome: image.isNew ? .added : .duplicate, id: image.id,
                message: image.note ?? (image.isNew ? decodeError : nil))
        case .failure(let error):
            self.init(path: path, outcome: .failed, message: "\(error)", failure: error.code)
        }
    }

    /// As `fovea add --json` prints it, a line a file.
    public var document: Document {
        var document: Document = ["path": .string(path), "verdict": .string(outcome.rawValue)]
        if let id { document["_uniqueid"] = .string(id.description) }
        if let message {
            document[outcome == .failed || outcome == .skipped ? "reason" : "note"] = .string(message)
        }
        return document
    }
}
