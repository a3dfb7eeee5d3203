/// Why a URL gave nothing.
///
/// Callers act on ``code``, ``isTransient`` and ``retryAfter``; people read ``message``, which names the host
/// or the number at fault and never holds a credential.
public struct FetchFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of reason it is, coarse enough to act on.
    public enum Code: String, Sendable, CaseIterable {
        /// The text is no URL that may be fetched: another scheme, a credential, a malformed host.
        case invalidURL = "invalid_url"
        /// The host's addresses are not on the public internet.
        case privateAddress = "private_address"
        /// The host's robots.txt says no, or asks for pauses longer than we wait.
        case robots
        /// The answer's `X-Robots-Tag` says that the picture is not to be used so.
        case optOut = "opt_out"
        /// What robots.txt says could not be learned.
        case robotsUnknown = "robots_unknown"
        /// The name of the host has no address.
        case unresolved
        /// No connection came about.
        case connection
        /// The server did not prove who it is.
        case tls
        /// The server took too long.
        case timeout
        /// The server asked to be left alone for longer than we wait, or so many wait for it already.
        case busy
        /// The body is larger than the limit.
        case tooLarge = "too_large"
        /// The bytes are not what was wanted, or are encoded.
        case wrongContent = "wrong_content"
        /// The connection ended before the body did.
        case truncated
        /// A status that brings no body of ours.
        case status
        /// More redirects than we follow, or one that leads nowhere.
        case redirect
        /// What came is no HTTP.
        case malformed
        /// The caller gave up.
        case cancelled
        /// What came could not be written to the disk, which is full.
        case diskFull = "disk_full"
        /// What came could not be written to the disk.
        case notKept = "not_kept"
    }

    public var code: Code
    public var message: String
    /// The HTTP status that came last, if one came.
    public var status: Int?
    /// How long the server asked to be left alone.
    public var retryAfter: Duration?

    public init(_ code: Code, _ message: String, status: Int? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
    }

    public var description: String { message }

    /// Whether the site, or we on its behalf, declined: trying again is pointless, and nothing is broken.
    public var isRefusal: Bool {
        switch code {
        case .privateAddress, .robots, .optOut: true
        default: false
        }
    }

    /// Whether it may well be different a while later.
    public var isTransient: Bool {
        switch code {
        case .robotsUnknown, .connection, .timeout, .busy, .truncated, .unresolved: true
        case .status: [408, 425, 429, 500, 502, 503, 504].contains(status ?? 0)
        default: false
        }
    }
}
