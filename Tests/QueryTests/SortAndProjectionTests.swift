import Base
import Query
import TestSupport
import Testing

@Suite struct SortOrderTests {
    @Test(
        "the forms that are read are one",
        arguments: [
            "a:asc,b.c:desc", "a,b.c:desc", " a : asc , b.c:descending", "a:1,b.c:-1",
            #"[["a","asc"],["b.c","desc"]]"#, #"[["a",1],["b.c",-1.0]]"#,
            #" {"a": 1, "b.c": -1}"#, #"{"a":"ascending","b.c":"desc"}"#,
        ])
    func forms(text: String) throws {
        let order = try SortOrder.parse(text)
        #expect(order.keys == [SortKey(FieldPath("a")), SortKey(FieldPath("b.c"), ascending: false)])
        #expect(order.text == #"[["a","asc"],["b.c","desc"]]"#)
        #expect(try SortOrder.parse(order.text) == order)
        #expect(try SortOrder.parse(.string(text)) == order)
    }

    @Test func `a key may have a colon, a comma only in JSON`() throws {
        #expect(try SortOrder.parse("a:b:desc").keys == [SortKey(FieldPath("a:b"), ascending: false)])
        #expect(try SortOrder.parse(#"[["a,b","asc"]]"#).keys == [SortKey(FieldPath("a,b"))])
        #expect(
            try SortOrder.parse("").keys.isEmpty && SortOrder.parse("  ").keys.isEmpty
                && SortOrder.parse(.null).keys.isEmpty)
        #expect(try SortOrder.parse("[]").keys.isEmpty && SortOrder.parse("{}").keys.isEmpty)
    }

    @Test(
        "what is no sort order is refused",
        arguments: [
            ",", "a,", ":asc", "a:", "a:up", "a:0", "a,a", "$a", #"["a"]"#, #"[["a"]]"#, #"[["a",1,2]]"#,
            #"[[1,1]]"#, #"{"a":0}"#, #"{"a":true}"#,
            #"{"a":{}}"#, "{", "[", #"{"$natural":1}"#, #"[["","asc"]]"#,
        ])
    func refused(text: String) {
        #expect(throws: FilterError.self) { try SortOrder.parse(text) }
    }

    @Test func `32 keys are read, one more is not`() throws {
        let keys = (0..<33).map { "k\($0)" }
        #expect(try SortOrder.parse(keys.dropLast().joined(separator: ",")).keys.count == 32)
        #expect(throws: FilterError.self) { try SortOrder.parse(keys.joined(separator: ",")) }
        #expect(throws: FilterError.self) { try SortOrder.parse(5) }
    }

    @Test func `ranks that were computed before compare as the documents do`() throws {
        let order = try SortOrder.parse("a:desc,b")
        var generator = FilterGenerator(seed: 77)
        let documents = (0..<80).map { _ in generator.document() }
        for left in documents {
            for right in documents {
                let expected = order.compare(left, right).signum()
                #expect(order.compare(order.ranks(of: left), order.ranks(of: right)).signum() == expected)
                #expect(order.compare(right, left).signum() == -expected)
            }
        }
    }
}

@Suite struct ProjectionTests {
    @Test func `what cannot be returned need not be fetched`() throws {
        let inclusion = try Projection.parse(#"{"a": 1, "b.c": 1, "d": {"$slice": 1}}"#)
        #expect(
            inclusion.keeps("a") && inclusion.keeps("b") && inclusion.keeps("d")
                && inclusion.keeps("_uniqueid") && !inclusion.keeps("e"))
        let exclusion = try Projection.parse(#"{"a": 0, "b.c": 0, "_uniqueid": 0}"#)
        #expect(
            !exclusion.keeps("a") && exclusion.keeps("b") && exclusion.keeps("e")
                && !exclusion.keeps("_uniqueid"))
        #expect(Projection.all.keeps("x") && Projection.all.keepsEverything && !exclusion.keepsEverything)
        #expect(
            try Projection.parse("{}").keepsEverything && Projection.parse("").keepsEverything
                && Projection.parse(.null).keepsEverything)
    }

    @Test(
        "the text is in one spelling",
        arguments: [
            ("{}", "{}"), (#"{"b": true, "a.c": 2.5, "a.b": 1}"#, #"{"a.b":1,"a.c":1,"b":1}"#),
            (#"{"_uniqueid": 1}"#, #"{"_uniqueid":1}"#),
            (#"{"_uniqueid": false}"#, #"{"_uniqueid":0}"#),
            (#"{"a": 0, "_uniqueid": 0}"#, #"{"_uniqueid":0,"a":0}"#),
            (#"{"a": {"$slice": [0, 3]}}"#, #"{"a":{"$slice":3}}"#),
            (#"{"a": {"$slice": [-3, 3]}}"#, #"{"a":{"$slice":-3}}"#),
            (#"{"a": {"$slice": [-3, 2]}}"#, #"{"a":{"$slice":[-3,2]}}"#),
            (#"{"a": {"$slice": 0}}"#, #"{"a":{"$slice":0}}"#),
            (
                #"{"a": {"$elemMatch": {"b": 1, "c": {"$gt": 2}}}}"#,
                #"{"a":{"$elemMatch":{"b":1,"c":{"$gt":2}}}}"#
            ),
        ])
    func text(text: String, expected: String) throws {
        let projection = try Projection.parse(text)
        #expect(projection.text == expected && "\(projection)" == expected)
        #expect(try Projection.parse(expected) == projection)
    }

    @Test(
        "$slice takes what 64 bits hold",
        arguments: [
            ("9223372036854775807", 5), ("-9223372036854775808", 5),
            ("[-9223372036854775808,9223372036854775807]", 5),
            ("[9223372036854775807,9223372036854775807]", 0), ("[2,9223372036854775807]", 3),
        ])
    func slices(operand: String, count: Int) throws {
        let projection = try Projection.parse(#"{"a": {"$slice": \#(operand)}}"#)
        #expect(projection.apply(to: ["a": [1, 2, 3, 4, 5]])["a"]?.arrayValue?.count == count)
        #expect(try Projection.parse(projection.text) == projection)
    }

    @Test(
        "an exclusion keeps exactly what the inclusion of the same paths drops",
        arguments: 1...4 as ClosedRange<UInt64>)
    func complement(seed: UInt64) throws {
        var generator = FilterGenerator(seed: seed)
        for _ in 0..<300 {
            let document = generator.document()
            let paths = ["a", "a.b", "b.c", "c", "b.a.b", "0"].filter { _ in generator.random.chance(0.4) }
                .reduce(into: [String]()) { kept, path in
                    if !kept.contains(where: { path.hasPrefix("\($0).") || $0.hasPrefix("\(path).") }) {
                        kept.append(path)
                    }
                }
            guard !paths.isEmpty else { continue }
            let included = try Projection.parse(.object(Document(paths.map { ($0, 1) }))).apply(to: document)
            let excluded = try Projection.parse(.object(Document(paths.map { ($0, 0) }))).apply(to: document)
            // Objects and arrays on the way are in both; all else is in one.
            let leaves = ProjectionTests.leaves(.object(document))
            let both = ProjectionTests.leaves(.object(included)) + ProjectionTests.leaves(.object(excluded))
            #expect(both.sorted() == leaves.sorted(), "seed \(seed): \(paths) of \(Value.object(document))")
        }
    }

    /// Scalars with the names that lead to them.
    private static func leaves(_ value: Value, _ path: String = "") -> [String] {
        switch value {
        case .object(let document): document.members.flatMap { leaves($0.value, "\(path).\($0.key)") }
        case .array(let elements): elements.flatMap { leaves($0, "\(path)[]") }
        default: ["\(path)=\(value)"]
        }
    }
}
