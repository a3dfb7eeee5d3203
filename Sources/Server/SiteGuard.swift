import Engine
import NIOHTTP1

/// Refuses requests that a browser was talked into sending to an open server.
///
/// A page of any site can send requests to `127.0.0.1`, and with DNS rebinding even read the answers. Such
/// requests carry the site's name in `Origin` or, after rebinding, in `Host`; both must name this machine.
/// `Origin` is missing where a page merely embeds an image; then `Sec-Fetch-Site` tells.
struct SiteGuard: Sendable {
    /// Hosts that are this server's; `nil` where it may be reached under any name.
    var hosts: Set<String>?

    /// Guards a server that listens on `host`: on loopback only loopback names and that address are its own.
    init(listeningOn host: String, isLoopback: Bool) {
        guard isLoopback else { return }
        let name = host.contains(":") ? "[\(host)]" : host
        hosts = ["localhost", "127.0.0.1", "[::1]", name.lowercased()]
    }

    /// - Parameter isPage: Whether the target is the web page, which other sites may link to.
    /// - Returns: What answers a request that is refused.
    func refusal(of request: Request, isPage: Bool) -> Response? {
        let named = request.headers["host"]
        guard named.count <= 1 else {
            return .failure(
                EngineError(.invalidRequest, "the request has several Host headers", path: "Host"))
        }
        // An absolute target counts, whatever `Host` says (RFC 9112, section 3.2.2); both must be ours.
        for authority in [request.target.authority, named.first].compactMap({ $0 }) {
            guard isOurs(authority) else {
                return .failure(
                    EngineError(
                        .invalidRequest,
                        "this server does not answer for the host '\(authority.prefix(100))'"),
                    status: .misdirectedRequest)
            }
        }
        if let origin = request.header("origin"), !isOurOrigin(origin, host: named.first) {
            return refusal("requests from pages of '\(origin.prefix(100))' are refused")
        }
        switch request.header("sec-fetch-site") {
        case nil, "same-origin", "none": return nil
        default:
            let isVisit =
                isPage && [.GET, .HEAD].contains(request.method)
                && request.header("sec-fetch-mode") == "navigate"
                && request.header("sec-fetch-dest") == "document"
            return isVisit ? nil : refusal("requests from pages of other sites are refused")
        }
    }

    // MARK: - Private

    private func refusal(_ message: String) -> Response {
        .failure(EngineError(.forbidden, message))
    }

    private func isOurOrigin(_ origin: String, host: String?) -> Bool {
        guard let scheme = origin.firstRange(of: "://") else { return false }
        let authority = String(origin[scheme.upperBound...])
        // Where any name will do it must at least be the one that the page was asked for by.
        return hosts == nil ? authority.lowercased() == host?.lowercased() : isOurs(authority)
    }

    /// `authority` is `host` or `host:port`; an IPv6 address stands in brackets.
    private func isOurs(_ authority: String) -> Bool {
        var host = authority.lowercased()[...]
        let bytes = host.utf8
        let colon =
            bytes.first == UInt8(ascii: "[")
            ? bytes.firstIndex(of: UInt8(ascii: "]")).map { bytes.index(after: $0) }
            : bytes.firstIndex(of: UInt8(ascii: ":"))
        if let colon, colon < bytes.endIndex {
            let digits = bytes[colon...].dropFirst()
            guard bytes[colon] == UInt8(ascii: ":"), (1...5).contains(digits.count),
                digits.allSatisfy({ (0x30...0x39).contains($0) }),
                (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
            else { return false }
            host = host[..<colon]
        }
        guard !host.isEmpty else { return false }
        return hosts?.contains(String(host)) ?? true
    }
}
