public import Base
public import SystemPackage

/// Which URLs to collect, and how.
public struct CollectRequest: Sendable {
    /// Where pictures come from, as the property `source` says.
    public enum Source: String, Sendable, CaseIterable {
        case labelledSet = "labelled_set"
        case `private`
        case crawl
        case crowdsourced
        case synthetic
    }

    /// Files that list URLs.
    public var lists: [FilePath] = []
    /// URLs by themselves.
    public var urls: [String] = []
    public var urlColumn = "url"
    /// The column of captions; `caption` where `nil`, and then a list may do without.
    public var captionColumn: String?
    /// Columns that say nothing.
    public var ignoredColumns: [String] = []
    public var source = Source.crawl
    /// Properties of every image; a list's columns win over them.
    public var properties: Document = [:]
    /// Whether pixels stay where they are, and the store keeps only their URL.
    public var isReference = false
    /// Whether only what failed is tried, of the lists, or of all that the store knows where there is none.
    public var retriesFailed = false

    /// URLs under way at a time.
    public var connections = 64
    /// Of these, URLs of one host.
    public var connectionsPerHost = 4
    /// Time between two requests to a host.
    public var delay = Duration.seconds(1)
    public var keepsToRobots = true
    public var keepsToOptOuts = true
    public var allowsPrivateAddresses = false
    /// Attempts for each URL in one run.
    public var attempts = 4
    /// Time for one URL.
    public var timeout = Duration.seconds(30)
    /// Bytes of a picture, at most.
    public var maxBytes = 20 << 20
    /// What servers are told who asks.
    public var userAgent = "Fovea"
    /// What pauses before further attempts are drawn from.
    public var seed: UInt64 = 0
    /// A file of certificates in PEM to trust beside those of the system.
    public var trustedCertificates: FilePath?

    public init() {}
}
