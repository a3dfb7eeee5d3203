import Base

/// What single header fields of an answer say.
enum ResponseFields {
    /// What keeps a picture from being collected, of what `X-Robots-Tag` may say.
    static let optOuts: Set<String> = ["noai", "noimageai", "noindex", "noimageindex", "none"]

    /// The directive of an `X-Robots-Tag` field that says no to everybody or to `token`; `nil` where none
    /// does.
    ///
    /// A field may begin with the name of the crawler that it is for: `otherbot: noindex`.
    static func optOut(_ field: String, token: String) -> String? {
        var rest = field[...]
        if let colon = field.firstIndex(of: ":") {
            let name = trimmed(field[..<colon]).lowercased()
            // A date may follow this one directive's colon.
            if name != "unavailable_after" {
                guard name == token.lowercased() || name == "*" else { return nil }
                rest = field[field.index(after: colon)...]
            }
        }
        for directive in rest.split(separator: ",") {
            let word = trimmed(directive).lowercased()
            if optOuts.contains(word) { return word }
        }
        return nil
    }

    /// The longest pause that a server's word is taken for: nobody is locked out for years by one answer.
    static let longestPause = Duration.seconds(24 * 3_600)

    /// The pause that a `Retry-After` field asks for: seconds, or a date as RFC 9110, section 5.6.7, has
    /// servers write it. `nil` for what is neither; a date that is past asks for none, and more than
    /// ``longestPause`` is cut to it.
    static func retryAfter(_ field: String, now: DateTime) -> Duration? {
        let text = trimmed(field[...])
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(Int64(text).map { .seconds($0) } ?? longestPause, longestPause)
        }
        guard let date = date(text) else { return nil }
        return min(.microseconds(max(0, date.microseconds - now.microseconds)), longestPause)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func date(_ text: String) -> DateTime? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].count == 2,
            parts[3].count == 4, let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return DateTime(iso8601: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
