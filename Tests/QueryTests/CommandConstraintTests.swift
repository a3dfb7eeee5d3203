import Base
import Query
import Testing

/// Conditions of both spellings as filters; what a filter matches is tested elsewhere.
@Suite struct CommandConstraintTests {
    private func filter(_ constraints: String, _ dialect: CommandDialect = .aperture) throws -> Filter {
        try found("{\"FindEntity\": {\"constraints\": \(constraints)}}", dialect).selection.filter
    }

    private func error(_ constraints: String, _ dialect: CommandDialect = .aperture) -> CommandError? {
        refusal("{\"FindEntity\": {\"constraints\": \(constraints)}}", dialect)
    }

    private let a = FieldPath("a")
    private let b = FieldPath("b")

    @Test("each operator of an object")
    func operators() throws {
        #expect(try filter(#"{"a": ["==", 1]}"#) == .field(a, .equal(1)))
        #expect(try filter(#"{"a": ["<", 1.5]}"#) == .field(a, .less(1.5)))
        #expect(try filter(#"{"a": ["<=", "x"]}"#) == .field(a, .lessOrEqual("x")))
        #expect(try filter(#"{"a": [">", true]}"#) == .field(a, .greater(true)))
        #expect(try filter(#"{"a": [">=", -1]}"#) == .field(a, .greaterOrEqual(-1)))
        #expect(try filter(#"{"a": ["in", [2, 1]]}"#) == .field(a, .among(ValueList([1, 2]), patterns: [])))
        #expect(try filter("{}") == .all)
    }

    @Test(
        "negations ask that the property is there",
        arguments: [#"{"a": ["!=", 1]}"#, #"{"a": ["!", 1]}"#, #"["$a", "!=", 1]"#])
    func notEqual(constraints: String) throws {
        let filter = try filter(constraints)
        #expect(filter == .and([.field(a, .exists), .not(.field(a, .equal(1)))]))
        #expect(!filter.matches(["b": 1]))
        #expect(!filter.matches(["a": 1]))
        #expect(filter.matches(["a": 2]))
        #expect(filter.matches(["a": "1"]))
    }

    @Test func `not in asks that the property is there`() throws {
        let filter = try filter(#"{"a": ["not in", [1, 2]]}"#)
        #expect(!filter.matches([:]))
        #expect(!filter.matches(["a": 2]))
        #expect(filter.matches(["a": 3]))
    }

    @Test func `null asks whether a property is missing`() throws {
        #expect(try filter(#"{"a": ["==", null]}"#) == .not(.field(a, .exists)))
        #expect(try filter(#"{"a": ["!=", null]}"#) == .field(a, .exists))
        #expect(try filter(#"["$a", "==", null]"#) == .not(.field(a, .exists)))
        #expect(error(#"{"a": ["<", null]}"#)?.path == "[0].FindEntity.constraints.a[1]")
        #expect(error(#"{"a": ["in", [1, null]]}"#)?.path == "[0].FindEntity.constraints.a[1][1]")
    }

    @Test func `a range is both conditions, also within any`() throws {
        let range = Filter.and([.field(a, .greaterOrEqual(18)), .field(a, .less(65))])
        #expect(try filter(#"{"a": [">=", 18, "<", 65]}"#) == range)
        #expect(
            try filter(#"{"any": {"a": [">=", 18, "<", 65], "b": ["==", 1]}}"#)
                == .or([range, .field(b, .equal(1))]))
    }

    @Test func `groups nest`() throws {
        let filter = try filter(
            #"{"b": ["==", 0], "any": {"a": ["==", 1], "all": {"a": ["==", 2], "b": ["==", 3]}}}"#)
        let inner = Filter.and([.field(a, .equal(2)), .field(b, .equal(3))])
        #expect(filter == .and([.field(b, .equal(0)), .or([.field(a, .equal(1)), inner])]))
    }

    @Test func `a property may be called any or all`() throws {
        #expect(try filter(#"{"any": ["==", 1]}"#) == .field(FieldPath("any"), .equal(1)))
        #expect(try filter(#"{"all": ["==", 1]}"#, .vdms) == .field(FieldPath("all"), .equal(1)))
    }

    @Test func `an empty any is refused, an empty all is everything`() throws {
        #expect(try filter(#"{"all": {}}"#) == .all)
        #expect(try filter(#"["all"]"#) == .all)
        #expect(error(#"{"any": {}}"#)?.path == "[0].FindEntity.constraints.any")
        #expect(error(#"["any"]"#)?.code == .invalidParameter)
    }

    @Test(
        "expressions say what objects say",
        arguments: [
            (#"["$a", "==", 1]"#, #"{"a": ["==", 1]}"#),
            (#"["all", ["$a", "==", 1]]"#, #"{"a": ["==", 1]}"#),
            (#"[["$a", "==", 1]]"#, #"{"a": ["==", 1]}"#),
            (
                #"["all", ["$a", ">=", 20], ["$a", "<=", 90], ["$b", "==", "x"]]"#,
                #"{"a": [">=", 20, "<=", 90], "b": ["==", "x"]}"#
            ),
            (
                #"["any", ["$a", "==", 1], ["all", ["$a", "==", 2], ["$b", "==", 3]]]"#,
                #"{"any": {"a": ["==", 1], "all": {"a": ["==", 2], "b": ["==", 3]}}}"#
            ),
            (#"["$a", "in", {"array": [1, 2]}]"#, #"{"a": ["in", [1, 2]]}"#),
            (#"["$a", "not in", {"array": ["x"]}]"#, #"{"a": ["not in", ["x"]]}"#),
            (
                #"["$a", ">", {"to_date": "2020-01-01T00:00:00"}]"#,
                #"{"a": [">", {"_date": "2020-01-01T00:00:00"}]}"#
            ),
            (#"["$_uniqueid", "!=", "0.0.0"]"#, #"{"_uniqueid": ["!=", "0.0.0"]}"#),
        ])
    func expressions(expression: String, object: String) throws {
        #expect(try filter(expression) == filter(object))
    }

    @Test func `text that begins with a dollar is doubled in expressions alone`() throws {
        #expect(try filter(#"["$a", "==", "$$x"]"#) == .field(a, .equal("$x")))
        #expect(try filter(#"{"a": ["==", "$$x"]}"#) == .field(a, .equal("$$x")))
        #expect(error(#"["$a", "==", "$b"]"#)?.code == .unsupported)
    }

    @Test func `a JSON value is compared whole`() throws {
        #expect(
            try filter(#"["$a", "==", {"json": {"x": [1, {"y": null}]}}]"#)
                == .field(a, .equal(["x": [1, ["y": .null]]])))
    }

    @Test func `dates are dates`() throws {
        let time = try #require(DateTime(iso8601: "2020-01-01T00:00:00Z"))
        #expect(
            try filter(#"{"a": [">", {"_date": "2020-01-01T00:00:00Z"}]}"#)
                == .field(a, .greater(.dateTime(time))))
        #expect(
            error(#"{"a": [">", {"_date": "yesterday"}]}"#)?.path == "[0].FindEntity.constraints.a[1]._date")
        #expect(error(#"{"a": [">", {"_date": 5}]}"#)?.code == .invalidParameter)
    }

    @Test func `VDMS's list of values means any of them`() throws {
        #expect(
            try filter(#"{"a": ["==", ["x", "y"]]}"#, .vdms)
                == .field(a, .among(ValueList(["x", "y"]), patterns: [])))
        #expect(
            try filter(#"{"a": [">", [5, 7]]}"#, .vdms)
                == .or([.field(a, .greater(5)), .field(a, .greater(7))]))
        #expect(error(#"{"a": ["in", [1]]}"#, .vdms)?.code == .invalidParameter)
        #expect(error(#"{"a": ["==", [1]]}"#)?.code == .invalidParameter)
    }

    @Test(
        "the texts that VDMS's clients compare",
        arguments: [
            (#"{"name": "Luis"}"#, "Constraint for property 'name' must be an array"),
            (#"{"name": []}"#, "Constraint for property 'name' must be an array of size 2 or 4"),
            (#"{"name": ["==", 1, "!="]}"#, "Constraint for property 'name' must be an array of size 2 or 4"),
        ])
    func vdmsTexts(constraints: String, text: String) {
        #expect(error(constraints, .vdms)?.message == text)
    }

    @Test(
        "what is no condition",
        arguments: [
            #"{"a": [1, 1]}"#, #"{"a": ["=", 1]}"#, #"{"a": ["==", {}]}"#, #"{"a": ["==", {"x": 1}]}"#,
            #"{"$a": ["==", 1]}"#, #"{"": ["==", 1]}"#, #"{"a": ["in", 1]}"#, #"["a", "==", 1]"#,
            #"["$a", "=="]"#,
            #"["$a", "==", 1, 2]"#, #"["all", "$a"]"#, #"["none", ["$a", "==", 1]]"#, "[]", "5", #""a""#,
            #"["$", "==", 1]"#, #"["$$a", "==", 1]"#, #"["$a", "==", {"array": [1]}]"#,
        ])
    func refused(constraints: String) {
        #expect(error(constraints)?.code == .invalidParameter, "\(constraints)")
    }

    @Test func `conditions are limited in number and depth`() {
        let deep =
            String(repeating: #"["all","#, count: 70) + #"["$a","==",1]"# + String(repeating: "]", count: 70)
        #expect(error(deep)?.code == .limitExceeded)
        let terms = (0...10_000).map { "[\"$a\",\"==\",\($0)]" }.joined(separator: ",")
        #expect(error("[\"any\",\(terms)]")?.code == .limitExceeded)
        let wide = (0...10_000).map { "\"p\($0)\": [\"==\", 1]" }.joined(separator: ",")
        #expect(error("{\(wide)}")?.code == .limitExceeded)
        let long = String(repeating: "x", count: 257)
        #expect(error("{\"\(long)\": [\"==\", 1]}")?.code == .limitExceeded)
    }
}
