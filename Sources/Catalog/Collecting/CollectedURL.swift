public import Base

/// What became of a URL that was collected.
public struct CollectedURL: Sendable, Hashable {
    /// What became of it, the last time.
    public enum State: Int64, Sendable, CaseIterable, CustomStringConvertible {
        /// It gave a new image.
        case added = 0
        /// It gave an image whose content was there already.
        case duplicate = 1
        /// It gave nothing, and may another time.
        case failed = 2
        /// It was not to be had, or not to be taken.
        case skipped = 3

        public var description: String {
            switch self {
            case .added: "added"
            case .duplicate: "duplicate"
            case .failed: "failed"
            case .skipped: "skipped"
            }
        }
    }

    public var url: String
    public var state: State
    /// Why, coarse enough to act on, as whoever fetched it names it; `nil` where there is an image.
    public var code: String?
    /// Why, for people.
    public var reason: String?
    /// The HTTP status that came last.
    public var status: Int?
    /// How often it was tried, all runs together.
    public var attempts: Int
    public var firstTried: DateTime
    public var lastTried: DateTime
    /// Before when it is not to be tried again.
    public var nextTry: DateTime?
    /// The image that it gave; it may have been deleted since.
    public var image: EntityID?
    /// What is to be said of the image once there is one; kept only until then.
    public var given: Document?

    public init(
        url: String, state: State, code: String? = nil, reason: String? = nil, status: Int? = nil,
        attempts: Int, at time: DateTime, nextTry: DateTime? = nil, image: EntityID? = nil,
        given: Document? = nil
    ) {
        self.url = url
        self.state = state
        self.code = code
        self.reason = reason
        self.status = status
        self.attempts = attempts
        firstTried = time
        lastTried = time
        self.nextTry = nextTry
        self.image = image
        self.given = given
    }
}
