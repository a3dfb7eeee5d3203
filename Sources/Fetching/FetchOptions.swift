/// How URLs are fetched.
public struct FetchOptions: Sendable {
    /// What servers are told who asks.
    public var userAgent: String
    /// The name by which robots.txt and `X-Robots-Tag` call us: letters, `-` and `_`.
    public var token: String
    /// Time between two requests to a host, from start to start; a longer `Crawl-delay` of its robots.txt
    /// wins.
    public var delay: Duration
    /// The longest `Crawl-delay` that is waited for; a host that asks for more is left alone.
    public var maxCrawlDelay: Duration
    /// The longest pause asked for by `Retry-After` that is waited for.
    public var maxPause: Duration
    /// Whether robots.txt is asked for and kept to.
    public var keepsToRobots: Bool
    /// Whether an `X-Robots-Tag` that says no is kept to.
    public var keepsToOptOuts: Bool
    /// How long one connection may take to come about, and how long a server may be silent.
    public var silence: Duration
    /// How long one URL may take, all redirects and its body together; waiting for a host's turn not counted.
    public var total: Duration
    /// Bytes of a body, at most.
    public var maxBytes: Int
    /// Redirects that are followed.
    public var maxRedirects: Int
    /// Connections that are kept for further requests.
    public var idleConnections: Int
    /// A file of certificates in PEM that servers are checked against, beside those of the system.
    public var trustedCertificates: String?

    public init(
        userAgent: String, token: String = "fovea", delay: Duration = .seconds(1),
        maxCrawlDelay: Duration = .seconds(30), maxPause: Duration = .seconds(300),
        keepsToRobots: Bool = true, keepsToOptOuts: Bool = true, silence: Duration = .seconds(5),
        total: Duration = .seconds(30), maxBytes: Int = 20 << 20, maxRedirects: Int = 5,
        idleConnections: Int = 256, trustedCertificates: String? = nil
    ) {
        self.userAgent = userAgent
        self.token = token
        self.delay = delay
        self.maxCrawlDelay = maxCrawlDelay
        self.maxPause = maxPause
        self.keepsToRobots = keepsToRobots
        self.keepsToOptOuts = keepsToOptOuts
        self.silence = silence
        self.total = total
        self.maxBytes = maxBytes
        self.maxRedirects = maxRedirects
        self.idleConnections = idleConnections
        self.trustedCertificates = trustedCertificates
    }
}
