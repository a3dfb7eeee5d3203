import Base

/// Reads the values of a filter: JSON, and of MongoDB's Extended JSON (v2) `$date`, `$numberInt`,
/// `$numberLong` and `$numberDouble`; `_date` is another spelling of `$date`.
struct LiteralParser {
    let maxDepth: Int

    /// Whether `document` spells one value rather than an object.
    static func isLiteral(_ document: Document) -> Bool {
        guard document.count == 1, let key = document.members.first?.key else { return false }
        return key == "_date" || Operators.ofLiterals.contains(key)
    }

    func parse(_ value: Value, at place: Place, depth: Int) throws(FilterError) -> Value {
        switch value {
        case .null, .boolean, .integer, .float, .string: return value
        case .dateTime(let time): return .dateTime(try checkRange(time, at: place))
        case .array(let elements):
            try checkDepth(depth, at: place)
            var parsed: [Value] = []
            parsed.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                parsed.append(try parse(element, at: place.index(index), depth: depth + 1))
            }
            return .array(parsed)
        case .object(let document):
            if LiteralParser.isLiteral(document), let member = document.members.first {
                return try parse(member.key, member.value, at: place.key(member.key))
            }
            try checkDepth(depth, at: place)
            var parsed = Document()
            for (key, member) in document.members {
                parsed.append(key, try parse(member, at: place.key(key), depth: depth + 1))
            }
            return .object(parsed)
        }
    }

    // MARK: - Private

    private func checkDepth(_ depth: Int, at place: Place) throws(FilterError) {
        guard depth < maxDepth else {
            throw place.error(.limitExceeded, "a value is nested deeper than \(maxDepth) levels")
        }
    }

    private func parse(_ name: String, _ operand: Value, at place: Place) throws(FilterError) -> Value {
        switch name {
        case "$numberInt", "$numberLong":
            guard case .string(let digits) = operand, let number = Int64(digits),
                name == "$numberLong" || Int32(exactly: number) != nil
            else {
                throw place.invalid(
                    "\(name) takes the digits of an integer of \(name == "$numberInt" ? 32 : 64) bits")
            }
            return .integer(number)
        case "$numberDouble":
            guard case .string(let digits) = operand, let number = LiteralParser.double(digits) else {
                throw place.invalid(
                    "$numberDouble takes a number in text, \"NaN\", \"Infinity\" or \"-Infinity\"")
            }
            return .float(number)
        default: return .dateTime(try parseDate(operand, name, at: place))
        }
    }

    private static func double(_ text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default:
            // Swift reads more than numbers are: "inf", "0x1p3".
            guard text.utf8.count <= 64, text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
                let number = Double(text), number.isFinite
            else { return nil }
            return number
        }
    }

    private func parseDate(_ operand: Value, _ name: String, at place: Place) throws(FilterError) -> DateTime
    {
        switch operand {
        case .dateTime(let time): return try checkRange(time, at: place)
        case .string(let text):
            guard text.utf8.count <= 64, let time = DateTime(iso8601: text, defaultZone: .local) else {
                throw place.invalid(
                    "\"\(shortened(text))\" is no ISO 8601 date; write it like 2024-05-06T07:08:09.123Z or 2024-05-06"
                )
            }
            return time
        case .integer, .float:
            if let milliseconds = operand.integerValue { return try parseDate(milliseconds, at: place) }
        case .object(let document):
            if document.count == 1, let digits = document["$numberLong"],
                case .integer(let milliseconds) = try parse(
                    "$numberLong", digits, at: place.key("$numberLong"))
            {
                return try parseDate(milliseconds, at: place)
            }
        default: break
        }
        throw place.invalid("\(name) takes ISO 8601 text or whole milliseconds since 1970")
    }

    private func parseDate(_ milliseconds: Int64, at place: Place) throws(FilterError) -> DateTime {
        let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else {
            throw place.invalid("\(milliseconds) ms since 1970 is no date of the years 1 to 9999")
        }
        return try checkRange(DateTime(microseconds: microseconds), at: place)
    }

    /// Within the years 1 to 9999, which have a text that reads back.
    private func checkRange(_ time: DateTime, at place: Place) throws(FilterError) -> DateTime {
        guard DateTime(iso8601: time.iso8601, defaultZone: .local) == time else {
            throw place.invalid("\(time.iso8601) is no date of the years 1 to 9999")
        }
        return time
    }
}
