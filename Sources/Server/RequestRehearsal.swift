import Engine
import NIOHTTP1

/// A request taken as far as it goes without a socket and without a store: what a fuzzer drives.
package enum RequestRehearsal {
    /// Reads a whole HTTP/1.1 message as the server would once its framing is off, and looks for its
    /// endpoint: target, guard against other sites, route, query, ranges and entity tags, and the body as
    /// JSON or as a form, up to the request that the store would be asked.
    ///
    /// The first line is `METHOD SP TARGET`; header lines follow, an empty line, and the body. Lines end with
    /// LF or CRLF. Unreadable header lines are left out, as the decoder before the server would refuse them.
    ///
    /// - Parameter isHolderSocket: Look among the holder's endpoints too.
    /// - Returns: The status that the answer would have: 200 where the store would be asked. Never traps,
    ///   whatever the bytes.
    package static func status(of message: [UInt8], isHolderSocket: Bool = false) -> Int {
        var rest = message[...]
        let line = takeLine(&rest).split(separator: 0x20, omittingEmptySubsequences: false)
        guard line.count >= 2 else { return 400 }
        let method = HTTPMethod(rawValue: String(decoding: line[0], as: UTF8.self))
        var headers = HTTPHeaders()
        while case let header = takeLine(&rest), !header.isEmpty {
            // The decoder lets only tokens through, and the headers take nothing else.
            guard let colon = header.firstIndex(of: 0x3A),
                header[..<colon].allSatisfy({ (0x21...0x7E).contains($0) })
            else { continue }
            headers.add(
                name: String(decoding: header[..<colon], as: UTF8.self),
                value: String(decoding: header[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self))
        }
        do {
            return try status(
                method, String(decoding: line[1], as: UTF8.self), headers, Array(rest),
                isHolderSocket ? holder : open)
        } catch {
            return Int(EngineError(reporting: error).status.code)
        }
    }

    // MARK: - Private

    private static let open = Router(Routes.endpoints(isHolderSocket: false))
    private static let holder = Router(Routes.endpoints(isHolderSocket: true))
    private static let sites = SiteGuard(listeningOn: "127.0.0.1", isLoopback: true)

    private static func status(
        _ method: HTTPMethod, _ text: String, _ headers: HTTPHeaders, _ body: [UInt8], _ router: Router
    ) throws -> Int {
        var request = Request(
            method: method, target: try RequestTarget(text, method: method), headers: headers)
        let match = try router.match(method, request.target.path)
        var isPage = false
        let path = request.target.path
        if case .nothing = match { isPage = path != "/v1" && !path.hasPrefix("/v1/") }
        if let refusal = sites.refusal(of: request, isPage: isPage) { return Int(refusal.status.code) }
        _ = ByteRange(header: request.header("range"), length: 1_000)
        _ = request.holdsTag("\"tag\"")
        switch match {
        case .nothing: return isPage ? Int(WebFiles.response(to: request).status.code) : 404
        case .otherMethods: return 405
        case .endpoint(let endpoint, let parameters):
            request.parameters = parameters
            request.body = endpoint.body.isEmpty ? [] : body
            try endpoint.check(request)
            return 200
        }
    }

    /// Takes a line without its end.
    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let end = rest.firstIndex(of: 0x0A) else {
            defer { rest = [] }
            return rest
        }
        var line = rest[..<end]
        rest = rest[(end + 1)...]
        if line.last == 0x0D { line.removeLast() }
        return line
    }
}
