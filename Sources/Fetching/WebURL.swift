/// An `http` or `https` URL in one spelling: scheme and host in lower case, no default port, no fragment, no
/// dot segments, every byte that a request line cannot hold percent-encoded.
///
/// Two texts that name the same place give equal values as far as RFC 3986, sections 6.2.2 and 6.2.3, can
/// tell without asking; escapes that are there already stay as they are, as some servers sign them. Hosts
/// beyond ASCII are refused: they are to be written in their `xn--` form.
public struct WebURL: Sendable, Hashable, CustomStringConvertible {
    /// How a server is spoken with.
    public enum Scheme: String, Sendable, Hashable {
        case http
        case https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// Whom a connection leads to.
    public struct Origin: Sendable, Hashable {
        public var scheme: Scheme
        /// A name in lower case, or an address; an IPv6 address without its brackets.
        public var host: String
        public var port: Int

        /// As a `Host` field has it: brackets around an IPv6 address, no default port.
        var authority: String {
            let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
            return port == scheme.defaultPort ? host : "\(host):\(port)"
        }
    }

    /// The longest URL, in bytes.
    public static let limit = 2_048

    public let origin: Origin
    /// Path and query as they stand in a request line; begins with `/`.
    public let target: String

    public var host: String { origin.host }
    public var description: String { "\(origin.scheme.rawValue)://\(origin.authority)\(target)" }

    /// Reads a URL; white space around it is not part of it.
    /// - Throws: ``FetchFailure/Code/invalidURL`` saying what is wrong with it.
    public init(_ text: String) throws(FetchFailure) {
        let bytes = try WebURL.trimmed(text)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex,
            bytes[..<colon].allSatisfy(WebURL.isOfScheme)
        else {
            throw WebURL.refusal("'\(WebURL.shown(bytes))' does not begin with http:// or https://")
        }
        let name = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        guard let scheme = Scheme(rawValue: name) else {
            throw WebURL.refusal("only http and https are fetched, not '\(name.prefix(20)):'")
        }
        let rest = bytes[(colon + 1)...]
        guard rest.starts(with: [0x2F, 0x2F]) else {
            throw WebURL.refusal("'//' is missing after '\(name):'")
        }
        try self.init(scheme, hierarchical: rest.dropFirst(2))
    }

    /// The URL that `reference` means where this one is the base (RFC 3986, section 5.2).
    /// - Throws: as ``init(_:)``.
    public func resolving(_ reference: String) throws(FetchFailure) -> WebURL {
        let bytes = try WebURL.trimmed(reference)
        let end = bytes.firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? bytes.endIndex
        if bytes[..<end].contains(UInt8(ascii: ":")) { return try WebURL(reference) }
        if bytes.starts(with: [0x2F, 0x2F]) {
            return try WebURL(origin.scheme, hierarchical: bytes.dropFirst(2))
        }
        let base = Array(target.utf8)
        let path = base.prefix { $0 != UInt8(ascii: "?") }
        switch bytes.first {
        case nil, UInt8(ascii: "#"): return self
        case UInt8(ascii: "/"): return try WebURL(origin, target: bytes)
        case UInt8(ascii: "?"): return try WebURL(origin, target: (path + bytes)[...])
        default:
            let folder = path[...(path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)]
            return try WebURL(origin, target: (folder + bytes)[...])
        }
    }

    /// `text` without the user name and password that it may hold, for a message.
    public static func withoutSecrets(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")), bytes[slash...].starts(with: [0x2F, 0x2F])
        else { return text }
        let authority = bytes[(slash + 2)...].prefix { ![0x2F, 0x3F, 0x23].contains($0) }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return text }
        let start = String(decoding: bytes[..<(slash + 2)], as: UTF8.self)
        return "\(start)…\(String(decoding: bytes[at...], as: UTF8.self))"
    }

    /// The place of the host's robots.txt.
    var robots: WebURL { WebURL(origin: origin, checkedTarget: "/robots.txt") }

    // MARK: - Private

    private init(origin: Origin, checkedTarget: String) {
        self.origin = origin
        target = checkedTarget
    }

    private init(_ scheme: Scheme, hierarchical bytes: ArraySlice<UInt8>) throws(FetchFailure) {
        let end = bytes.firstIndex { [0x2F, 0x3F, 0x23].contains($0) } ?? bytes.endIndex
        let authority = bytes[..<end]
        guard !authority.contains(UInt8(ascii: "@")) else {
            throw WebURL.refusal("a URL with a user name or password in it is not fetched")
        }
        let host: ArraySlice<UInt8>
        var port = ArraySlice<UInt8>()
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else {
                throw WebURL.refusal("the host has '[' without ']'")
            }
            host = authority[...close]
            port = authority[(close + 1)...]
            guard port.isEmpty || port.first == UInt8(ascii: ":") else {
                throw WebURL.refusal("text follows the host's ']'")
            }
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            port = authority[host.endIndex...]
        }
        var number = scheme.defaultPort
        if port.count > 1 {
            let digits = port.dropFirst()
            guard digits.count <= 5, digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let parsed = Int(String(decoding: digits, as: UTF8.self)), (1...65_535).contains(parsed)
            else { throw WebURL.refusal("the port '\(WebURL.shown(digits))' is no number in 1...65535") }
            number = parsed
        }
        let origin = Origin(scheme: scheme, host: try HostName.normalised(host), port: number)
        try self.init(origin, target: bytes[end...])
    }

    /// - Parameter bytes: path, query and fragment.
    private init(_ origin: Origin, target bytes: ArraySlice<UInt8>) throws(FetchFailure) {
        let whole = bytes.prefix { $0 != UInt8(ascii: "#") }
        let path = whole.prefix { $0 != UInt8(ascii: "?") }
        var encoded = WebURL.encoded(WebURL.withoutDots(path))
        encoded += WebURL.encoded(whole[path.endIndex...])
        self.origin = origin
        target = String(decoding: encoded, as: UTF8.self)
        let count = description.utf8.count
        guard count <= WebURL.limit else {
            throw WebURL.refusal("the URL has \(count) bytes, the limit is \(WebURL.limit)")
        }
    }

    private static func refusal(_ message: String) -> FetchFailure { FetchFailure(.invalidURL, message) }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(60), as: UTF8.self) + (bytes.count > 60 ? "…" : "")
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E: true
        default: false
        }
    }

    private static func trimmed(_ text: String) throws(FetchFailure) -> ArraySlice<UInt8> {
        guard text.utf8.count <= limit * 4 else {
            throw refusal("the URL has \(text.utf8.count) bytes, the limit is \(limit)")
        }
        var bytes = Array(text.utf8)[...]
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard !bytes.isEmpty else { throw refusal("the URL is empty") }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw refusal("the URL holds a control character")
        }
        return bytes
    }

    /// RFC 3986, section 5.2.4; an empty path becomes `/`.
    private static func withoutDots(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var kept: [ArraySlice<UInt8>] = []
        var endsInFolder = true
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() where index > 0 || !segment.isEmpty {
            endsInFolder = false
            switch dots(segment) {
            case 1: endsInFolder = true
            case 2:
                _ = kept.popLast()
                endsInFolder = true
            default: kept.append(segment)
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(path.count + 1)
        for segment in kept {
            result.append(UInt8(ascii: "/"))
            result += segment
        }
        if endsInFolder || result.isEmpty { result.append(UInt8(ascii: "/")) }
        return result[...]
    }

    /// 1 for `.`, 2 for `..`, also with escapes for the dots; 0 for anything else.
    private static func dots(_ segment: ArraySlice<UInt8>) -> Int {
        guard segment.count <= 6 else { return 0 }
        var rest = segment
        var count = 0
        while let first = rest.first {
            if first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
            } else if rest.count >= 3, first == UInt8(ascii: "%"), rest[rest.startIndex + 1] == 0x32,
                rest[rest.startIndex + 2] | 0x20 == 0x65
            {
                rest = rest.dropFirst(3)
            } else {
                return 0
            }
            count += 1
        }
        return count <= 2 ? count : 0
    }

    /// Percent-encodes what may not stand in a path or query: spaces, quotes, brackets, bytes beyond ASCII,
    /// and a `%` that begins no escape.
    private static func encoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        func isHex(_ index: Int) -> Bool { index < bytes.endIndex && PercentText.digit(bytes[index]) != nil }
        for (index, byte) in zip(bytes.indices, bytes) {
            switch byte {
            case UInt8(ascii: "%") where !(isHex(index + 1) && isHex(index + 2)),
                0x00...0x20, 0x22, 0x3C, 0x3E, 0x5B, 0x5C, 0x5D, 0x5E, 0x60, 0x7B...0xFF:
                if byte == UInt8(ascii: "~") {
                    result.append(byte)
                } else {
                    PercentText.append(byte, to: &result)
                }
            default: result.append(byte)
            }
        }
        return result
    }
}

/// Escapes of the form `%7E`.
enum PercentText {
    static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        let digits = Array("0123456789ABCDEF".utf8)
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
