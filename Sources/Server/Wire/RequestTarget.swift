import Engine
import NIOHTTP1

/// What the request line asks for, taken apart (RFC 9112, section 3.2). Its parts are still percent-encoded.
struct RequestTarget: Sendable {
    /// Bytes that a target may have; more are refused with 414. Fewer than the decoder lets through of one
    /// field (``WireLimits/fieldByteCount``), as which it counts the target: what it refuses gets 431.
    static let longest = 31 << 10

    /// Begins with a slash, or is `*`.
    var path: String
    /// What follows the question mark; `nil` where there is none.
    var query: String?
    /// The host that an absolute target names, in the place of the `Host` header.
    var authority: String?

    /// - Throws: ``EngineError/Code/invalidRequest`` for a text that is no target of `method`.
    init(_ text: String, method: HTTPMethod) throws {
        let bytes = text.utf8
        guard bytes.count <= RequestTarget.longest else {
            throw EngineError(
                .limitExceeded,
                "the request's target has \(bytes.count) bytes, the limit is \(RequestTarget.longest)",
                path: "target")
        }
        if method == .CONNECT { throw RequestTarget.unreadable(text) }
        var rest = Substring(text)
        // A fragment is the browser's own affair; whoever sends one has not read the RFC, and means the rest.
        if let hash = bytes.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
        if bytes.first != UInt8(ascii: "/") {
            if text == "*", method == .OPTIONS {
                path = "*"
                return
            }
            let scheme = rest.prefix(8).lowercased()
            guard scheme.hasPrefix("http://") || scheme == "https://" else {
                throw RequestTarget.unreadable(text)
            }
            rest = rest.dropFirst(scheme == "https://" ? 8 : 7)
            let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            authority = String(rest[..<(end ?? rest.endIndex)])
            rest = rest[(end ?? rest.endIndex)...]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        path = rest.isEmpty ? "/" : String(rest)
    }

    private static func unreadable(_ text: String) -> EngineError {
        EngineError(
            .invalidRequest, "'\(text.prefix(100))' is no target: it must begin with / or http://",
            path: "target")
    }
}
