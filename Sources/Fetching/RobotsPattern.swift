/// The path of a rule in a robots.txt: text that a path must begin with, in which `*` stands for anything and
/// a `$` at the end for the end of the path (RFC 9309, section 2.2.3).
struct RobotsPattern: Sendable {
    /// What counts where the longest rule decides.
    let byteCount: Int
    /// The texts between the stars; the first begins the path.
    private let parts: [ArraySlice<UInt8>]
    private let isAnchored: Bool
    private let leastLength: Int

    init(_ bytes: ArraySlice<UInt8>) {
        var pattern = RobotsPattern.canonical(bytes, isPattern: true)
        byteCount = pattern.count
        isAnchored = pattern.last == UInt8(ascii: "$")
        if isAnchored { pattern.removeLast() }
        parts = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        leastLength = parts.reduce(0) { $0 + $1.count }
    }

    /// - Parameter path: in the form that ``canonical(_:isPattern:)`` gives.
    func matches(_ path: [UInt8]) -> Bool {
        guard leastLength <= path.count, path.starts(with: parts[0]) else { return false }
        if parts.count == 1 { return !isAnchored || path.count == parts[0].count }
        var place = parts[0].count
        // The leftmost place for each part leaves most to those behind it, so nothing is tried twice.
        let middle = isAnchored ? parts.dropFirst().dropLast() : parts.dropFirst()
        for part in middle {
            guard let end = RobotsPattern.end(of: part, in: path, from: place) else { return false }
            place = end
        }
        guard isAnchored, let last = parts.last else { return true }
        return path.count - last.count >= place && path[(path.count - last.count)...].elementsEqual(last)
    }

    /// One spelling for what section 2.2.2 takes for the same: bytes beyond ASCII are escaped, escapes of
    /// letters, digits, `-`, `.`, `_` and `~` are not, and others have capitals. In a query `:` and `/` are
    /// escaped. In a path, `*` and `$` are escaped, so that they are other characters than those of a
    /// pattern.
    static func canonical(_ bytes: ArraySlice<UInt8>, isPattern: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isQuery = false
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "%"):
                guard index + 1 < bytes.endIndex, let high = PercentText.digit(bytes[index]),
                    let low = PercentText.digit(bytes[index + 1])
                else {
                    PercentText.append(byte, to: &result)
                    continue
                }
                index += 2
                let value = high << 4 | low
                if isUnreserved(value) {
                    result.append(value)
                } else {
                    PercentText.append(value, to: &result)
                }
            case UInt8(ascii: "*") where !isPattern, UInt8(ascii: "$") where !isPattern,
                UInt8(ascii: "$") where index < bytes.endIndex,
                UInt8(ascii: ":") where isQuery, UInt8(ascii: "/") where isQuery,
                0x00...0x20, 0x7F...0xFF:
                PercentText.append(byte, to: &result)
            default:
                if byte == UInt8(ascii: "?") { isQuery = true }
                result.append(byte)
            }
        }
        return result
    }

    // MARK: - Private

    private static func end(of part: ArraySlice<UInt8>, in path: [UInt8], from start: Int) -> Int? {
        guard let first = part.first else { return start }
        var place = start
        while place + part.count <= path.count {
            if path[place] == first, path[place..<(place + part.count)].elementsEqual(part) {
                return place + part.count
            }
            place += 1
        }
        return nil
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
