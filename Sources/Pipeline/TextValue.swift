public import Base

extension Value {
    /// The value that a cell of a CSV file or a `--property name=text` stands for.
    ///
    /// `true` and `false` are booleans; digits as JSON writes a number are a number, so that `007` and
    /// `1_000` stay text; a date with a time of day in ISO 8601 is a date-time (of unknown zone where it
    /// names none); all else is a string. An empty cell has no value: `nil`.
    public init?(inferredFrom text: String) {
        if text.isEmpty { return nil }
        switch text {
        case "true": self = .boolean(true)
        case "false": self = .boolean(false)
        default:
            if let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) {
                // What is no number is text.
                if let number = try? JSON.parse(text), number.floatValue != nil {
                    self = number
                    return
                }
                if text.utf8.count >= 16, let time = DateTime(iso8601: text, defaultZone: .local) {
                    self = .dateTime(time)
                    return
                }
            }
            self = .string(text)
        }
    }
}
