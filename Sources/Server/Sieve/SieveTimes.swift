import Base
#if canImport(Glibc)
    import Glibc
#endif

/// Times as Sieve writes them, in UTC.
enum SieveTimes {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// As in RFC 1123: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func rfc1123(_ time: DateTime) -> String {
        let parts = parts(time)
        return
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1_900) \(clock(parts)) GMT"
    }

    /// `MM/DD/YYYY, HH:MM:SS`.
    static func american(_ time: DateTime) -> String {
        let parts = parts(time)
        return "\(two(parts.tm_mon + 1))/\(two(parts.tm_mday))/\(parts.tm_year + 1_900), \(clock(parts))"
    }

    private static func parts(_ time: DateTime) -> tm {
        var seconds = time_t(time.microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return parts
    }

    private static func clock(_ parts: tm) -> String {
        "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : String(number) }
}
