public import SystemPackage

/// Where and for whom a server listens.
public struct ServerConfiguration: Sendable {
    /// An address to listen on.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public var host: String
        /// 0 for any free port.
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        /// Reads `host:port`, an IPv6 host in brackets; `nil` for anything else.
        public init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
                (0...65_535).contains(port)
            else { return nil }
            var host = String(text[..<colon])
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = String(host.dropFirst().dropLast())
            } else if host.contains(":") {
                return nil
            }
            guard !host.isEmpty else { return nil }
            self.init(host: host, port: port)
        }

        /// Whether only processes of this machine reach it.
        public var isLoopback: Bool {
            host == "localhost" || host == "::1"
                || (host.hasPrefix("127.") && host.split(separator: ".").count == 4)
        }

        /// The same host, another port.
        func with(port: Int) -> Address { Address(host: host, port: port) }

        /// Whether it stands for all addresses of this machine.
        var isWildcard: Bool { host == "0.0.0.0" || host == "::" }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Where HTTP is served; `nil` for the holder's socket alone.
    public var http: Address?
    /// Where the query port is; `nil` for none.
    public var wire: Address?
    /// Where HTTPS is served; `nil` for nowhere.
    public var https: Address?
    /// The certificate of the query port and of HTTPS; `nil` for the store's own.
    public var identity: TLSFiles?
    /// A PEM file with the authorities one of which must have signed a client's certificate; `nil` asks for
    /// none.
    public var clientAuthorities: FilePath?
    /// The role that VDMS's clients act in, who cannot log in; `nil` refuses them.
    public var anonymousRole: String?
    /// Bytes of a message of the query language, in either direction; at most 2³² − 1.
    public var maxMessageBytes: Int
    /// Serve an address that is not loopback without users and TLS, on the operator's word.
    public var allowsInsecure: Bool
    /// Serve native HTTP to users alone, at addresses of loopback too.
    public var requiresLogin: Bool
    /// Fetch images for others from addresses that are not of the public internet, too.
    public var allowsPrivateAddresses = false
    /// Connections that are served at one time; fewer where the system does not allow that many descriptors.
    public var maxConnections: Int

    /// A certificate of the operator's.
    public struct TLSFiles: Sendable, Hashable {
        /// A PEM file, the server's own certificate first, then those between it and its authority.
        public var certificate: FilePath
        /// A PEM file.
        public var key: FilePath

        public init(certificate: FilePath, key: FilePath) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// - Parameter maxConnections: At least 1; of each listener.
    public init(
        http: Address? = nil, wire: Address? = nil, https: Address? = nil, identity: TLSFiles? = nil,
        clientAuthorities: FilePath? = nil, anonymousRole: String? = nil, maxMessageBytes: Int = 1 << 30,
        allowsInsecure: Bool = false, requiresLogin: Bool = false, maxConnections: Int = 1_000
    ) {
        self.http = http
        self.wire = wire
        self.https = https
        self.identity = identity
        self.clientAuthorities = clientAuthorities
        self.anonymousRole = anonymousRole
        self.maxMessageBytes = maxMessageBytes
        self.allowsInsecure = allowsInsecure
        self.requiresLogin = requiresLogin
        self.maxConnections = maxConnections
    }
}
