/// Reads a document line by line: what is indented further belongs to what is above it.
struct YAMLParser {
    private struct Line {
        var number: Int
        var indent: Int
        /// What is behind the indentation, without the end of the line. Never empty, and no mere comment.
        var text: [UInt8]
    }

    private var lines: [Line] = []
    private var place = 0
    private var scalars: YAMLScalars

    private static let dash = UInt8(ascii: "-"), space = UInt8(ascii: " "), hash = UInt8(ascii: "#")

    init(_ bytes: [UInt8], _ limits: JSON.Limits) throws(YAMLError) {
        scalars = YAMLScalars(limits)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw YAMLError("the text is not UTF-8", line: 1)
        }
        var number = 0
        for var text in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            if text.last == 0x0D { text = text.dropLast() }
            if number == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
            let content = text.drop { $0 == YAMLParser.space }
            guard let first = content.first, first != YAMLParser.hash else { continue }
            guard first != 0x09 else {
                throw YAMLError("a line begins with a tab: indent with spaces", line: number)
            }
            let indent = text.count - content.count
            if indent == 0 {
                if content.starts(with: "%".utf8) {
                    throw YAMLError("directives ('%…') are not read", line: number)
                }
                if YAMLParser.isMark("---", content) {
                    guard lines.isEmpty, YAMLScalars.isRest(content.dropFirst(3)) else {
                        throw YAMLError(
                            "one document is read, and '---' stands alone before it", line: number)
                    }
                    continue
                }
                if YAMLParser.isMark("...", content) {
                    throw YAMLError("one document is read, which ends with the file", line: number)
                }
            }
            lines.append(Line(number: number, indent: indent, text: Array(content)))
        }
        if let wrong = YAMLParser.unprintable(in: text) {
            throw YAMLError("a character U+\(Hex.code(wrong.scalar)) is not allowed", line: wrong.line)
        }
    }

    mutating func document() throws(YAMLError) -> Value {
        guard !lines.isEmpty else { return .null }
        let value = try block(0)
        if place < lines.count { throw misplaced(lines[place]) }
        return value
    }

    // MARK: - Private

    /// What begins at the current line.
    private mutating func block(_ depth: Int) throws(YAMLError) -> Value {
        let line = lines[place]
        try scalars.enter(depth, line: line.number)
        if YAMLParser.isEntry(line.text) { return try list(line.indent, depth) }
        if try scalars.key(in: line.text, line: line.number) != nil { return try map(line.indent, depth) }
        let value = try scalars.value(line.text, line: line.number, depth)
        place += 1
        if place < lines.count, lines[place].indent > line.indent { throw misplaced(lines[place]) }
        return value
    }

    private mutating func list(_ indent: Int, _ depth: Int) throws(YAMLError) -> Value {
        var elements: [Value] = []
        while place < lines.count, lines[place].indent == indent, YAMLParser.isEntry(lines[place].text) {
            let line = lines[place]
            let rest = line.text.dropFirst().drop { $0 == YAMLParser.space }
            if YAMLScalars.isRest(line.text.dropFirst()) {
                place += 1
                elements.append(try isInner(indent) ? block(depth + 1) : .null)
            } else {
                let offset = line.text.count - rest.count
                lines[place] = Line(number: line.number, indent: indent + offset, text: Array(rest))
                elements.append(try block(depth + 1))
            }
            try scalars.count(line: line.number)
        }
        try checkEnd(of: indent)
        return .array(elements)
    }

    private mutating func map(_ indent: Int, _ depth: Int) throws(YAMLError) -> Value {
        var document = Document()
        while place < lines.count, lines[place].indent == indent {
            let line = lines[place]
            guard !YAMLParser.isEntry(line.text),
                let (key, end) = try scalars.key(in: line.text, line: line.number)
            else { throw misplaced(line) }
            guard document.index(of: key) == nil else {
                throw YAMLError("'\(key.prefix(100))' comes twice", line: line.number)
            }
            let rest = line.text[end...]
            let value: Value
            if YAMLScalars.isRest(rest) {
                place += 1
                if isInner(indent) {
                    value = try block(depth + 1)
                } else if place < lines.count, lines[place].indent == indent,
                    YAMLParser.isEntry(lines[place].text)
                {
                    // A list may stand below its key without being indented.
                    try scalars.enter(depth + 1, line: line.number)
                    value = try list(indent, depth + 1)
                } else {
                    value = .null
                }
            } else {
                value = try scalars.value(
                    Array(rest.drop { $0 == YAMLParser.space }), line: line.number, depth + 1)
                place += 1
            }
            document.append(key, value)
            try scalars.count(line: line.number)
            if place < lines.count, lines[place].indent > indent { throw misplaced(lines[place]) }
        }
        return .object(document)
    }

    private func isInner(_ indent: Int) -> Bool { place < lines.count && lines[place].indent > indent }

    private func checkEnd(of indent: Int) throws(YAMLError) {
        if place < lines.count, lines[place].indent > indent { throw misplaced(lines[place]) }
    }

    private func misplaced(_ line: Line) -> YAMLError {
        YAMLError(
            "'\(String(decoding: line.text.prefix(40), as: UTF8.self))' belongs to nothing above it: lines of "
                + "one map or list are indented alike, and a text ends on its line", line: line.number)
    }

    private static func isEntry(_ text: [UInt8]) -> Bool {
        text[0] == dash && (text.count == 1 || text[1] == space)
    }

    private static func isMark(_ mark: String, _ text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: mark.utf8) else { return false }
        return text.dropFirst(3).first.map { $0 == space || $0 == 0x09 } ?? true
    }

    /// The first character that YAML does not allow, or takes for the end of a line.
    private static func unprintable(in text: String) -> (scalar: Unicode.Scalar, line: Int)? {
        var line = 1
        var before: Unicode.Scalar?
        for (place, scalar) in text.unicodeScalars.enumerated() {
            defer { before = scalar }
            // A carriage return is part of the line's end that follows.
            if before == "\r", scalar != "\n" { return ("\r", line) }
            switch scalar.value {
            case 0x0A: line += 1
            case 0x09, 0x0D, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
                0x10000...0x10FFFF:
                break
            case 0xFEFF where place == 0: break
            default: return (scalar, line)
            }
        }
        return before == "\r" ? ("\r", line) : nil
    }
}

extension Hex {
    /// At least four digits.
    fileprivate static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
