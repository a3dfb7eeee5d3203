/// A shell pattern for paths: `*` and `?` within one component, `[a-z]` and `[!a-z]`, `**` for any number of
/// components. A backslash takes the next character as it is. Names are bytes; `?` and ranges stand for one
/// byte.
struct GlobPattern {
    private enum Component {
        case anyDepth
        case name([UInt8])
    }

    /// The leading components without a wildcard: where the search begins.
    let root: [[UInt8]]
    let isAbsolute: Bool
    private let components: [Component]

    /// Whether `path` holds a wildcard at all.
    static func isPattern(_ path: [UInt8]) -> Bool {
        path.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    init(_ path: [UInt8]) {
        isAbsolute = path.first == UInt8(ascii: "/")
        let names = path.split(separator: UInt8(ascii: "/")).map(Array.init)
        let split = names.firstIndex(where: GlobPattern.isPattern) ?? names.count
        root = Array(names[..<split])
        components = names[split...].map { $0 == Array("**".utf8) ? .anyDepth : .name($0) }
    }

    /// Whether the components of a path below ``root`` match the whole pattern.
    func matches(_ names: [[UInt8]]) -> Bool { matches(names[...], components[...]) }

    /// Whether a folder with these components below ``root`` may hold matches.
    func mayContain(_ names: [[UInt8]]) -> Bool { mayContain(names[...], components[...]) }

    // MARK: - Private

    /// Takes as few components for `**` as it can, and one more where that leads nowhere. Only the last `**`
    /// need be tried again: what the ones before it took can stay.
    private func matches(_ names: ArraySlice<[UInt8]>, _ components: ArraySlice<Component>) -> Bool {
        var (n, c) = (names.startIndex, components.startIndex)
        var last: (component: Int, name: Int)?
        while n < names.endIndex {
            if c < components.endIndex, case .anyDepth = components[c] {
                c += 1
                last = (c, n)
            } else if c < components.endIndex, case .name(let pattern) = components[c],
                GlobPattern.matches(names[n][...], pattern[...])
            {
                (n, c) = (n + 1, c + 1)
            } else if let (component, name) = last {
                (n, c) = (name + 1, component)
                last = (component, name + 1)
            } else {
                return false
            }
        }
        return components[c...].allSatisfy { if case .anyDepth = $0 { true } else { false } }
    }

    private func mayContain(_ names: ArraySlice<[UInt8]>, _ components: ArraySlice<Component>) -> Bool {
        guard let name = names.first else { return !components.isEmpty }
        switch components.first {
        case nil: return false
        case .anyDepth: return true
        case .name(let pattern):
            return GlobPattern.matches(name[...], pattern[...])
                && mayContain(names.dropFirst(), components.dropFirst())
        }
    }

    /// Matches one name by remembering the last star: linear in practice, never exponential.
    private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        // A leading dot is matched only by a dot, as shells have it.
        if name.first == UInt8(ascii: "."), pattern.first != UInt8(ascii: ".") { return false }
        var n = name.startIndex
        var p = pattern.startIndex
        var star: (pattern: Int, name: Int)?
        while n < name.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                star = (p + 1, n)
                p += 1
            } else if let next = step(name[n], pattern, at: p) {
                p = next
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (p, n) = (last.pattern, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Where the pattern goes on after it took `byte` at `place`; `nil` if it does not take it.
    private static func step(_ byte: UInt8, _ pattern: ArraySlice<UInt8>, at place: Int) -> Int? {
        guard place < pattern.endIndex else { return nil }
        switch pattern[place] {
        case UInt8(ascii: "?"): return place + 1
        case UInt8(ascii: "["): return bracket(byte, pattern, at: place)
        case UInt8(ascii: "\\") where place + 1 < pattern.endIndex:
            return pattern[place + 1] == byte ? place + 2 : nil
        case byte: return place + 1
        default: return nil
        }
    }

    private static func bracket(_ byte: UInt8, _ pattern: ArraySlice<UInt8>, at place: Int) -> Int? {
        var p = place + 1
        var isNegated = false
        if p < pattern.endIndex, pattern[p] == UInt8(ascii: "!") || pattern[p] == UInt8(ascii: "^") {
            isNegated = true
            p += 1
        }
        var isIn = false
        let first = p
        while p < pattern.endIndex, pattern[p] != UInt8(ascii: "]") || p == first {
            if p + 2 < pattern.endIndex, pattern[p + 1] == UInt8(ascii: "-"),
                pattern[p + 2] != UInt8(ascii: "]")
            {
                if pattern[p] <= byte, byte <= pattern[p + 2] { isIn = true }
                p += 3
            } else {
                if pattern[p] == byte { isIn = true }
                p += 1
            }
        }
        guard p < pattern.endIndex else { return pattern[place] == byte ? place + 1 : nil }
        return isIn != isNegated ? p + 1 : nil
    }
}
