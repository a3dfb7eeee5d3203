extension PatternParser {
    /// What follows a backslash outside a class.
    mutating func parseEscape() throws(FilterError) -> PatternNode {
        let start = place - 1
        guard let scalar = next else { throw error("the pattern ends with \\; write \\\\", at: start) }
        switch scalar {
        case "A": return taken(.assertion(.textStart))
        case "Z": return taken(.assertion(.textEnd))
        case "z": return taken(.assertion(.veryEnd))
        case "b": return taken(.assertion(.wordBoundary))
        case "B": return taken(.assertion(.noWordBoundary))
        case "N" where !isNamedScalar: return taken(.set(.noNewline))
        case "1"..."9", "g", "k":
            throw error("back-references are not served: patterns run in linear time without them", at: start)
        case "R", "X", "G", "K", "C":
            throw error("\\\(scalar) is not served", at: start)
        default:
            if let set = try parseSetEscape() { return .set(set) }
            return literal(try parseScalarEscape())
        }
    }

    /// Whether `N{…}` comes next, where the braces are no quantifier.
    private var isNamedScalar: Bool {
        var reader = self
        return reader.take("N") && reader.next == "{" && reader.bounds() == nil
    }

    /// A class that one escape stands for: `\d`, `\p{Lu}`, …; `nil` if none comes next.
    mutating func parseSetEscape() throws(FilterError) -> ScalarSet? {
        guard let letter = next else { return nil }
        let isUnicode = hasUnicodeClasses
        switch letter {
        case "d": return taken(isUnicode ? .unicodeDigits : .digits)
        case "D": return taken((isUnicode ? ScalarSet.unicodeDigits : .digits).negated)
        case "w": return taken(isUnicode ? .unicodeWords : .words)
        case "W": return taken((isUnicode ? ScalarSet.unicodeWords : .words).negated)
        case "s": return taken(isUnicode ? .unicodeSpaces : .spaces)
        case "S": return taken((isUnicode ? ScalarSet.unicodeSpaces : .spaces).negated)
        case "h": return taken(.horizontalSpaces)
        case "H": return taken(ScalarSet.horizontalSpaces.negated)
        case "v": return taken(.verticalSpaces)
        case "V": return taken(ScalarSet.verticalSpaces.negated)
        case "p", "P":
            place += 1
            return try parseProperty(isNegated: letter == "P")
        default: return nil
        }
    }

    /// The scalar that an escape spells; the place is behind the backslash.
    mutating func parseScalarEscape() throws(FilterError) -> Unicode.Scalar {
        let start = place - 1
        guard let letter = next else { throw error("the pattern ends with \\; write \\\\", at: start) }
        place += 1
        switch letter {
        case "a": return "\u{07}"
        case "e": return "\u{1B}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "c":
            guard let control = next, (0x20...0x7E).contains(control.value) else {
                throw error("\\c goes with an ASCII character", at: start)
            }
            place += 1
            let upper = ("a"..."z").contains(control) ? control.value - 0x20 : control.value
            return try scalar(upper ^ 0x40, at: start)
        case "x": return try parseHexadecimal(from: start)
        case "o":
            guard take("{") else { throw error("\\o goes with octal digits in braces: \\o{101}", at: start) }
            return try parseNumber(radix: 8, until: "}", from: start)
        case "N":
            guard take(all: "{U+") else { throw error("\\N goes with a number: \\N{U+1F600}", at: start) }
            return try parseNumber(radix: 16, until: "}", from: start)
        case "0"..."7":
            place -= 1
            return try parseOctal(from: start)
        default:
            guard !ScalarSet.words.contains(letter.value) || letter == "_" else {
                let advice =
                    letter == "u"
                    ? "; write \\x{…}" : letter == "E" ? "" : "; for the plain letter drop the \\"
                throw error("unknown escape \\\(letter)\(advice)", at: start)
            }
            return letter
        }
    }

    // MARK: - Private

    private mutating func taken<Node>(_ node: Node) -> Node {
        place += 1
        return node
    }

    private func scalar(_ number: UInt32, at start: Int) throws(FilterError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(number) else {
            throw error("there is no character of that number", at: start)
        }
        return scalar
    }

    /// `\x{…}`, or up to two digits: none are 0.
    private mutating func parseHexadecimal(from start: Int) throws(FilterError) -> Unicode.Scalar {
        if take("{") { return try parseNumber(radix: 16, until: "}", from: start) }
        var number: UInt32 = 0
        var count = 0
        while count < 2, let digit = next.flatMap({ PatternParser.value(of: $0, radix: 16) }) {
            number = number * 16 + digit
            count += 1
            place += 1
        }
        return try scalar(number, at: start)
    }

    /// Up to three octal digits, the first of which is 0 outside a class.
    private mutating func parseOctal(from start: Int) throws(FilterError) -> Unicode.Scalar {
        var number: UInt32 = 0
        var count = 0
        while count < 3, let digit = next.flatMap({ PatternParser.value(of: $0, radix: 8) }) {
            number = number * 8 + digit
            count += 1
            place += 1
        }
        return try scalar(number, at: start)
    }

    private mutating func parseNumber(
        radix: UInt32, until end: Unicode.Scalar, from start: Int
    ) throws(FilterError) -> Unicode.Scalar {
        var number: UInt32 = 0
        var count = 0
        while let digit = next.flatMap({ PatternParser.value(of: $0, radix: radix) }) {
            number = min(number * radix + digit, 0x110000)
            count += 1
            place += 1
        }
        guard count > 0, take(end) else {
            throw error(
                "the number of a character is \(radix == 16 ? "hexadecimal" : "octal") digits in braces",
                at: start)
        }
        return try scalar(number, at: start)
    }

    private static func value(of digit: Unicode.Scalar, radix: UInt32) -> UInt32? {
        let value: UInt32? =
            switch digit {
            case "0"..."9": digit.value - 0x30
            case "a"..."f": digit.value - 0x61 + 10
            case "A"..."F": digit.value - 0x41 + 10
            default: nil
            }
        return value.flatMap { $0 < radix ? $0 : nil }
    }

    /// What follows `\p` or `\P`: one letter, or a name in braces.
    private mutating func parseProperty(isNegated: Bool) throws(FilterError) -> ScalarSet {
        let start = place - 2
        var isNegated = isNegated
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let scalar = next, scalar != "}", name.unicodeScalars.count < 32 {
                name.unicodeScalars.append(scalar)
                place += 1
            }
            guard take("}") else { throw error("\\p{ has no }", at: start) }
        } else if let letter = next {
            place += 1
            name.unicodeScalars.append(letter)
        }
        guard let categories = CategorySet.named[name] else {
            throw error(
                "\\p{\(name)} is not served: known are general categories such as L, Lu, Nd, P, Zs and Any",
                at: start)
        }
        let set = ScalarSet([], categories: categories)
        return isNegated ? set.negated : set
    }
}
