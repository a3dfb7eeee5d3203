import Engine
import HTTPTypes
import Hummingbird

/// Refuses requests that a browser was talked into sending to an open server on loopback.
///
/// A page of any site can send requests to `127.0.0.1`, and with DNS rebinding even read the answers. Such
/// requests carry the site's name in `Origin` or, after rebinding, in `Host`. So both must name this machine.
struct HostGuard<Context: RequestContext>: RouterMiddleware {
    /// Names besides the loopback ones that are this server's.
    var allowedHosts: Set<String> = []

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let authority = request.head.authority, !isOurs(authority) {
            return .failure(
                EngineError(.invalidRequest, "this server does not answer for the host '\(authority)'")
            ).with(status: .misdirectedRequest)
        }
        if let origin = request.headers[.origin], !isOurOrigin(origin) {
            return .failure(
                EngineError(.invalidRequest, "requests from pages of '\(origin)' are refused")
            ).with(status: .forbidden)
        }
        return try await next(request, context)
    }

    private func isOurOrigin(_ origin: String) -> Bool {
        guard let scheme = origin.firstRange(of: "://") else { return false }
        return isOurs(String(origin[scheme.upperBound...]))
    }

    /// `authority` is `host` or `host:port`; an IPv6 address stands in brackets.
    private func isOurs(_ authority: String) -> Bool {
        var host = authority.lowercased()
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            host = String(host[...end])
        } else if let colon = host.firstIndex(of: ":") {
            host = String(host[..<colon])
        }
        return ["localhost", "127.0.0.1", "[::1]"].contains(host) || allowedHosts.contains(host)
    }
}

extension Response {
    fileprivate func with(status: HTTPResponse.Status) -> Response {
        var response = self
        response.status = status
        return response
    }
}
