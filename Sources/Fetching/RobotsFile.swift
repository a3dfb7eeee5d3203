/// What a robots.txt says to one crawler (RFC 9309).
///
/// Only the rules of the groups that are meant for the crawler are kept: all groups that name its product
/// token, or, where none does, those for `*`. `Crawl-delay`, which the RFC does not know and many files have,
/// is read too.
public struct RobotsFile: Sendable {
    /// Bytes of a file that are read; what follows is ignored, as section 2.5 allows from 500 KiB on.
    public static let byteLimit = 500 << 10
    private static let lineLimit = 16 << 10

    private struct Rule {
        var pattern: RobotsPattern
        var allows: Bool
    }

    private var rules: [Rule] = []
    /// Pause between requests that the file asks for.
    public private(set) var crawlDelay: Duration?
    /// About how many bytes it takes in memory.
    let cost: Int

    /// A file without rules.
    public static let empty = RobotsFile([], token: "*")

    /// Reads a file. Whatever it holds, something can be read from it: lines that say nothing are passed
    /// over.
    /// - Parameter token: The crawler's product token, letters, `-` and `_`, in any case.
    public init(_ bytes: [UInt8], token: String) {
        var own = Group(), others = Group()
        var current: Audience = []
        var isNaming = false
        var namesUs = false
        let token = Array(token.lowercased().utf8)
        RobotsFile.forEachLine(of: bytes) { key, value in
            switch key {
            case .agent:
                // Names that follow each other share the rules behind them.
                if !isNaming { current = [] }
                isNaming = true
                let name = value.prefix { RobotsFile.isOfToken($0) }.map { $0 | 0x20 }
                if value.first == UInt8(ascii: "*"), value.count == 1 || value.dropFirst().first == 0x20 {
                    current.insert(.all)
                } else if !name.isEmpty, name == token.map({ $0 | 0x20 }) {
                    current.insert(.us)
                    namesUs = true
                }
            case .allow, .disallow:
                isNaming = false
                // An empty value matches nothing.
                guard !value.isEmpty, !current.isEmpty else { return }
                let rule = Rule(pattern: RobotsPattern(value), allows: key == .allow)
                if current.contains(.us) { own.rules.append(rule) }
                if current.contains(.all) { others.rules.append(rule) }
            case .delay:
                isNaming = false
                guard let seconds = RobotsFile.seconds(value) else { return }
                if current.contains(.us) { own.delay = max(own.delay ?? .zero, seconds) }
                if current.contains(.all) { others.delay = max(others.delay ?? .zero, seconds) }
            }
        }
        let group = namesUs ? own : others
        rules = group.rules
        crawlDelay = group.delay
        cost = 256 + rules.reduce(0) { $0 + $1.pattern.byteCount + 64 }
    }

    /// Whether the crawler may ask for a path and query: the longest rule that matches decides, of two of the
    /// same length the one that allows; without any everything may be asked for (section 2.2.2).
    /// - Parameter target: begins with `/`.
    public func allows(_ target: String) -> Bool {
        if target == "/robots.txt" || rules.isEmpty { return true }
        let path = RobotsPattern.canonical(Array(target.utf8)[...], isPattern: false)
        var longest = -1
        var isAllowed = true
        for rule in rules {
            let length = rule.pattern.byteCount
            guard length > longest || (length == longest && rule.allows && !isAllowed) else { continue }
            if rule.pattern.matches(path) {
                longest = length
                isAllowed = rule.allows
            }
        }
        return isAllowed
    }

    // MARK: - Private

    private struct Group {
        var rules: [Rule] = []
        var delay: Duration?
    }

    private struct Audience: OptionSet {
        let rawValue: Int
        static let us = Audience(rawValue: 1)
        static let all = Audience(rawValue: 2)
    }

    private enum Key { case agent, allow, disallow, delay }

    private static let keys: [(name: [UInt8], key: Key)] = [
        (Array("user-agent".utf8), .agent), (Array("allow".utf8), .allow),
        (Array("disallow".utf8), .disallow), (Array("crawl-delay".utf8), .delay),
    ]

    /// Hands over the lines that say something to anybody: key and value without comment and space around
    /// them. Other lines, such as `Sitemap`, stand outside of all groups and end none.
    private static func forEachLine(of bytes: [UInt8], _ body: (Key, ArraySlice<UInt8>) -> Void) {
        var rest = bytes.prefix(byteLimit)
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A && $0 != 0x0D }
            rest = rest[line.endIndex...].dropFirst()
            guard line.count <= lineLimit else { continue }
            let text = line.prefix { $0 != UInt8(ascii: "#") }
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = trimmed(text[..<colon]).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            guard let key = keys.first(where: { $0.name == name })?.key else { continue }
            body(key, trimmed(text[(colon + 1)...]))
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes = bytes.dropFirst() }
        while let last = bytes.last, isSpace(last) { bytes = bytes.dropLast() }
        return bytes
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func seconds(_ value: ArraySlice<UInt8>) -> Duration? {
        guard let number = Double(String(decoding: value.prefix(20), as: UTF8.self)), number >= 0 else {
            return nil
        }
        return .seconds(min(number, 1e9))
    }
}
