/// What stands on one line of YAML: texts, numbers, words, and lists and maps in brackets.
struct YAMLScalars {
    private let limits: JSON.Limits
    private var valueCount = 0

    init(_ limits: JSON.Limits) { self.limits = limits }

    mutating func count(line: Int) throws(YAMLError) {
        valueCount += 1
        guard valueCount <= limits.valueCount else {
            throw YAMLError("there are more than \(limits.valueCount) values", line: line)
        }
    }

    func enter(_ depth: Int, line: Int) throws(YAMLError) {
        guard depth <= limits.depth else {
            throw YAMLError("maps and lists lie more than \(limits.depth) deep in each other", line: line)
        }
    }

    /// Whether nothing but a comment follows.
    static func isRest(_ text: ArraySlice<UInt8>) -> Bool {
        let rest = text.drop { $0 == space }
        guard let first = rest.first else { return true }
        return first == UInt8(ascii: "#") && rest.startIndex > text.startIndex
    }

    /// The key that a line of a map begins with, and where what follows its colon begins; `nil` where the
    /// line is none of a map.
    func key(in text: [UInt8], line: Int) throws(YAMLError) -> (key: String, end: Int)? {
        if YAMLScalars.isQuote(text[0]) {
            let (key, end) = try quoted(text, from: 0, line: line)
            let colon = text[end...].drop { $0 == YAMLScalars.space }.startIndex
            guard colon < text.count, isColon(text, colon) else { return nil }
            return (key, colon + 1)
        }
        guard !YAMLScalars.brackets.contains(text[0]) else { return nil }
        for place in text.indices {
            if text[place] == UInt8(ascii: "#"), place > 0, text[place - 1] == YAMLScalars.space {
                return nil
            }
            guard isColon(text, place) else { continue }
            var end = place
            while end > 0, text[end - 1] == YAMLScalars.space { end -= 1 }
            guard case .string(let key) = try plain(text[..<end], line: line), end > 0 else {
                throw YAMLError("a key must be text: quote it", line: line)
            }
            return (key, place + 1)
        }
        return nil
    }

    /// What stands on the rest of a line. It is not empty.
    mutating func value(_ text: [UInt8], line: Int, _ depth: Int) throws(YAMLError) -> Value {
        var place = 0
        let value: Value
        if YAMLScalars.brackets.contains(text[0]) {
            value = try bracketed(text, &place, line, depth)
        } else if YAMLScalars.isQuote(text[0]) {
            let (content, end) = try quoted(text, from: 0, line: line)
            (value, place) = (.string(content), end)
        } else {
            place = YAMLScalars.commentStart(text)
            for colon in 0..<place where isColon(text, colon) {
                throw YAMLError(
                    "a text with a colon in it, or a map in the place of a text: quote it", line: line)
            }
            var end = place
            while end > 0, text[end - 1] == YAMLScalars.space { end -= 1 }
            return try plain(text[..<end], line: line)
        }
        guard YAMLScalars.isRest(text[place...]) else {
            throw YAMLError(
                "'\(String(decoding: text[place...].prefix(40), as: UTF8.self))' follows what has ended already",
                line: line)
        }
        return value
    }

    // MARK: - In brackets

    private mutating func bracketed(
        _ text: [UInt8], _ place: inout Int, _ line: Int, _ depth: Int
    ) throws(YAMLError) -> Value {
        try enter(depth, line: line)
        let isList = text[place] == UInt8(ascii: "[")
        let close = isList ? UInt8(ascii: "]") : UInt8(ascii: "}")
        var elements: [Value] = []
        var members = Document()
        place += 1
        skip(text, &place)
        while place < text.count, text[place] != close {
            if isList {
                elements.append(try entry(text, &place, line, depth))
            } else {
                let (key, value) = try member(text, &place, line, depth)
                guard members.index(of: key) == nil else {
                    throw YAMLError("'\(key.prefix(100))' comes twice", line: line)
                }
                members.append(key, value)
            }
            try count(line: line)
            skip(text, &place)
            guard place < text.count, text[place] != close else { break }
            guard text[place] == UInt8(ascii: ",") else {
                throw YAMLError("a comma is missing between brackets", line: line)
            }
            place += 1
            skip(text, &place)
            if place < text.count, text[place] == close {
                throw YAMLError("nothing follows a comma between brackets", line: line)
            }
        }
        guard place < text.count else {
            throw YAMLError("'\(isList ? "[" : "{")' does not end on its line", line: line)
        }
        place += 1
        return isList ? .array(elements) : .object(members)
    }

    private mutating func member(
        _ text: [UInt8], _ place: inout Int, _ line: Int, _ depth: Int
    ) throws(YAMLError) -> (String, Value) {
        let key: String
        if YAMLScalars.isQuote(text[place]) {
            let (content, end) = try quoted(text, from: place, line: line)
            (key, place) = (content, end)
        } else {
            guard case .string(let text) = try plain(word(text, &place), line: line), !text.isEmpty else {
                throw YAMLError("a key must be text: quote it", line: line)
            }
            key = text
        }
        skip(text, &place)
        guard place < text.count, isColon(text, place) else {
            throw YAMLError("between braces each key is followed by a colon, a space and a value", line: line)
        }
        place += 1
        skip(text, &place)
        return (key, try entry(text, &place, line, depth))
    }

    private mutating func entry(
        _ text: [UInt8], _ place: inout Int, _ line: Int, _ depth: Int
    ) throws(YAMLError) -> Value {
        guard place < text.count else { throw YAMLError("brackets do not end on their line", line: line) }
        if YAMLScalars.brackets.contains(text[place]) { return try bracketed(text, &place, line, depth + 1) }
        if YAMLScalars.isQuote(text[place]) {
            let (content, end) = try quoted(text, from: place, line: line)
            place = end
            return .string(content)
        }
        let found = word(text, &place)
        guard !found.isEmpty else { throw YAMLError("a value is missing between brackets", line: line) }
        guard !found.contains(UInt8(ascii: ":")), !found.contains(UInt8(ascii: "#")),
            found != [UInt8(ascii: "-")]
        else { throw YAMLError("a text with a colon, a hash or a dash alone: quote it", line: line) }
        return try plain(found, line: line)
    }

    /// Plain text between brackets, up to where it ends.
    private func word(_ text: [UInt8], _ place: inout Int) -> ArraySlice<UInt8> {
        let start = place
        while place < text.count, !YAMLScalars.ends.contains(text[place]), !isColon(text, place) {
            place += 1
        }
        var end = place
        while end > start, text[end - 1] == YAMLScalars.space { end -= 1 }
        return text[start..<end]
    }

    private func skip(_ text: [UInt8], _ place: inout Int) {
        while place < text.count, text[place] == YAMLScalars.space { place += 1 }
    }

    // MARK: - Texts

    private func quoted(_ text: [UInt8], from start: Int, line: Int) throws(YAMLError) -> (String, end: Int) {
        let quote = text[start]
        var bytes: [UInt8] = []
        var place = start + 1
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte == quote {
                guard quote == UInt8(ascii: "'"), place < text.count, text[place] == quote else {
                    return (String(decoding: bytes, as: UTF8.self), place)
                }
                place += 1
                bytes.append(quote)
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                bytes += try escaped(text, &place, line)
            } else {
                bytes.append(byte)
            }
        }
        throw YAMLError("a quoted text does not end on its line", line: line)
    }

    /// What a backslash and what follows it stand for.
    private func escaped(_ text: [UInt8], _ place: inout Int, _ line: Int) throws(YAMLError) -> [UInt8] {
        let letter = place < text.count ? text[place] : 0
        place += 1
        if let byte = YAMLScalars.escapes[letter] { return [byte] }
        let lengths: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
        guard let length = lengths[letter], place + length <= text.count,
            text[place..<place + length].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(String(decoding: text[place..<place + length], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw YAMLError("a backslash before what it does not go with", line: line) }
        place += length
        return Array(String(Character(scalar)).utf8)
    }

    /// What plain text stands for.
    private func plain(_ bytes: ArraySlice<UInt8>, line: Int) throws(YAMLError) -> Value {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let first = bytes.first else { return .null }
        func refusal(_ what: String) -> YAMLError {
            YAMLError("'\(text.prefix(60))' \(what)", line: line)
        }
        guard !bytes.contains(0x09) else { throw refusal("has a tab in it: quote it") }
        guard !YAMLScalars.indicators.contains(first) else {
            throw refusal("begins with a sign that has a meaning of its own: quote it")
        }
        if first == UInt8(ascii: "-"), bytes.count == 1 || bytes[bytes.startIndex + 1] == YAMLScalars.space {
            throw refusal("is a list in the place of a text: quote it")
        }
        switch text {
        case "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        case "=", "<<": throw refusal("has a meaning of its own: quote it")
        default: break
        }
        if ["yes", "no", "on", "off"].contains(text.lowercased()) {
            throw refusal("may be meant as a text or as true or false: quote it, or write true or false")
        }
        if let number = YAMLScalars.number(bytes) { return number }
        if YAMLScalars.mayBeNumber(bytes) {
            throw refusal("may be meant as a text or as a number: quote it, or write a decimal number")
        }
        return .string(text)
    }

    /// A decimal number that all readers take for the same.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Value? {
        let text = String(decoding: bytes, as: UTF8.self)
        var rest = bytes
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            rest = rest.dropFirst()
        }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        let whole = rest.prefix(while: isDigit)
        guard !whole.isEmpty else { return nil }
        rest = rest.dropFirst(whole.count)
        if rest.isEmpty {
            guard whole.count == 1 || whole.first != 0x30 else { return nil }
            return Int64(text).map { .integer($0) }
        }
        guard rest.first == UInt8(ascii: ".") else { return nil }
        rest = rest.dropFirst().drop(while: isDigit)
        if !rest.isEmpty {
            guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return nil }
            rest = rest.dropFirst()
            guard let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") else {
                return nil
            }
            rest = rest.dropFirst()
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
        }
        return Double(text).flatMap { $0.isFinite ? .float($0) : nil }
    }

    /// Whether some reader might take it for a number or a date.
    private static func mayBeNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        let rest = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        if let first = rest.first, first == UInt8(ascii: ".") {
            let word = String(decoding: rest, as: UTF8.self).lowercased()
            if word == ".inf" || word == ".nan" { return true }
        } else if let first = rest.first {
            guard (0x30...0x39).contains(first) else { return false }
        }
        guard rest.contains(where: { (0x30...0x39).contains($0) }) else { return false }
        let prefix = rest.dropFirst().first
        let isBased = rest.first == 0x30 && prefix.map { Set("xXoObB".utf8).contains($0) } == true
        return rest.allSatisfy { numeric.contains($0) || isBased && basedDigits.contains($0) }
    }

    // MARK: - Signs

    private static let space = UInt8(ascii: " ")
    private static let brackets = Set("[{".utf8)
    private static let ends = Set(",[]{}".utf8)
    private static let indicators = Set("?:,[]{}#&*!|>'\"%@`".utf8)
    private static let numeric = Set("0123456789_:.+-eEtTzZ ".utf8)
    private static let basedDigits = Set("xXoOabcdefABCDEF".utf8)
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "0"): 0, UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9,
        UInt8(ascii: "n"): 10, UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
        UInt8(ascii: "e"): 27, UInt8(ascii: " "): 32, UInt8(ascii: "\""): 34, UInt8(ascii: "/"): 47,
        UInt8(ascii: "\\"): 92,
    ]

    private static func isQuote(_ byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 }

    /// Where a comment begins, or the end.
    private static func commentStart(_ text: [UInt8]) -> Int {
        text.indices.first { $0 > 0 && text[$0] == UInt8(ascii: "#") && text[$0 - 1] == space } ?? text.count
    }

    /// Whether there is a colon that ends a key.
    private func isColon(_ text: [UInt8], _ place: Int) -> Bool {
        text[place] == UInt8(ascii: ":") && (place + 1 == text.count || text[place + 1] == YAMLScalars.space)
    }
}
