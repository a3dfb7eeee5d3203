/// Reads a pattern's text: alternatives, sequences, quantifiers and groups. Escapes and classes have their
/// own files.
struct PatternParser {
    /// Groups within one another.
    static let maxDepth = 100
    /// PCRE's own.
    static let maxRepeat = 65_535

    let scalars: [Unicode.Scalar]
    var place = 0
    var options: Pattern.Options
    /// `\d`, `\w`, `\s`, `\b` and POSIX names know all of Unicode: the pattern begins with `(*UCP)`.
    private(set) var hasUnicodeClasses = false
    private var depth = 0

    init(_ source: String, options: Pattern.Options) {
        scalars = Array(source.unicodeScalars)
        self.options = options
    }

    mutating func parse() throws(FilterError) -> PatternNode {
        parseLeadingSettings()
        let node = try parseChoice()
        guard place == scalars.count else { throw error("there is no group that this ) ends; write \\)") }
        return node
    }

    // MARK: - Shared with the other files

    func error(_ message: String, at place: Int? = nil) -> FilterError {
        FilterError(.invalidOperand, "pattern, at character \((place ?? self.place) + 1): \(message)")
    }

    var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        place += 1
        return true
    }

    /// Takes `text` if it comes next.
    mutating func take(all text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place + count <= scalars.count else { return false }
        for index in 0..<count where scalars[place + index].value != UInt32(text.utf8Start[index]) {
            return false
        }
        place += count
        return true
    }

    mutating func takeDigits() -> Substring.UnicodeScalarView {
        var digits = Substring.UnicodeScalarView()
        while let digit = next, ("0"..."9").contains(digit) {
            digits.append(digit)
            place += 1
        }
        return digits
    }

    /// The bounds of `{n}`, `{n,}` or `{n,m}` if one comes next; anything else is plain text. No digits are
    /// kept beyond what cannot be a bound.
    func bounds() -> (least: Int, most: Int?, end: Int)? {
        var reader = self
        guard reader.take("{") else { return nil }
        let least = reader.takeDigits()
        guard !least.isEmpty else { return nil }
        var most: Int? = PatternParser.number(least)
        if reader.take(",") {
            let digits = reader.takeDigits()
            most = digits.isEmpty ? nil : PatternParser.number(digits)
        }
        guard reader.take("}") else { return nil }
        return (PatternParser.number(least), most, reader.place)
    }

    /// One scalar, or in a caseless pattern all that differ from it in case alone.
    func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        guard options.contains(.caseless) else { return .scalar(scalar.value) }
        let variants = CaseFolding.variants(of: scalar.value)
        return variants.count == 1 ? .scalar(scalar.value) : .set(ScalarSet(variants.map { $0...$0 }))
    }

    // MARK: - Private

    /// `(*UTF)` says what is so anyway.
    private mutating func parseLeadingSettings() {
        while true {
            if take(all: "(*UCP)") {
                hasUnicodeClasses = true
            } else if !take(all: "(*UTF)"), !take(all: "(*UTF8)") {
                return
            }
        }
    }

    private mutating func parseChoice() throws(FilterError) -> PatternNode {
        var choices = [try parseSequence()]
        while take("|") { choices.append(try parseSequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseSequence() throws(FilterError) -> PatternNode {
        var nodes: [PatternNode] = []
        while true {
            skipIgnored()
            guard let scalar = next, scalar != "|", scalar != ")" else { break }
            if take(all: "\\Q") {
                nodes += try parseQuoted()
                continue
            }
            // An end of a quotation that never began.
            if take(all: "\\E") { continue }
            let start = place
            guard let atom = try parseAtom(scalar) else { continue }
            nodes.append(try parseQuantifier(of: atom, from: start))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// White space and comments, with the option `x`.
    private mutating func skipIgnored() {
        guard options.contains(.extended) else { return }
        while let scalar = next {
            if scalar == "#" {
                while let scalar = next, scalar != "\n" { place += 1 }
            } else if scalar.properties.isPatternWhitespace {
                place += 1
            } else {
                return
            }
        }
    }

    /// What stands between `\Q` and `\E`; a quantifier behind it goes with its last scalar.
    private mutating func parseQuoted() throws(FilterError) -> [PatternNode] {
        var nodes: [PatternNode] = []
        while let scalar = next {
            let start = place
            if take(all: "\\E") {
                guard let last = nodes.popLast() else { return [] }
                nodes.append(try parseQuantifier(of: last, from: start))
                break
            }
            place += 1
            nodes.append(literal(scalar))
        }
        return nodes
    }

    /// `nil` for what only sets options or comments.
    private mutating func parseAtom(_ scalar: Unicode.Scalar) throws(FilterError) -> PatternNode? {
        let isMultiline = options.contains(.multiline)
        switch scalar {
        case "(":
            place += 1
            return try parseGroup()
        case "[":
            place += 1
            return .set(try parseClass())
        case "\\":
            place += 1
            return try parseEscape()
        case ".":
            place += 1
            return .set(options.contains(.dotAll) ? .everything : .noNewline)
        case "^":
            place += 1
            return .assertion(isMultiline ? .lineStart : .textStart)
        case "$":
            place += 1
            return .assertion(isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw error("nothing stands before \(scalar) to be repeated; write \\\(scalar)")
        default:
            if scalar == "{", bounds() != nil {
                throw error("nothing stands before the { to be repeated; write \\{")
            }
            place += 1
            return literal(scalar)
        }
    }

    private mutating func parseQuantifier(
        of atom: PatternNode, from start: Int
    ) throws(FilterError) -> PatternNode {
        skipIgnored()
        let quantifierStart = place
        var (least, most): (Int, Int?) = (1, 1)
        switch next {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            guard let bounds = bounds() else { return atom }
            (least, most) = (bounds.least, bounds.most)
            guard least <= PatternParser.maxRepeat, most ?? 0 <= PatternParser.maxRepeat else {
                throw error("a repetition of more than \(PatternParser.maxRepeat)")
            }
            guard least <= most ?? least else {
                throw error("the bounds {\(least),\(most ?? 0)} are out of order")
            }
            place = bounds.end - 1
        default: return atom
        }
        place += 1
        if case .assertion = atom { throw error("an assertion cannot be repeated", at: start) }
        if take("+") {
            throw error(
                "possessive quantifiers are not served: patterns run in linear time without them; drop the +")
        }
        _ = take("?")
        if atom.isEmpty { return atom }
        if let scalar = next,
            scalar == "*" || scalar == "+" || scalar == "?" || (scalar == "{" && bounds() != nil)
        {
            throw error(
                "a quantifier follows a quantifier; put the first into a group (?:…)", at: quantifierStart)
        }
        return .repeated(atom, least: least, most: most)
    }

    private static func number(_ digits: Substring.UnicodeScalarView) -> Int {
        digits.reduce(0) { min(maxRepeat + 1, $0 * 10 + Int($1.value - 0x30)) }
    }

    private mutating func parseGroup() throws(FilterError) -> PatternNode? {
        let start = place - 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.maxDepth else {
            throw error("groups are nested deeper than \(PatternParser.maxDepth)")
        }
        if next == "*" { throw error("control verbs (*…) are not served; (*UCP) may begin a pattern") }
        let outside = options
        if take("?") {
            if take("#") {
                while let scalar = next, scalar != ")" { place += 1 }
                guard take(")") else { throw error("the comment has no end", at: start) }
                return nil
            }
            if try parseGroupKind() { return nil }
        }
        let node = try parseChoice()
        guard take(")") else { throw error("the group has no )", at: start) }
        options = outside
        // A group may be repeated even where all it holds is an assertion.
        if case .assertion = node { return .sequence([node]) }
        return node
    }

    /// What follows `(?`. Returns whether the group is over: it only set options.
    private mutating func parseGroupKind() throws(FilterError) -> Bool {
        let start = place - 2
        for (sign, what) in PatternParser.refused where take(all: sign) {
            throw error("\(what) not served: patterns run in linear time without them", at: start)
        }
        if take(":") { return false }
        if take(all: "P<") || take("<") {
            try parseName(until: ">")
            return false
        }
        if take("'") {
            try parseName(until: "'")
            return false
        }
        return try parseInlineOptions(from: start)
    }

    private static let refused: [(StaticString, String)] = [
        ("=", "look-ahead (?=…) is"), ("!", "look-ahead (?!…) is"), ("<=", "look-behind (?<=…) is"),
        ("<!", "look-behind (?<!…) is"), (">", "atomic groups (?>…) are"),
        ("|", "branch reset groups (?|…) are"),
        ("(", "conditional groups (?(…)…) are"), ("P=", "back-references (?P=…) are"),
        ("P>", "calls of groups (?P>…) are"), ("&", "calls of groups (?&…) are"), ("R", "recursion (?R) is"),
        ("C", "callouts (?C…) are"),
    ]

    private mutating func parseName(until end: Unicode.Scalar) throws(FilterError) {
        let start = place
        while let scalar = next, ScalarSet.words.contains(scalar.value) { place += 1 }
        guard place > start, !("0"..."9").contains(scalars[start]), take(end) else {
            throw error("a group's name is letters, digits and _, and ends with \(end)", at: start)
        }
    }

    private mutating func parseInlineOptions(from start: Int) throws(FilterError) -> Bool {
        // A ^ switches all of them off first, and none may be switched off after it.
        let isReset = take("^")
        if isReset { options = [] }
        var isOn = true
        var seen: Pattern.Options = []
        while let scalar = next {
            place += 1
            switch scalar {
            case "i": set(.caseless, isOn)
            case "m": set(.multiline, isOn)
            case "s": set(.dotAll, isOn)
            case "x":
                guard !seen.contains(.extended) else {
                    throw error("the option xx is not served; write x", at: start)
                }
                seen.insert(.extended)
                set(.extended, isOn)
            // Groups are not captured, and greed makes no difference to whether a pattern matches.
            case "n", "U", "J": break
            case "-" where isOn && !isReset:
                isOn = false
                seen = []
            case ":": return false
            case ")": return true
            default:
                throw error(
                    "unknown group (?\(scalar)…; known are (?:…), (?<name>…), (?i) and (?#…)", at: start)
            }
        }
        throw error("the group has no )", at: start)
    }

    private mutating func set(_ option: Pattern.Options, _ isOn: Bool) {
        if isOn { options.insert(option) } else { options.remove(option) }
    }
}
