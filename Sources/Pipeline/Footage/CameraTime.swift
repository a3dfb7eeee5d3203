import Base

/// When a picture was taken, as its name says it.
enum CameraTime {
    /// Microseconds since 1970 of a name without its ending: a number of seconds, milliseconds, microseconds
    /// or nanoseconds since then, told apart by how many digits it has; or a date and a time of UTC, with any
    /// signs between their parts, as in `2024-05-06T07-08-09.250` or `20240506_070809`. Letters before the
    /// first digit count for nothing. A smaller number is that of the picture: it has the time
    /// `number / rate`.
    /// - Returns: `nil` for a name that says no time.
    static func microseconds(_ name: String, rate: Double) -> Int64? {
        let digits = name.drop { !isDigit($0) }
        guard !digits.isEmpty else { return nil }
        if digits.allSatisfy({ isDigit($0) || $0 == "." }) {
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            if parts.count <= 2, !isDate(parts[0]) {
                return number(parts[0], fraction: parts.count == 2 ? parts[1] : nil, rate)
            }
        }
        return date(digits)
    }

    // MARK: - Private

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// Whether fourteen digits are a date and a time.
    private static func isDate(_ text: Substring) -> Bool {
        guard text.count == 14, let year = Int(text.prefix(4)), (1970...2200).contains(year) else {
            return false
        }
        return date(text) != nil
    }

    private static func number(_ text: Substring, fraction: Substring?, _ rate: Double) -> Int64? {
        guard text.count <= 19, let number = Int64(text) else { return nil }
        if let fraction {
            guard let part = Double("0.\(fraction)"), number < 1 << 40 else { return nil }
            return number * 1_000_000 + Int64((part * 1e6).rounded())
        }
        switch text.count {
        case ..<9: return Int64((Double(number) / rate * 1e6).rounded())
        case 9...10: return number * 1_000_000
        case 11...13: return number * 1_000
        case 14...16: return number
        default: return number / 1_000
        }
    }

    /// The first fourteen digits as a date and a time; further ones are a fraction of a second.
    private static func date(_ text: Substring) -> Int64? {
        let digits = text.filter(isDigit)
        guard digits.count >= 14, digits.count <= 23 else { return nil }
        func part(_ from: Int, _ count: Int) -> Int {
            Int(digits.dropFirst(from).prefix(count)) ?? 0
        }
        let fraction = digits.dropFirst(14)
        let micros = fraction.isEmpty ? 0 : ((Double("0.\(fraction)") ?? 0) * 1e6).rounded()
        return DateTime(
            year: part(0, 4), month: part(4, 2), day: part(6, 2), hour: part(8, 2), minute: part(10, 2),
            second: part(12, 2), microsecond: min(Int(micros), 999_999))?.microseconds
    }
}
