import Base
import TestSupport
import Testing

@Suite(.onOwnThreads) struct JSONTests {
    @Test(
        "RFC 8259's values are read",
        arguments: [
            ("null", .null), ("true", true), (" false\n", false), ("0", 0), ("-0", 0), ("-17", -17),
            ("1.5", 1.5),
            ("1.0", 1.0), ("1e2", 100.0), ("1E+2", 100.0), ("12.5e-1", 1.25),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .float(0x1p63)),
            ("1e-400", 0.0), (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u00e9\u0000""#, "é\0"),
            (#""\ud83d\uDE00""#, "😀"), ("[]", []), ("[1, [2], {}]", [1, [2], [:]]),
            (#"{"a" : 1, "b": {"c": null}}"#, ["a": 1, "b": ["c": .null]]),
            ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
        ] as [(String, Value)])
    func accepted(text: String, expected: Value) throws {
        #expect(try JSON.parse(text) == expected)
    }

    @Test(
        "what RFC 8259 does not allow is refused, with its position",
        arguments: [
            ("", 0), (" ", 1), ("nul", 0), ("nulL", 0), ("True", 0), ("NaN", 0), ("Infinity", 0),
            ("-Infinity", 1), ("-", 1),
            ("01", 2), ("-01", 3), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("+1", 0), ("0x10", 1),
            ("1e400", 0),
            ("\"", 0), ("\"abc", 0), ("\"a\nb\"", 2), ("\"\\x\"", 3), ("\"\\u12g4\"", 3), ("\"\\u12", 3),
            ("\"\\ud800\"", 7),
            ("\"\\ud800\\n\"", 8), ("\"\\udc00\"", 7), ("\"\\ud800\\ud800\"", 13), ("[", 1), ("[1", 2),
            ("[1,", 3), ("[1,]", 3),
            ("[,1]", 1), ("[1 2]", 3), ("{", 1), ("{1:2}", 1), ("{\"a\"}", 4), ("{\"a\":}", 5),
            ("{\"a\":1,}", 7),
            ("{\"a\":1 \"b\":2}", 7), ("{a:1}", 1), ("1 2", 2), ("[] []", 3), ("'a'", 0), ("/**/1", 0),
            ("\u{FEFF}1", 0),
            ("\u{A0}1", 0), ("\u{C}1", 0),
        ])
    func refused(text: String, position: Int) {
        let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
        #expect(error?.code == .malformed)
        #expect(error?.position == position, "\(error?.description ?? "")")
    }

    @Test(
        "bytes that are no UTF-8 are refused within a string",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func malformedUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSON.parse([0x22] + bytes + [0x22]) }
        #expect(throws: JSONError.self) { try JSON.parse([0x22, 0x5C, 0x6E] + bytes + [0x22]) }
    }

    @Test func `of a key that comes twice the last value counts, in the place of the first`() throws {
        #expect(try JSON.parse(#"{"a":1,"b":2,"a":3}"#) == ["a": 3, "b": 2])
        let many = (0..<40).map { #""k\#($0 % 20)":\#($0)"# }.joined(separator: ",")
        let value = try JSON.parse("{\(many)}")
        #expect(value.objectValue?.keys == (0..<20).map { "k\($0)" })
        #expect(value.objectValue?["k3"] == 23)
    }

    @Test("keys that Unicode calls equivalent are two keys", arguments: [2, 40])
    func equivalentKeys(count: Int) throws {
        let composed = "\u{E9}", decomposed = "e\u{301}"
        let filler = (2..<count).map { ",\"f\($0)\":0" }.joined()
        let document = try #require(
            JSON.parse(#"{"\#(composed)":1,"\#(decomposed)":2\#(filler)}"#).objectValue)
        #expect(document.count == count)
        #expect(document[composed] == 1)
        #expect(document[decomposed] == 2)
    }

    @Test func `a text above the byte limit is refused before it is read`() {
        let limits = JSON.Limits(byteCount: 4)
        #expect(throws: Never.self) { try JSON.parse("1234", limits: limits) }
        let error = #expect(throws: JSONError.self) { try JSON.parse("{{{{{", limits: limits) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.position == 0)
    }

    @Test(
        "values are counted, those within others too, and one too many is refused where it stands",
        arguments: [("[1,2,[]]", 4, 5), (#"{"a":{"b":[null]}}"#, 4, 11), ("7", 1, 0)])
    func values(text: String, count: Int, place: Int) {
        #expect(throws: Never.self) { try JSON.parse(text, limits: JSON.Limits(valueCount: count)) }
        let error = #expect(throws: JSONError.self) {
            try JSON.parse(text, limits: JSON.Limits(valueCount: count - 1))
        }
        #expect(error?.code == .limitExceeded)
        #expect(error?.position == place)
    }

    @Test(
        "nesting is limited, and a hundred thousand brackets are an error, not a crash",
        arguments: ["[", "{\"a\":"])
    func depth(opening: String) throws {
        let closing = opening == "[" ? "]" : "}"
        let within = String(repeating: opening, count: 8) + "1" + String(repeating: closing, count: 8)
        #expect(throws: Never.self) { try JSON.parse(within, limits: JSON.Limits(depth: 8)) }
        let error = #expect(throws: JSONError.self) { try JSON.parse(within, limits: JSON.Limits(depth: 7)) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.position == 7 * opening.utf8.count)
        let deep = #expect(throws: JSONError.self) {
            try JSON.parse(String(repeating: opening, count: 100_000))
        }
        #expect(deep?.code == .limitExceeded)
    }

    @Test(
        "text is written minimally and escaped as RFC 8259 demands",
        arguments: [
            (.null, "null"), (true, "true"), (-5, "-5"), (.integer(.min), "-9223372036854775808"), (0, "0"),
            (1.0, "1.0"),
            (0.1, "0.1"), (1e300, "1e+300"), (.float(-0.0), "-0.0"), (.float(.nan), "null"),
            (.float(.infinity), "null"),
            ("a\"\\/\n\r\t\u{8}\u{C}\u{1}é😀\u{7F}", "\"a\\\"\\\\/\\n\\r\\t\\b\\f\\u0001é😀\u{7F}\""),
            ([1, [], [:], ["a": .null, "b": [2]]], "[1,[],{},{\"a\":null,\"b\":[2]}]"),
            (.dateTime(DateTime(microseconds: 0)), "\"1970-01-01T00:00:00Z\""),
        ] as [(Value, String)])
    func written(value: Value, expected: String) {
        #expect(value.json == expected)
    }

    @Test func `the writer gives out its bytes and starts again`() {
        var writer = JSONWriter(capacity: 16)
        writer.raw("[")
        writer.write(7 as Int64)
        writer.raw(Array(",true]".utf8))
        #expect(writer.take() == Array("[7,true]".utf8))
        #expect(writer.bytes.isEmpty)
    }

    @Test("what is written reads back as the same value", arguments: [1, 2, 3, 4])
    func roundTrip(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for round in 0..<500 {
            let value = generator.value(depth: 4)
            let back = try JSON.parse(value.json)
            #expect(back == value, "seed \(seed), round \(round): \(value.json)")
        }
    }

    @Test("every float survives writing and reading, bit for bit", arguments: [7, 8])
    func floats(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let back = try JSON.parse(Value.float(number).json)
            #expect(back.floatValue?.bitPattern == number.bitPattern, "seed \(seed): \(number)")
        }
    }

    @Test("random and mutated bytes are read or refused, never a crash", arguments: [11, 12, 13])
    func fuzz(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<3_000 {
            let bytes = generator.mutated(Array(generator.value(depth: 4).json.utf8))
            do throws(JSONError) {
                let value = try JSON.parse(bytes)
                #expect(try JSON.parse(value.json) == value, "seed \(seed): \(Hex.encode(bytes))")
            } catch {
                #expect((0...bytes.count).contains(error.position), "seed \(seed): \(Hex.encode(bytes))")
            }
        }
    }
}

@Suite(.onOwnThreads) struct JSONOracleTests {
    @Test(
        "valid and mutated texts mean to us what they mean to Python",
        .enabled(if: PythonOracle.isAvailable, "no Python at .venv or FOVEA_ORACLE_PYTHON"),
        arguments: [21, 22])
    func python(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        var texts = JSONGenerator.corners.map { Array($0.utf8) }
        for round in 0..<3_000 {
            let text = Array(generator.value(depth: 4).json.utf8)
            texts.append(round % 3 == 0 ? text : generator.mutated(text))
        }
        let answers = try PythonOracle.answers(of: "json_oracle.py", to: texts.map { Hex.encode($0) })
        try #require(answers.count == texts.count)
        var refusedCount = 0
        for (text, answer) in zip(texts, answers) {
            var ours = "refused"
            // Being refused is an answer here.
            if let value = try? JSON.parse(text) { ours = JSONOracleTests.shown(value) }
            #expect(
                ours == answer, "seed \(seed): \(String(decoding: text, as: UTF8.self)) = \(Hex.encode(text))"
            )
            refusedCount += answer == "refused" ? 1 : 0
        }
        #expect(refusedCount > 500)
        #expect(refusedCount < 2_500)
    }

    /// As the oracle writes values.
    private static func shown(_ value: Value) -> String {
        switch value {
        case .null: "n"
        case .boolean(let flag): flag ? "b1" : "b0"
        case .integer(let number): "i\(number)"
        case .float(let number):
            "f"
                + Hex.encode(
                    (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (56 - 8 * UInt64($0))) })
        case .string(let text): "s" + Hex.encode(text.utf8)
        case .dateTime(let time): "d\(time.microseconds)"
        case .array(let elements): "[" + elements.map(shown).joined(separator: ",") + "]"
        case .object(let document):
            "{"
                + document.members.map { Hex.encode($0.key.utf8) + ":" + shown($0.value) }.joined(
                    separator: ",") + "}"
        }
    }
}

/// Random values, and damage to their text.
struct JSONGenerator {
    private var random: SeededGenerator

    static let corners = [
        "1e5", "1E5", "1e-5", "0.1e1", "-0", "-0.0", "1e308", "1.7976931348623157e308",
        "1.7976931348623159e308", "5e-324",
        "2e-324", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        "123456789012345678901234567890", "[1,2", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"",
        "{\"a\":1,\"a\":2}",
        " [ 1 , 2 ] ", "\t1\r\n", "", "[[]]", "\"\u{10FFFF}\"", "0.30000000000000004", "1.0",
        "100000000000000000000.0",
        "{\"\":{\"\":[]}}", "true false", "tru", "nulll", "[true,false,null]", "-", "--1", "1-", "1e1.5",
        "\u{FEFF}[]",
    ]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func value(depth: Int) -> Value {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .boolean(random.chance(0.5))
        case 2:
            return .integer(
                Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))
        case 3: return .float(Double(Int.random(in: -1_000...1_000, using: &random)) / 8)
        case 4:
            let number = Double(bitPattern: random.next())
            return .float(number.isFinite ? number : 0)
        case 5: return .string(text())
        case 6, 7:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in value(depth: depth - 1) })
        default:
            let count = Int.random(in: 0...5, using: &random)
            return .object(Document((0..<count).map { _ in (text(), value(depth: depth - 1)) }))
        }
    }

    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(random.pick(Array("{}[]\",:0123456789.eE+-\\u \ntfn".utf8)), at: place)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 2: if place < bytes.count { bytes.remove(at: place) }
            case 3: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }

    private mutating func text() -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "\n", "\u{1}", "/", "é", "e", "\u{301}", "😀", "\u{FFFF}", " ", "0",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &random) { text.append(random.pick(alphabet)) }
        return String(text)
    }
}
