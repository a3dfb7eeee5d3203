#if canImport(Glibc)
    import Glibc
#endif

/// A point in time: UTC microseconds since 1970, with the offset that it was written with beside them.
///
/// EXIF often gives a clock reading without a zone. Such a time is `local`: its microseconds are the reading
/// taken as if it were UTC, and it is printed without an offset.
public struct DateTime: Sendable, Hashable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64
    public var zone: Zone

    /// Where a time was written down.
    public enum Zone: Sendable, Hashable {
        /// Minutes east of Greenwich, in `-1439...1439`.
        case offset(minutes: Int16)
        /// The zone is not known.
        case local
    }

    public static let utc = Zone.offset(minutes: 0)

    public init(microseconds: Int64, zone: Zone = DateTime.utc) {
        self.microseconds = microseconds
        self.zone = zone
    }

    /// The system's clock.
    public static func now() -> DateTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return DateTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    /// The fields of a proleptic Gregorian calendar date and a time of day, as its zone's clock shows them;
    /// `nil` where one is out of range (29 February of a common year, hour 24; second 60 is refused too).
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
        microsecond: Int = 0,
        zone: Zone = DateTime.utc
    ) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second), (0...999_999).contains(microsecond)
        else { return nil }
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        var seconds = Int64(DateTime.daysSince1970(year: year, month: month, day: day)) * 86_400
        seconds += Int64(hour * 3_600 + minute * 60 + second)
        if case .offset(let minutes) = zone {
            guard (-1439...1439).contains(minutes) else { return nil }
            seconds -= Int64(minutes) * 60
        }
        self.init(microseconds: seconds * 1_000_000 + Int64(microsecond), zone: zone)
    }

    /// Reads ISO 8601 in its extended form: a date, optionally `T` or a space and `hh:mm[:ss[.fraction]]`,
    /// optionally `Z` or `±hh[:]mm`. Fractions beyond microseconds are cut off. A date without a time is its
    /// midnight. Without an offset the result has `defaultZone`. `nil` for anything else.
    public init?(iso8601 text: some StringProtocol, defaultZone: Zone = DateTime.utc) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2)
        else { return nil }
        var hour = 0, minute = 0, second = 0, microsecond = 0
        var zone = defaultZone
        if reader.take("T") || reader.take("t") || reader.take(" ") {
            guard let hours = reader.digits(2), reader.take(":"), let minutes = reader.digits(2) else {
                return nil
            }
            (hour, minute) = (hours, minutes)
            if reader.take(":") {
                guard let seconds = reader.digits(2) else { return nil }
                second = seconds
                if reader.take(".") || reader.take(",") {
                    guard let fraction = reader.fraction() else { return nil }
                    microsecond = fraction
                }
            }
            if reader.take("Z") || reader.take("z") {
                zone = DateTime.utc
            } else if let sign: Int = reader.take("+") ? 1 : reader.take("-") ? -1 : nil {
                guard let hours = reader.digits(2), hours < 24 else { return nil }
                _ = reader.take(":")
                guard let minutes = reader.digits(2), minutes < 60 else { return nil }
                zone = .offset(minutes: Int16(sign * (hours * 60 + minutes)))
            }
        }
        guard reader.isAtEnd else { return nil }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            microsecond: microsecond, zone: zone)
    }

    /// ISO 8601, as this time's zone shows it: `2024-05-06T07:08:09.123456+02:00`, `…Z` for UTC, without an
    /// offset where the zone is not known; the fraction is left out where it is zero.
    ///
    /// A year outside `0...9999` is written with its sign and six digits, as ECMAScript does;
    /// ``init(iso8601:defaultZone:)`` reads years `1...9999` only.
    public var iso8601: String {
        var (days, inDay) = microseconds.flooredQuotient(by: 86_400_000_000)
        if case .offset(let minutes) = zone {
            let carried = (inDay + Int64(minutes) * 60_000_000).flooredQuotient(by: 86_400_000_000)
            (days, inDay) = (days + carried.quotient, carried.remainder)
        }
        let (year, month, day) = DateTime.civil(daysSince1970: Int(days))
        let seconds = Int(inDay / 1_000_000)
        let isPlain = (0...9999).contains(year)
        var text = isPlain ? DateTime.pad(year, 4) : (year < 0 ? "-" : "+") + DateTime.pad(abs(year), 6)
        text += "-\(DateTime.pad(month, 2))-\(DateTime.pad(day, 2))T"
        text +=
            "\(DateTime.pad(seconds / 3_600, 2)):\(DateTime.pad(seconds / 60 % 60, 2)):\(DateTime.pad(seconds % 60, 2))"
        let fraction = Int(inDay % 1_000_000)
        if fraction != 0 { text += "." + DateTime.pad(fraction, 6) }
        switch zone {
        case .local: break
        case .offset(0): text += "Z"
        case .offset(let minutes):
            let magnitude = abs(Int(minutes))
            text +=
                (minutes < 0 ? "-" : "+") + DateTime.pad(magnitude / 60, 2) + ":"
                + DateTime.pad(magnitude % 60, 2)
        }
        return text
    }

    // MARK: - Private

    /// Days from 1970-01-01, after Howard Hinnant's `days_from_civil` (chrono-compatible date algorithms).
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1
        )
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        var isAtEnd: Bool { place == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
            place += 1
            return true
        }

        mutating func digits(_ count: Int) -> Int? {
            guard place + count <= bytes.count else { return nil }
            var number = 0
            for byte in bytes[place..<place + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            place += count
            return number
        }

        mutating func fraction() -> Int? {
            var digits = 0
            var microseconds = 0
            while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
                if digits < 6 { microseconds = microseconds * 10 + Int(bytes[place] - 0x30) }
                digits += 1
                place += 1
            }
            guard digits > 0 else { return nil }
            for _ in digits..<max(digits, 6) { microseconds *= 10 }
            return microseconds
        }
    }
}

extension Int64 {
    /// Quotient rounded towards negative infinity, and the remainder, which is never negative.
    fileprivate func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
