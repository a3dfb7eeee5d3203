import Base
import Testing

@Suite struct ValueTests {
    @Test func `a value is read as what it is`() {
        #expect(Value.string("a").stringValue == "a" && Value.null.stringValue == nil)
        #expect(
            Value.float(3).integerValue == 3 && Value.float(3.5).integerValue == nil
                && Value.integer(7).integerValue == 7)
        #expect(
            Value.float(.nan).integerValue == nil && Value.float(1e300).integerValue == nil
                && Value.boolean(true).integerValue == nil)
        #expect(
            Value.integer(2).floatValue == 2 && Value.float(0.5).floatValue == 0.5
                && Value.string("1").floatValue == nil)
        #expect(Value.boolean(true).booleanValue == true && Value.integer(1).booleanValue == nil)
        #expect(([1, 2] as Value).arrayValue == [1, 2] && (["a": 1] as Value).objectValue == ["a": 1])
        #expect(Value.null.isNull && !Value.integer(0).isNull)
    }

    @Test func `values are equal when kind and content are`() {
        #expect(
            Value.integer(1) != .float(1) && Value.integer(1) != .boolean(true) && Value.null != .string(""))
        #expect(Value.float(0) == .float(-0.0))
        #expect((["a": 1, "b": 2] as Value) != ["b": 2, "a": 1])
        #expect(([1, 2] as Value) != [2, 1])
    }

    @Test func `a NaN is equal to itself, so that a set finds it`() {
        #expect(Value.float(.nan) == .float(-.nan))
        #expect(Set([Value.float(.nan), .float(.nan)]).count == 1)
        #expect(([.float(.nan)] as Value) == [.float(.nan)])
    }

    @Test func `strings that Unicode calls equivalent are two values`() {
        let composed = Value.string("\u{E9}"), decomposed = Value.string("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        // Canonically equivalent, of one length, in two orders.
        #expect(Value.string("a\u{323}\u{307}") != .string("a\u{307}\u{323}"))
    }

    @Test("equal values have equal hashes", arguments: [51, 52])
    func hashes(seed: UInt64) throws {
        var generator = JSONGenerator(seed: seed)
        for _ in 0..<300 {
            let value = generator.value(depth: 3)
            #expect(value.hashValue == (try JSON.parse(value.json)).hashValue, "seed \(seed): \(value.json)")
        }
        #expect(Value.float(0).hashValue == Value.float(-0.0).hashValue)
    }
}

@Suite struct DocumentTests {
    @Test func `members keep their order through every change`() {
        var document: Document = ["b": 1, "a": 2]
        document["c"] = 3
        document["b"] = 4
        #expect(document.keys == ["b", "a", "c"] && document.count == 3 && document["b"] == 4)
        document["a"] = nil
        document["x"] = nil
        #expect(document.keys == ["b", "c"] && document["a"] == nil && !document.isEmpty)
        document.append("d", .null)
        #expect(document["d"] == .null && document.index(of: "d") == 2 && document.index(of: "z") == nil)
        #expect(document.json == #"{"b":4,"c":3,"d":null}"#)
    }

    @Test func `an assignment by an equivalent key makes a new member`() {
        var document: Document = ["\u{E9}": 1]
        document["e\u{301}"] = 2
        #expect(document.count == 2 && document["\u{E9}"] == 1)
    }
}

@Suite struct StringBytesTests {
    @Test(
        "bytes are compared as numbers",
        arguments: [
            ("", "", 0), ("", "a", -1), ("a", "", 1), ("a", "b", -1), ("ab", "a", 1), ("Z", "a", -1),
            ("a", "é", -1), ("\u{FFFF}", "\u{10000}", -1),
            ("e\u{301}", "\u{E9}", -1), ("0123456789abcdefg", "0123456789abcdefh", -1),
            ("0123456789abcdefg", "0123456789abcdefg", 0),
        ])
    func order(left: String, right: String, expected: Int) {
        #expect(left.compareBytes(to: right).signum() == expected)
        #expect(right.compareBytes(to: left).signum() == -expected)
        #expect(left.hasSameBytes(as: right) == (expected == 0))
        #expect(Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8)) == (expected < 0))
    }
}
