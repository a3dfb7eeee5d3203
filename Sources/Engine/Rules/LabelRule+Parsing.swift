import Base
import Query

extension LabelRule {
    /// Reads a rule: `if CONDITION then tag NAME, …`, further branches behind semicolons; before all of them
    /// `for CLASS` where it is not about images.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the place; ``EngineError/Code/invalidFilter``.
    init(_ text: String) throws(EngineError) {
        guard text.utf8.count <= LabelRule.longest else {
            throw EngineError(
                .limitExceeded, "a rule of \(text.utf8.count) bytes; the limit is \(LabelRule.longest)",
                path: "rule")
        }
        var parser = RuleParser(text)
        if let name = try parser.entityClass() { entityClass = name }
        branches = try parser.branches()
        let tags = self.tags
        guard tags.count <= LabelRule.mostTags else {
            throw EngineError(
                .limitExceeded, "a rule of \(tags.count) tags; the limit is \(LabelRule.mostTags)",
                path: "rule")
        }
        for tag in tags where tag.utf8.count > LabelRule.longestTag || tag.utf8.contains(where: { $0 < 0x20 })
        {
            throw EngineError(
                .invalidRequest,
                "a rule's tag has at most \(LabelRule.longestTag) bytes and no control characters: '\(tag.prefix(70))' is none",
                path: "rule")
        }
    }
}

/// Reads a rule from left to right.
private struct RuleParser {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The class that a rule names at its beginning; `nil` where it names none.
    mutating func entityClass() throws(EngineError) -> String? {
        guard takeWord("for") else { return nil }
        let name = try name()
        let isOwn = WireNames.setName(ofClass: name) == nil && name != "DescriptorSet"
        guard isOwn, !LabelRequest.regionClasses.contains(name) else {
            throw EngineError(
                .invalidRequest, "a rule labels entities: '\(name.prefix(100))' has labels of other things",
                path: "rule")
        }
        return name
    }

    mutating func branches() throws(EngineError) -> [LabelRule.Branch] {
        var branches: [LabelRule.Branch] = []
        repeat {
            skipBlanks()
            if place == bytes.count, !branches.isEmpty { break }
            try expect("if")
            let condition = try disjunction(0)
            try expect("then")
            try expect("tag")
            branches.append(LabelRule.Branch(condition: condition, tags: try names()))
        } while take(";")
        guard place == bytes.count else { throw refusal("its end, or ';' before a further 'if',") }
        return branches
    }

    // MARK: - Conditions

    private mutating func disjunction(_ depth: Int) throws(EngineError) -> LabelRule.Condition {
        var parts = [try conjunction(depth)]
        while takeWord("or") { parts.append(try conjunction(depth)) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction(_ depth: Int) throws(EngineError) -> LabelRule.Condition {
        var parts = [try term(depth)]
        while takeWord("and") { parts.append(try term(depth)) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func term(_ depth: Int) throws(EngineError) -> LabelRule.Condition {
        guard depth < LabelRule.deepest else {
            throw EngineError(.limitExceeded, "a rule may have \(LabelRule.deepest) levels", path: "rule")
        }
        if takeWord("not") { return .not(try term(depth + 1)) }
        if take("(") {
            let inner = try disjunction(depth + 1)
            guard take(")") else { throw refusal("')'") }
            return inner
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "{") { return .filter(try filter()) }
        if takeWord("any") { return .any(try list()) }
        if takeWord("all") { return .all(try list()) }
        if takeWord("count") { return try count() }
        throw refusal("count(CLASS), any(CLASS, …), all(CLASS, …), a filter in {}, 'not' or '('")
    }

    private mutating func count() throws(EngineError) -> LabelRule.Condition {
        guard take("(") else { throw refusal("'(' after count") }
        let name = try name()
        var confidence: Double?
        if take(",") {
            let start = place
            guard let number = Double(word()), (0...1).contains(number) else {
                place = start
                throw refusal("a least confidence in 0...1")
            }
            confidence = number
        }
        guard take(")") else { throw refusal("')'") }
        guard let comparison = LabelRule.Comparison.allCases.first(where: { take($0.rawValue) }) else {
            throw refusal("one of < <= = != >= >")
        }
        skipBlanks()
        let start = place
        guard let number = Int(word()), number >= 0 else {
            place = start
            throw refusal("a whole number, 0 or more,")
        }
        return .count(name, leastConfidence: confidence, comparison, number)
    }

    /// A filter in MongoDB's language: as far as its braces go.
    private mutating func filter() throws(EngineError) -> Filter {
        let start = place
        var (depth, isString, isEscaped) = (0, false, false)
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { break }
            }
        }
        do throws(FilterError) {
            return try Filter.parse(Array(bytes[start..<place]))
        } catch {
            throw EngineError(.invalidFilter, error.message, path: error.path, cause: error)
        }
    }

    // MARK: - Names

    private mutating func list() throws(EngineError) -> [String] {
        guard take("(") else { throw refusal("'('") }
        let names = try names()
        guard take(")") else { throw refusal("',' or ')'") }
        return names
    }

    private mutating func names() throws(EngineError) -> [String] {
        var names = [try name()]
        while take(",") { names.append(try name()) }
        return names
    }

    /// A word, or a text between quotation marks.
    private mutating func name() throws(EngineError) -> String {
        if take("\"") {
            let start = place
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += 1 }
            let name = String(decoding: bytes[start..<place], as: UTF8.self)
            guard take("\""), !name.isEmpty else { throw refusal("a name between quotation marks") }
            return name
        }
        let name = word()
        guard !name.isEmpty else { throw refusal("a name") }
        return name
    }

    private mutating func word() -> String {
        skipBlanks()
        let start = place
        while place < bytes.count, RuleParser.isOfWord(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: "_:./-+".utf8.contains(byte)
        }
    }

    // MARK: - Tokens

    private mutating func skipBlanks() {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ mark: String) -> Bool {
        skipBlanks()
        guard bytes[place...].starts(with: mark.utf8) else { return false }
        place += mark.utf8.count
        return true
    }

    private mutating func takeWord(_ wanted: String) -> Bool {
        skipBlanks()
        let start = place
        if word() == wanted { return true }
        place = start
        return false
    }

    private mutating func expect(_ wanted: String) throws(EngineError) {
        guard takeWord(wanted) else { throw refusal("'\(wanted)'") }
    }

    private func refusal(_ wanted: String) -> EngineError {
        let rest = String(decoding: bytes[place...].prefix(30), as: UTF8.self)
        let found = rest.isEmpty ? "it ends" : "'\(rest)' is"
        return EngineError(
            .invalidRequest, "the rule must have \(wanted) at byte \(place + 1), where \(found)", path: "rule"
        )
    }
}
