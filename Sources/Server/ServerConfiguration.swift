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

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Where HTTP is served; `nil` for the holder's socket alone.
    public var http: Address?
    /// Serve an address that is not loopback without users and TLS, on the operator's word.
    public var allowsInsecure: Bool
    /// Connections that are served at one time; fewer where the system does not allow that many descriptors.
    public var maxConnections: Int

    /// - Parameter maxConnections: At least 1.
    public init(http: Address? = nil, allowsInsecure: Bool = false, maxConnections: Int = 1_000) {
        self.http = http
        self.allowsInsecure = allowsInsecure
        self.maxConnections = maxConnections
    }
}
