/// One range of a `Range: bytes=…` header, resolved against a length (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// No range was asked for, or one that the specification lets a server ignore (several ranges, other
    /// units).
    case whole
    case part(Range<Int>)
    /// Nothing of the range lies within the content.
    case unsatisfiable

    init(header: String?, length: Int) {
        guard let header, header.hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let parts = header.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !header.contains(",") else {
            self = .whole
            return
        }
        let (first, last) = (ByteRange.number(parts[0]), ByteRange.number(parts[1]))
        switch (first, last) {
        case (let first?, let last?) where first <= last:
            self = first < length ? .part(first..<min(last, length - 1) + 1) : .unsatisfiable
        case (let first?, nil) where parts[1].isEmpty:
            self = first < length ? .part(first..<length) : .unsatisfiable
        case (nil, let count?) where parts[0].isEmpty:
            self = count > 0 && length > 0 ? .part(max(0, length - count)..<length) : .unsatisfiable
        default:
            self = .whole
        }
    }

    private static func number(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits) ?? Int.max / 2
    }
}
