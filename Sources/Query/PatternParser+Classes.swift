extension PatternParser {
    /// What follows `[`.
    mutating func parseClass() throws(FilterError) -> ScalarSet {
        let start = place - 1
        if let mark = next, endOfPOSIX(mark, from: place + 1) != nil {
            throw error("[:…:] stands within a class: write [[:…:]]", at: start)
        }
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var parts: [ScalarSet] = []
        var isFirst = true
        var isQuoted = false
        while true {
            guard let scalar = next else { throw error("the class has no ]", at: start) }
            if isQuoted ? take(all: "\\E") : take(all: "\\Q") {
                isQuoted.toggle()
                continue
            }
            if !isQuoted {
                if take(all: "\\E") { continue }
                if scalar == "]", !isFirst {
                    place += 1
                    break
                }
            }
            isFirst = false
            if !isQuoted, let part = try parsePart() {
                parts.append(part)
                if next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" {
                    throw error("a range cannot begin with a class of characters; write \\- for a plain -")
                }
                continue
            }
            ranges.append(try parseRange(isQuoted: isQuoted))
        }
        if options.contains(.caseless) { ranges = CaseFolding.closed(ranges) }
        return ScalarSet(ranges, parts: parts, isNegated: isNegated)
    }

    // MARK: - Private

    /// A class within the class: `[:alpha:]`, `\d`, `\p{…}`; `nil` if none comes next.
    private mutating func parsePart() throws(FilterError) -> ScalarSet? {
        if next == "[", let posix = try parsePOSIX() { return posix }
        guard next == "\\", place + 1 < scalars.count else { return nil }
        place += 1
        if let set = try parseSetEscape() { return set }
        place -= 1
        return nil
    }

    /// `[:name:]` or `[:^name:]`; `nil` where the `[` is a plain one.
    private mutating func parsePOSIX() throws(FilterError) -> ScalarSet? {
        let start = place
        guard place + 1 < scalars.count, let end = endOfPOSIX(scalars[place + 1], from: place + 2) else {
            return nil
        }
        guard scalars[place + 1] == ":" else {
            throw error("collating elements [.….] and [=…=] are not served")
        }
        place += 2
        let isNegated = take("^")
        var name = ""
        name.unicodeScalars.append(contentsOf: scalars[place..<end].prefix(16))
        place = end + 2
        if options.contains(.caseless), !hasUnicodeClasses, name == "lower" || name == "upper" {
            name = "alpha"
        }
        guard let set = hasUnicodeClasses ? ScalarSet.unicodePOSIX(name) : ScalarSet.posix[name] else {
            throw error(
                "unknown class [:\(name):]; known are \(ScalarSet.posix.keys.sorted().joined(separator: ", "))",
                at: start)
        }
        return isNegated ? set.negated : set
    }

    /// The place of the `:]` that ends what begins at `start` behind a `[:`, or likewise with `.` and `=`.
    private func endOfPOSIX(_ mark: Unicode.Scalar, from start: Int) -> Int? {
        guard ":.=".unicodeScalars.contains(mark) else { return nil }
        var place = start
        while place + 1 < scalars.count {
            switch (scalars[place], scalars[place + 1]) {
            case (mark, "]"): return place
            case ("]", _), ("[", mark): return nil
            case ("\\", "]"), ("\\", "\\"): place += 2
            default: place += 1
            }
        }
        return nil
    }

    private mutating func parseRange(isQuoted: Bool) throws(FilterError) -> ClosedRange<UInt32> {
        let start = place
        let lower = try parseMember(isQuoted: isQuoted)
        guard !isQuoted, next == "-", place + 1 < scalars.count, scalars[place + 1] != "]" else {
            return lower...lower
        }
        place += 1
        if try parsePart() != nil { throw error("a range cannot end with a class of characters", at: start) }
        let upper = try parseMember(isQuoted: false)
        guard lower <= upper else { throw error("the range is out of order", at: start) }
        return lower...upper
    }

    private mutating func parseMember(isQuoted: Bool) throws(FilterError) -> UInt32 {
        guard let scalar = next else { throw error("the class has no ]") }
        place += 1
        guard scalar == "\\", !isQuoted else { return scalar.value }
        if take("b") { return 0x08 }
        // Elsewhere these begin a back-reference.
        if take("8") { return 0x38 }
        if take("9") { return 0x39 }
        if let letter = next, "BRX".unicodeScalars.contains(letter) {
            throw error("\\\(letter) has no meaning within a class", at: place - 1)
        }
        return try parseScalarEscape().value
    }
}

extension ScalarSet {
    /// POSIX's classes over all of Unicode, as PCRE maps them with `(*UCP)`.
    fileprivate static func unicodePOSIX(_ name: String) -> ScalarSet? {
        switch name {
        case "alpha": ScalarSet([], categories: .named["L"] ?? [])
        case "lower": ScalarSet([], categories: .named["Ll"] ?? [])
        case "upper": ScalarSet([], categories: .named["Lu"] ?? [])
        case "alnum": ScalarSet([], categories: CategorySet.named["L"]?.union(.named["N"] ?? []) ?? [])
        case "digit": unicodeDigits
        case "space": unicodeSpaces
        case "blank": horizontalSpaces
        case "word": unicodeWords
        case "cntrl": ScalarSet([], categories: .named["Cc"] ?? [])
        default: posix[name]
        }
    }
}
