/// The recursive reader behind ``JSON/parse(_:limits:)-([UInt8],_)``. Its depth is bounded by `limits`.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSON.Limits
    private var place = 0
    private var depth = 0
    private var valueCount = 0

    init(bytes: [UInt8], limits: JSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(JSONError) -> Value {
        let value = try parseValue()
        skipSpace()
        guard place == bytes.count else { throw error("unexpected text after the value") }
        return value
    }

    // MARK: - Private

    private func error(_ message: String) -> JSONError { JSONError(message, position: place) }

    private mutating func skipSpace() {
        while place < bytes.count {
            switch bytes[place] {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws(JSONError) -> Value {
        skipSpace()
        guard place < bytes.count else { throw error("the text ends where a value should be") }
        valueCount += 1
        guard valueCount <= limits.valueCount else {
            throw JSONError(
                "the text has more than \(limits.valueCount) values, which is the limit", position: place,
                code: .limitExceeded)
        }
        switch bytes[place] {
        case UInt8(ascii: "{"): return try parseObject()
        case UInt8(ascii: "["): return try parseArray()
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parseWord("true", .boolean(true))
        case UInt8(ascii: "f"): return try parseWord("false", .boolean(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try parseNumber()
        default: throw error("unexpected character \(shown(bytes[place]))")
        }
    }

    private func shown(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "0x" + Hex.encode([byte])
    }

    private mutating func parseWord(_ word: StaticString, _ value: Value) throws(JSONError) -> Value {
        let count = word.utf8CodeUnitCount
        guard place + count <= bytes.count else { throw error("unknown word") }
        for index in 0..<count where bytes[place + index] != word.utf8Start[index] {
            throw error("unknown word")
        }
        place += count
        return value
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= limits.depth else {
            throw JSONError(
                "arrays and objects are nested deeper than \(limits.depth)", position: place,
                code: .limitExceeded)
        }
    }

    private mutating func parseObject() throws(JSONError) -> Value {
        try enter()
        defer { depth -= 1 }
        place += 1
        var members: [(String, Value)] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(Document()) }
        while true {
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                throw error("a key must be a string")
            }
            let key = try parseString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("':' is missing after a key") }
            members.append((key, try parseValue()))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("',' or '}' is missing in an object") }
            return .object(Document(members))
        }
    }

    private mutating func parseArray() throws(JSONError) -> Value {
        try enter()
        defer { depth -= 1 }
        place += 1
        var elements: [Value] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try parseValue())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("',' or ']' is missing in an array") }
            return .array(elements)
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    private mutating func parseNumber() throws(JSONError) -> Value {
        let start = place
        _ = take(UInt8(ascii: "-"))
        let integerStart = place
        skipDigits()
        guard place > integerStart else { throw error("a digit is missing") }
        if bytes[integerStart] == UInt8(ascii: "0"), place > integerStart + 1 {
            throw error("a number may not begin with 0")
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            let digits = place
            skipDigits()
            guard place > digits else { throw error("a digit is missing after the point") }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            place += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            let digits = place
            skipDigits()
            guard place > digits else { throw error("a digit is missing in the exponent") }
        }
        if isInteger, let integer = integer(in: start..<place) { return .integer(integer) }
        guard let float = Double(String(decoding: bytes[start..<place], as: UTF8.self)), float.isFinite else {
            throw JSONError("the number is out of range", position: start)
        }
        return .float(float)
    }

    private mutating func skipDigits() {
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
    }

    private func integer(in range: Range<Int>) -> Int64? {
        var rest = bytes[range]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        var number: Int64 = 0
        for byte in rest {
            let (scaled, overflow) = number.multipliedReportingOverflow(by: 10)
            let digit = Int64(byte - 0x30)
            let (next, overflow2) =
                isNegative
                ? scaled.subtractingReportingOverflow(digit) : scaled.addingReportingOverflow(digit)
            if overflow || overflow2 { return nil }
            number = next
        }
        return number
    }

    private mutating func parseString() throws(JSONError) -> String {
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\\"),
            bytes[place] >= 0x20
        {
            place += 1
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            defer { place += 1 }
            return try text(bytes[start..<place], at: start)
        }
        return try parseEscapedString(from: start)
    }

    private func text(_ utf8: some Collection<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw JSONError("the string is not UTF-8", position: start)
        }
        return text
    }

    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var buffer = Array(bytes[start..<place])
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                place += 1
                return try text(buffer, at: start)
            case UInt8(ascii: "\\"):
                place += 1
                try parseEscape(into: &buffer)
            case 0..<0x20:
                throw error("a control character must be escaped")
            default:
                buffer.append(byte)
                place += 1
            }
        }
        throw JSONError("the string does not end", position: start - 1)
    }

    private mutating func parseEscape(into buffer: inout [UInt8]) throws(JSONError) {
        guard place < bytes.count else { throw error("the string does not end") }
        let escape = bytes[place]
        place += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try parseHex4()
            if (0xD800...0xDBFF).contains(scalar) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw error("half of a surrogate pair")
                }
                let low = try parseHex4()
                guard (0xDC00...0xDFFF).contains(low) else { throw error("half of a surrogate pair") }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw error("half of a surrogate pair") }
            buffer.append(contentsOf: UTF8.encode(unicode)!)
        default: throw error("unknown escape")
        }
    }

    private mutating func parseHex4() throws(JSONError) -> UInt32 {
        guard place + 4 <= bytes.count,
            let pair = Hex.decode(String(decoding: bytes[place..<place + 4], as: UTF8.self))
        else {
            throw error("four hexadecimal digits are missing")
        }
        place += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }
}
