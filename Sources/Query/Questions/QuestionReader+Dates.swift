import Base

/// When images were taken and added.
extension QuestionReader {
    /// `taken in 2019`, `added before 2024-05-06`, `taken with a Canon`.
    mutating func dated() throws(QuestionError) -> Filter? {
        let word = word()
        let path: String
        if takeOne(of: ["taken", "captured", "photographed", "shot"]) != nil {
            path = "captured_at"
            if take("with") || take("by") {
                while takeOne(of: ["a", "an", "the", "my"]) != nil {}
                guard let text = text() else {
                    throw QuestionError("after '\(word) with' comes a camera's name", word: word)
                }
                return .any([
                    try QuestionReader.containing(text, in: "camera_make"),
                    try QuestionReader.containing(text, in: "camera_model"),
                ])
            }
        } else if takeOne(of: ["added", "imported"]) != nil {
            path = "added_at"
        } else {
            return nil
        }
        guard let filter = try dates(on: FieldPath(path)) else {
            throw QuestionError(
                "after '\(word)' comes a date, as in 2019, may 2019 or 2019-05-06, with in, on, before, after, since or between",
                word: isAtEnd ? word : tokens[place].text)
        }
        return filter
    }

    /// A span of time: `in 2019`, `before may 2020`, `between 2018 and 2020`. `after` begins where the date
    /// ends.
    mutating func dates(on path: FieldPath) throws(QuestionError) -> Filter? {
        func from(_ date: DateTime) -> Filter { .field(path, .greaterOrEqual(.dateTime(date))) }
        func until(_ date: DateTime) -> Filter { .field(path, .less(.dateTime(date))) }
        let start = place
        if take("before") { return try date().map { until($0.start) } ?? missing(start) }
        if take("after") { return try date().map { from($0.end) } ?? missing(start) }
        if take("since") || take("from") { return try date().map { from($0.start) } ?? missing(start) }
        if take("until") { return try date().map { until($0.end) } ?? missing(start) }
        if take("between") {
            guard let first = try date(), take("and"), let last = try date() else { return missing(start) }
            return .each([from(first.start), until(last.end)])
        }
        _ = takeOne(of: ["in", "on", "during"])
        guard let span = try date() else { return missing(start) }
        return .each([from(span.start), until(span.end)])
    }

    // MARK: - Private

    private mutating func missing(_ start: Int) -> Filter? {
        place = start
        return nil
    }

    /// A year, a month or a day, from its start to the start of the next.
    private mutating func date() throws(QuestionError) -> (start: DateTime, end: DateTime)? {
        guard !isAtEnd else { return nil }
        let token = tokens[place]
        if token.kind == .date {
            let parts = token.text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            let numbers = parts.compactMap { $0 }
            guard numbers.count == parts.count, (2...3).contains(numbers.count),
                let span = QuestionReader.span(numbers[0], numbers[1], numbers.count == 3 ? numbers[2] : nil)
            else { throw QuestionError("'\(token.text)' is no date of the calendar", word: token.text) }
            place += 1
            return span
        }
        // 6 may 2019, may 6 2019, may 2019, 2019
        let start = place
        var day: Int?
        if let number = small(at: place), QuestionReader.month(word(1)) != nil {
            day = number
            place += 1
        }
        var month: Int?
        if let found = QuestionReader.month(word()) {
            month = found
            place += 1
            if day == nil, let number = small(at: place), number < 32 {
                day = number
                place += 1
                if word() == "," { place += 1 }
            }
        }
        guard place < tokens.count, tokens[place].kind == .number, let year = Int(tokens[place].word),
            (1...9_999).contains(year), month != nil || year > 31
        else {
            place = start
            return nil
        }
        place += 1
        guard let span = QuestionReader.span(year, month, day) else {
            let said = tokens[start..<place].map(\.text).joined(separator: " ")
            throw QuestionError("'\(said)' is no date of the calendar", word: said)
        }
        return span
    }

    private func small(at place: Int) -> Int? {
        guard place < tokens.count, tokens[place].kind == .number, let number = Int(tokens[place].word),
            (1...31).contains(number)
        else { return nil }
        return number
    }

    private static func month(_ word: String) -> Int? {
        guard word.count >= 3 else { return nil }
        let names = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december",
        ]
        return names.firstIndex {
            $0 == word || $0.prefix(3) == word || $0.prefix(4) == word && word == "sept"
        }
        .map { $0 + 1 }
    }

    /// From the start of a year, a month or a day to the start of the next; `nil` where there is none such.
    private static func span(_ year: Int, _ month: Int?, _ day: Int?) -> (start: DateTime, end: DateTime)? {
        func text(_ year: Int, _ month: Int, _ day: Int) -> String {
            func padded(_ number: Int, _ count: Int) -> String {
                let digits = String(number)
                return String(repeating: "0", count: max(0, count - digits.count)) + digits
            }
            return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T00:00:00Z"
        }
        guard (1...9_998).contains(year), (1...12).contains(month ?? 1), (1...31).contains(day ?? 1),
            let start = DateTime(iso8601: text(year, month ?? 1, day ?? 1))
        else { return nil }
        if day != nil {
            // A day has 86,400 seconds: leap seconds are in no calendar of ours.
            return (
                start,
                DateTime(microseconds: start.microseconds + 86_400_000_000, zone: start.zone)
            )
        }
        let (next, after) = month.map { $0 == 12 ? (year + 1, 1) : (year, $0 + 1) } ?? (year + 1, 1)
        return DateTime(iso8601: text(next, after, 1)).map { (start, $0) }
    }
}
