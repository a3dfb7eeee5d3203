import Base

/// Dates as VDMS's documentation writes them, and `date` of Unix prints them: `Sat Nov 1 18:59:24 PDT 1930`.
enum ClockText {
    /// Reads `[weekday] month day [hh:mm:ss] [zone] year`; `nil` for anything else. The weekday is not
    /// compared with the date. Without a zone the result has none.
    static func parse(_ text: String) -> DateTime? {
        var words = text.split(separator: " ").map { $0.lowercased() }[...]
        if let first = words.first, weekdays.contains(first) { words.removeFirst() }
        guard (3...5).contains(words.count),
            let month = words.popFirst().flatMap({ months.firstIndex(of: $0) }),
            let day = words.popFirst().flatMap({ number($0, digits: 1...2) }),
            let year = words.popLast().flatMap({ number($0, digits: 4...4) })
        else { return nil }
        var clock = (hour: 0, minute: 0, second: 0)
        if let first = words.first, first.contains(":") {
            let parts = first.split(separator: ":", omittingEmptySubsequences: false)
                .compactMap { number(String($0), digits: 2...2) }
            guard parts.count == 3 else { return nil }
            clock = (parts[0], parts[1], parts[2])
            words.removeFirst()
        }
        var zone = DateTime.Zone.local
        if let name = words.popFirst() {
            guard let minutes = zones[name] else { return nil }
            zone = .offset(minutes: minutes)
        }
        guard words.isEmpty else { return nil }
        return DateTime(
            year: year, month: month + 1, day: day, hour: clock.hour, minute: clock.minute,
            second: clock.second, zone: zone)
    }

    // MARK: - Private

    private static let weekdays: Set = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    /// The zones of RFC 822, minutes east of Greenwich.
    private static let zones: [String: Int16] = [
        "utc": 0, "gmt": 0, "ut": 0, "z": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
        "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    ]

    private static func number(_ text: String, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
