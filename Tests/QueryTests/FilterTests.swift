import Base
import Query
import Testing

@Suite struct FilterTests {
    // MARK: - What a filter becomes

    @Test(
        "operators are resolved, negations explicit, lists flat",
        arguments: [
            ("{}", .all),
            (#"{"a": 1}"#, .field(FieldPath("a"), .equal(1))),
            (
                #"{"a.b": {"$gt": 1, "$lte": 5}}"#,
                .and([.field(FieldPath("a.b"), .greater(1)), .field(FieldPath("a.b"), .lessOrEqual(5))])
            ),
            (#"{"a": {"$ne": 1}}"#, .not(.field(FieldPath("a"), .equal(1)))),
            (#"{"a": {"$exists": false}}"#, .not(.field(FieldPath("a"), .exists))),
            (
                #"{"a": {"$nin": [2, 1, 2.0]}}"#,
                .not(.field(FieldPath("a"), .among(ValueList([1, 2]), patterns: [])))
            ),
            (#"{"a": {"$not": {"$size": 2}}}"#, .not(.field(FieldPath("a"), .size(2)))),
            (
                #"{"$and": [{"a": 1}, {"b": 2, "$and": [{"c": 3}]}, {}]}"#,
                .and([
                    .field(FieldPath("a"), .equal(1)), .field(FieldPath("b"), .equal(2)),
                    .field(FieldPath("c"), .equal(3)),
                ])
            ),
            (
                #"{"$or": [{"$or": [{"a": 1}, {"b": 2}]}, {"c": 3}]}"#,
                .or([
                    .field(FieldPath("a"), .equal(1)), .field(FieldPath("b"), .equal(2)),
                    .field(FieldPath("c"), .equal(3)),
                ])
            ),
            (#"{"$or": [{"a": 1}]}"#, .field(FieldPath("a"), .equal(1))),
            (#"{"$nor": [{"a": 1}]}"#, .not(.field(FieldPath("a"), .equal(1)))),
            (
                #"{"$nor": [{"a": 1}, {"b": 2}]}"#,
                .nor([.field(FieldPath("a"), .equal(1)), .field(FieldPath("b"), .equal(2))])
            ),
            (#"{"a": {"$mod": [4, -1.5]}}"#, .field(FieldPath("a"), .modulo(divisor: 4, remainder: -1))),
            (
                #"{"a": {"$type": ["number", 2]}}"#,
                .field(FieldPath("a"), .type([.double, .int, .long, .string]))
            ),
            (
                #"{"a": {"$elemMatch": {"$gt": 1}}}"#,
                .field(FieldPath("a"), .elementMatchesValue(.field(.element, .greater(1))))
            ),
            (
                #"{"a": {"$elemMatch": {"b": 1}}}"#,
                .field(FieldPath("a"), .elementMatchesDocument(.field(FieldPath("b"), .equal(1))))
            ),
            (
                #"{"a": {"$all": [1, {"$regex": "x"}]}}"#,
                .field(FieldPath("a"), .all([.equal(1), .matches(try! Pattern("x"))]))
            ),  // A literal.
        ] as [(String, Filter)])
    func parsed(text: String, expected: Filter) throws {
        let filter = try Filter.parse(text)
        #expect(filter == expected)
        #expect(try Filter.parse(Array(text.utf8)) == expected)
        #expect(try Filter.parse(JSON.parse(text)) == expected)
        #expect(try Filter.parse(filter.text) == expected)
    }

    @Test(
        "the text is the plainest that says it",
        arguments: [
            (#"{ "a" : {"$eq": 1} }"#, #"{"a":1}"#),
            (#"{"$and": [{"a": 1}, {"b": {"$gte": 2.5}}]}"#, #"{"a":1,"b":{"$gte":2.5}}"#),
            (#"{"$and": [{"a": {"$gt": 1}}, {"a": {"$lt": 5}}]}"#, #"{"a":{"$gt":1,"$lt":5}}"#),
            (
                #"{"$and": [{"a": {"$gt": 1}}, {"a": {"$gt": 5}}]}"#,
                #"{"$and":[{"a":{"$gt":1}},{"a":{"$gt":5}}]}"#
            ),
            (
                #"{"a": 1, "$or": [{"b": 1}, {"b": {"$exists": 0}}]}"#,
                #"{"a":1,"$or":[{"b":1},{"b":{"$exists":false}}]}"#
            ),
            (#"{"a": {"$in": [3, "x", 1, 1.0, null]}}"#, #"{"a":{"$in":[null,1,3,"x"]}}"#),
            (#"{"a": {"$regex": "x", "$options": "usi"}}"#, #"{"a":{"$regex":"x","$options":"is"}}"#),
            (#"{"a": {"$date": 0}}"#, #"{"a":{"$date":"1970-01-01T00:00:00Z"}}"#),
            (#"{"a": {"$not": {"$gt": 1, "$lt": 5}}}"#, #"{"a":{"$not":{"$gt":1,"$lt":5}}}"#),
            (#"{"$nor": [{"a": 1, "b": 2}]}"#, #"{"$nor":[{"a":1,"b":2}]}"#),
            (
                #"{"a": {"$elemMatch": {"$ne": 1, "$not": {"$eq": 2}}}}"#,
                #"{"a":{"$elemMatch":{"$ne":1,"$not":{"$eq":2}}}}"#
            ),
            (
                #"{"a": {"$exists": true, "$not": {"$exists": true}}}"#,
                #"{"a":{"$exists":true,"$not":{"$exists":true}}}"#
            ),
            (#"{"a": {"$type": [1, 16, "long", "string"]}}"#, #"{"a":{"$type":["number","string"]}}"#),
            (#"{"a": {"$numberDouble": "NaN"}}"#, #"{"a":{"$numberDouble":"NaN"}}"#),
            (#"{"$comment": "x"}"#, "{}"),
        ])
    func text(text: String, expected: String) throws {
        let filter = try Filter.parse(text)
        #expect(filter.text == expected)
        #expect("\(filter)" == expected)
        #expect(try Filter.parse(expected) == filter)
    }

    @Test func `the paths are those of the conditions, each once`() throws {
        let filter = try Filter.parse(
            #"{"b.c": 1, "$or": [{"a": 1}, {"b.c": 2, "$nor": [{"d": 1}]}], "e": {"$elemMatch": {"f": 1}}}"#)
        #expect(filter.paths.map(\.text) == ["b.c", "a", "d", "e"])
        #expect(filter.paths.map(\.root) == ["b", "a", "d", "e"])
    }

    @Test func `a predicate decides one candidate by itself`() throws {
        #expect(Predicate.greater(1).accepts(2) && !Predicate.greater(1).accepts("2"))
        #expect(!Predicate.greater(1).accepts(.none))
        #expect(Predicate.equal(.null).accepts(.none) && Predicate.equal(.null).accepts(.some(.null)))
        #expect(!Predicate.exists.accepts(.none) && Predicate.exists.accepts(.some(.null)))
        #expect(Predicate.all([.equal(1), .greater(0)]).accepts(1) && !Predicate.all([]).accepts(1))
        #expect(try Predicate.among(ValueList([1]), patterns: [Pattern("^x")]).accepts("xy"))
        #expect(Predicate.size(1).takesWholeArrays && !Predicate.equal(1).takesWholeArrays)
    }

    @Test func `a path is its names`() {
        #expect(FieldPath("a.0.b").components == ["a", "0", "b"])
        #expect(
            FieldPath("").components == [""] && FieldPath("a.").components == ["a", ""]
                && FieldPath(".").components == ["", ""])
        #expect(FieldPath.element.components.isEmpty && FieldPath.element != FieldPath(""))
        #expect(FieldPath("\u{E9}") != FieldPath("e\u{301}"))
    }

    // MARK: - Values that JSON has no spelling of

    @Test(
        "dates are compared by their instant",
        arguments: [
            (#"{"t": {"$date": "2024-05-06T07:08:09Z"}}"#, true),
            (#"{"t": {"_date": "2024-05-06T09:08:09+02:00"}}"#, true),
            (#"{"t": {"$date": 1714979289000}}"#, true),
            (#"{"t": {"$date": {"$numberLong": "1714979289000"}}}"#, true),
            (#"{"t": {"$date": 1.714979289e12}}"#, true), (#"{"t": {"$gt": {"$date": "2024-05-06"}}}"#, true),
            (#"{"t": {"$lt": {"_date": "2024-05-06"}}}"#, false),
            (#"{"t": {"$in": [{"$date": "2024-05-06T07:08:09"}]}}"#, true),
            (#"{"t": {"$type": "date"}}"#, true), (#"{"t": {"$gt": "2024"}}"#, false),
            (#"{"t": {"$gt": 0}}"#, false),
            (#"{"t": "2024-05-06T07:08:09Z"}"#, false),
            (#"{"t": {"$not": {"$gt": {"$date": "2024-05-06"}}}}"#, false),
        ])
    func dates(text: String, expected: Bool) throws {
        let time = try #require(DateTime(iso8601: "2024-05-06T03:08:09-04:00"))
        let filter = try Filter.parse(text)
        #expect(filter.matches(["t": .dateTime(time)]) == expected)
        #expect(filter.matches(["t": [.dateTime(time), true]]) == expected)
        #expect(try Filter.parse(filter.text) == filter)
    }

    @Test(
        "what is no date of the years 1 to 9999 is refused",
        arguments: [
            #"{"$date": "soon"}"#, #"{"$date": null}"#, #"{"$date": {}}"#, #"{"$date": 1.5}"#,
            #"{"$date": 9223372036854775807}"#,
            #"{"$date": 253402300800000}"#, #"{"$date": -62135596800001}"#, #"{"$date": {"$date": 1}}"#,
            #"{"_date": []}"#,
            #"{"$date": {"$numberLong": "x"}}"#, #"{"$date": true}"#,
        ])
    func noDates(literal: String) throws {
        let error = #expect(throws: FilterError.self) { try Filter.parse(#"{"a": {"$gt": \#(literal)}}"#) }
        #expect(error?.code == .invalidOperand)
        #expect(error?.path.hasPrefix("a.$gt.") == true, "\(error?.path ?? "")")
        #expect(throws: FilterError.self) { try Filter.parse(["a": .dateTime(DateTime(microseconds: .max))]) }
    }

    @Test(
        "Extended JSON's numbers are numbers",
        arguments: [
            (#"{"$numberInt": "5"}"#, 5),
            (#"{"$numberLong": "9007199254740993"}"#, .integer(9_007_199_254_740_993)),
            (#"{"$numberDouble": "5.0"}"#, 5.0), (#"{"$numberDouble": "-1e3"}"#, -1000.0),
            (#"{"$numberDouble": "Infinity"}"#, .float(.infinity)),
            (#"{"$numberDouble": "-Infinity"}"#, .float(-.infinity)),
            (#"{"$numberDouble": "NaN"}"#, .float(.nan)),
        ] as [(String, Value)])
    func numbers(literal: String, value: Value) throws {
        let filter = try Filter.parse(#"{"a": \#(literal)}"#)
        #expect(filter == .field(FieldPath("a"), .equal(value)))
        #expect(try Filter.parse(filter.text) == filter)
        #expect(filter.matches(["a": value]))
    }

    @Test(
        "what is none of Extended JSON's numbers is refused",
        arguments: [
            #"{"$numberInt": "3000000000"}"#, #"{"$numberInt": 5}"#,
            #"{"$numberLong": "9223372036854775808"}"#, #"{"$numberLong": ""}"#,
            #"{"$numberDouble": "nan"}"#, #"{"$numberDouble": "0x1p3"}"#, #"{"$numberDouble": "1e400"}"#,
            #"{"$numberDouble": 1}"#,
        ])
    func noNumbers(literal: String) {
        #expect(throws: FilterError.self) { try Filter.parse(#"{"a": \#(literal)}"#) }
    }

    @Test(
        "NaN equals itself and no range finds it",
        arguments: [
            (#"{"$eq": N}"#, true), (#"{"$lte": N}"#, true), (#"{"$gte": N}"#, true), (#"{"$lt": N}"#, false),
            (#"{"$gt": N}"#, false),
            (#"{"$in": [1, N]}"#, true), (#"{"$ne": N}"#, false), (#"{"$lt": 5}"#, false),
            (#"{"$lte": 5}"#, false), (#"{"$gt": 5}"#, false),
            (#"{"$gte": -5.5}"#, false), (#"{"$type": "double"}"#, true), (#"{"$mod": [2, 0]}"#, false),
            (#"{"$not": {"$lt": 5}}"#, true),
        ])
    func nan(operators: String, expected: Bool) throws {
        let text = operators.split(separator: "N").joined(separator: #"{"$numberDouble": "NaN"}"#)
        #expect(try Filter.parse(#"{"a": \#(text)}"#).matches(["a": .float(.nan)]) == expected)
        if operators.contains("N") {
            let number = try Filter.parse(#"{"a": \#(text)}"#).matches(["a": 1])
            #expect(number == (operators.contains("$in") || operators.contains("$ne")))
        }
    }

    @Test(
        "infinity is a number like others",
        arguments: [
            (#"{"$gt": 1e308}"#, true), (#"{"$mod": [1, 0]}"#, false),
            (#"{"$gt": {"$numberDouble": "Infinity"}}"#, false),
            (#"{"$gte": {"$numberDouble": "Infinity"}}"#, true), (#"{"$gt": 9223372036854775807}"#, true),
        ])
    func infinity(operators: String, expected: Bool) throws {
        #expect(try Filter.parse(#"{"a": \#(operators)}"#).matches(["a": .float(.infinity)]) == expected)
    }

    @Test(
        "a remainder of 64 bits is taken without a crash",
        arguments: [
            (Value.integer(.min), true), (.integer(.max), true), (.float(-0x1p63), true),
            (.float(0x1p63), false),
        ])
    func extremes(value: Value, expected: Bool) throws {
        #expect(try Filter.parse(#"{"a": {"$mod": [-1, 0]}}"#).matches(["a": value]) == expected)
        #expect(
            try Filter.parse(#"{"a": {"$mod": [-9223372036854775808, 1]}}"#).matches(["a": value]) == false)
    }
}

@Suite struct ValueOrderTests {
    @Test func `the types stand in one row, each value in its place`() {
        let row: [Value] = [
            .null, .float(.nan), .float(-.infinity), .integer(.min), -1, -0.5, 0,
            .float(.leastNonzeroMagnitude), 0.5, 1, .integer(1 << 53), .integer(1 << 53 + 1),
            .integer(.max), .float(0x1p63), .float(.infinity), "", "\0", "A", "a", "aa", "é", "\u{FFFF}",
            "\u{10000}", [:], ["a": .null],
            ["b": .null], ["a": 1], ["a": 1, "b": 2], ["a": 2], ["b": 1], ["a": "x"], [], [.null],
            [.null, .null],
            [1], [1, .null], ["x"], [[]], false,
            true, .dateTime(DateTime(microseconds: -1)), .dateTime(DateTime(microseconds: 0)),
        ]
        for (place, value) in row.enumerated() {
            for (otherPlace, other) in row.enumerated() {
                #expect(
                    ValueOrder.compare(value, other).signum() == (place - otherPlace).signum(),
                    "\(value) and \(other)")
            }
        }
    }

    @Test(
        "equal values of different kinds",
        arguments: [
            (1, 1.0), (0, .float(-0.0)), (.integer(.min), .float(-0x1p63)), ([1, [2]], [1.0, [2.0]]),
            (["a": 1], ["a": 1.0]),
            (.dateTime(DateTime(microseconds: 5)), .dateTime(DateTime(microseconds: 5, zone: .local))),
        ] as [(Value, Value)])
    func equal(left: Value, right: Value) {
        #expect(
            ValueOrder.equal(left, right) && ValueOrder.compare(left, right) == 0
                && ValueOrder.compare(right, left) == 0)
    }

    @Test func `a list finds what equals one of its values`() {
        let list = ValueList([3, "x", 1, 1.0, .null, ["a": 1], .float(.nan), "é"])
        #expect(list.values.count == 7 && list.containsNull)
        for value in [3.0, "x", 1, .null, ["a": 1.0], .float(.nan), "é"] as [Value] {
            #expect(list.contains(value))
        }
        for value in [2, "X", true, "e\u{301}", ["a": 2], [1]] as [Value] { #expect(!list.contains(value)) }
        #expect(!ValueList([]).contains(.null) && !ValueList([]).containsNull)
    }
}

@Suite struct FilterTextTests {
    /// Writing tried one form and then another at every level, which doubled the work with each.
    @Test(
        "the text of a deep filter is written in no time",
        arguments: [
            (#"{"a":{"$elemMatch":"#, #"{"b":1}"#, "}}"), (#"{"a":{"$not":"#, #"{"$gt":1}"#, "}}"),
            (#"{"$nor":[{"a":{"$gt":1}},{"b":1,"a":{"$gt":2},"$and":["#, #"{"a":{"$gt":3}}"#, "]}]}"),
            (#"{"$nor":[{"$and":[{"a":{"$gt":1}},{"a":{"$gt":2}},"#, #"{"a":{"$gt":3}}"#, "]}]}"),
            (#"{"$or":[{"a":1},{"a":{"$gt":1},"b":{"$elemMatch":"#, #"{"a":{"$gt":3}}"#, "}}]}"),
        ])
    func deep(opening: String, middle: String, closing: String) throws {
        for levels in [5, 20] {
            let isNot = opening.contains("$not")
            let text =
                isNot
                ? #"{"a":"# + String(repeating: #"{"$not":"#, count: 3 * levels) + middle
                    + String(repeating: "}", count: 3 * levels + 1)
                : String(repeating: opening, count: levels) + middle
                    + String(repeating: closing, count: levels)
            let filter = try Filter.parse(text)
            #expect(try Filter.parse(filter.text) == filter)
        }
    }
}
