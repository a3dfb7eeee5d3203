import Base
import Query
import TestSupport
import Testing

@Suite struct FilterLimitTests {
    @Test func `messages say what to do`() {
        func message(_ text: String) -> String {
            do throws(FilterError) {
                return try Filter.parse(text).text
            } catch {
                #expect(error.description == error.message)
                return error.message
            }
        }
        #expect(message(#"{"a": {"$gtt": 1}}"#).contains("$gt?"))
        #expect(message(#"{"a": {"$exist": 1}}"#).contains("$exists?"))
        #expect(message(#"{"a": {"$elemmatch": 1}}"#).contains("$elemMatch?"))
        #expect(message(#"{"a": {"$ni": []}}"#).contains("$in?"))
        #expect(message(#"{"$an": []}"#).contains("$and?"))
        #expect(message(#"{"$ro": []}"#).contains("$or?"))
        #expect(message(#"{"$where": "1"}"#).contains("not served"))
        #expect(message(#"{"$gt": 1}"#).contains(#"{"field": {"$gt": …}}"#))
        #expect(message(#"{"a": {"$and": []}}"#).contains(#"{"$and": [{"field": …}, …]}"#))
        #expect(message(#"{"a": {"$gt": 1, "b": 2}}"#).contains(#""field.b""#))
        #expect(message(#"{"a": {"$not": 5}}"#).contains("$ne"))
        #expect(message(#"{"a": {"$type": "integer"}}"#).contains("int, long"))
        #expect(message("[]").contains("an array"))
        #expect(message(#"{"a": 1"#).contains("byte 7"))
        #expect(message(#"{"a": {"$date": 1, "$gt": 2}}"#).contains("only key"))
    }

    @Test func `a text that is no JSON is told by its position`() {
        let error = #expect(throws: FilterError.self) { try Filter.parse(#"{"a": nul}"#) }
        #expect(
            error?.code == .malformedJSON && error?.position == 6 && error?.path == ""
                && error?.cause is JSONError)
    }

    @Test func `a name that is too long for a message is cut`() {
        let name = "$" + String(repeating: "x", count: 1_000_000)
        let error = #expect(throws: FilterError.self) { try Filter.parse(["a": .object([name: 1])]) }
        #expect((error?.message.utf8.count ?? .max) < 300 && (error?.path.utf8.count ?? .max) < 300)
    }

    @Test func `a text above the limit is refused before it is read`() {
        let text = String(repeating: "{", count: 10_000_001)
        let error = #expect(throws: FilterError.self) { try Filter.parse(text) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("10000001") == true && error?.message.contains("10000000") == true)
        let bytes = #expect(throws: FilterError.self) { try Filter.parse(Array(text.utf8)) }
        #expect(bytes?.code == .limitExceeded)
    }

    @Test func `ten megabytes within the limit are read`() throws {
        let text = #"{"a": {"$eq": "\#(String(repeating: "x", count: 9_900_000))"}}"#
        #expect(try Filter.parse(text).paths.count == 1)
        let list = #"{"a": [\#(String(repeating: "1,", count: 4_900_000))1]}"#
        #expect(try Filter.parse(list).matches(["a": 1]) == false)
    }

    @Test(
        "a hundred thousand brackets are an error, not a crash",
        arguments: [
            "[", #"{"a":"#, #"{"$and":["#, #"{"a":{"$not":"#, #"{"a":{"$elemMatch":"#, #"{"$elemMatch":"#,
        ])
    func brackets(opening: String) {
        let error = #expect(throws: FilterError.self) {
            try Filter.parse(String(repeating: opening, count: 100_000))
        }
        #expect(error?.code == .limitExceeded && error?.position != nil)
    }

    @Test(
        "64 levels of conditions are read, 65 are not",
        arguments: [
            ("$and", #"{"$and":["#, #"{"a":1}"#, "]}"), ("$or", #"{"$or":[{"b":1},"#, #"{"a":1}"#, "]}"),
            ("$nor", #"{"$nor":["#, "{}", "]}"),
            ("$elemMatch", #"{"a":{"$elemMatch":"#, #"{"a":1}"#, "}}"),
        ])
    func levels(name: String, opening: String, middle: String, closing: String) throws {
        func text(_ levels: Int) -> String {
            String(repeating: opening, count: levels) + middle + String(repeating: closing, count: levels)
        }
        let filter = try Filter.parse(text(64))
        #expect(try Filter.parse(filter.text) == filter)
        let error = #expect(throws: FilterError.self) { try Filter.parse(text(65)) }
        #expect(error?.code == .limitExceeded)
        #expect(error?.path.contains(name) == true && error?.position == nil)
    }

    @Test func `64 levels of $not are read, 65 are not`() throws {
        func text(_ levels: Int) -> String {
            #"{"a":"# + String(repeating: #"{"$not":"#, count: levels) + #"{"$gt":1}"#
                + String(repeating: "}", count: levels + 1)
        }
        #expect(try Filter.parse(text(64)).matches(["a": 2]))
        #expect(throws: FilterError.self) { try Filter.parse(text(65)) }
    }

    @Test func `a filter at the limit of levels keeps within it when its text is parsed again`() throws {
        var text = #"{"x":{"$gt":1,"$lt":5},"y":1}"#
        for level in 0..<31 {
            text =
                #"{"$and":[{"x":{"$gt":1,"$not":{"$lt":\#(level)}},"z\#(level)":2},{"$or":[{"y":1},\#(text)]}]}"#
        }
        var limits = FilterLimits()
        let filter = try Filter.parse(
            text,
            limits: {
                limits.depth = 200; return limits
            }())
        var least = 1
        while true {
            limits.depth = least
            if let parsed = try? Filter.parse(text, limits: limits) {  // The least limit is sought by trying.
                #expect(try Filter.parse(parsed.text, limits: limits) == filter)
                break
            }
            least += 1
        }
        #expect(least > 31)
    }

    @Test func `values are nested 64 levels deep and no deeper`() throws {
        func text(_ levels: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}"
        }
        #expect(throws: Never.self) { try Filter.parse(text(64)) }
        let error = #expect(throws: FilterError.self) { try Filter.parse(text(65)) }
        #expect(error?.code == .limitExceeded && error?.path.hasPrefix("a[0][0]") == true)
    }

    @Test func `a filter made of values is held to the same limits`() {
        var value: Value = 1
        for _ in 0..<2_000 { value = [value] }
        #expect(throws: FilterError.self) { try Filter.parse(["a": value]) }
        var filter: Value = ["a": 1]
        for _ in 0..<2_000 { filter = ["$and": [filter]] }
        #expect(throws: FilterError.self) { try Filter.parse(filter) }
        var date: Value = 1
        for _ in 0..<2_000 { date = ["$date": date] }
        #expect(throws: FilterError.self) { try Filter.parse(["a": date]) }
    }

    @Test func `10,000 conditions are read, one more is not`() throws {
        func filter(_ count: Int) -> Value { ["$or": .array((0..<count).map { ["a": .integer(Int64($0))] })] }
        #expect(try Filter.parse(filter(10_000)).matches(["a": 9_999]))
        let error = #expect(throws: FilterError.self) { try Filter.parse(filter(10_001)) }
        #expect(error?.code == .limitExceeded && error?.path == "$or[10000].a")
    }

    @Test func `lists, patterns and paths have limits of their own`() throws {
        func list(_ count: Int) -> Value { ["a": ["$in": .array((0..<count).map { .integer(Int64($0)) })]] }
        #expect(try Filter.parse(list(100_000)).matches(["a": 99_999]))
        let long = #expect(throws: FilterError.self) { try Filter.parse(list(100_001)) }
        #expect(long?.code == .limitExceeded && long?.path == "a.$in")
        let pattern = #expect(throws: FilterError.self) {
            try Filter.parse(["a": ["$regex": .string(String(repeating: "x", count: 8_193))]])
        }
        #expect(pattern?.code == .limitExceeded && pattern?.path == "a.$regex")
        let path = String(repeating: "a.", count: 512)
        #expect(throws: Never.self) { try Filter.parse([path: 1] as Value) }
        let error = #expect(throws: FilterError.self) { try Filter.parse([path + "b": 1] as Value) }
        #expect(error?.code == .limitExceeded)
        #expect(throws: FilterError.self) { try SortOrder.parse(.object([path + "b": 1])) }
        #expect(throws: FilterError.self) { try Projection.parse(.object([path + "b": 1])) }
    }
}

@Suite(.onOwnThreads) struct FilterFuzzTests {
    @Test("random bytes are refused or read, never a crash", arguments: 1...4 as ClosedRange<UInt64>)
    func bytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            FilterFuzzTests.check(bytes, seed)
        }
    }

    @Test("damaged filters are refused or read, never a crash", arguments: 11...18 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var generator = FilterGenerator(seed: seed)
        let tokens = [
            "{", "}", "[", "]", ":", ",", "\"", "$", "null", "-1", "1e9", "\"$gt\":", "\"$in\":[",
            "\"$elemMatch\":{", "\"$not\":", "\"$all\":",
            "\"a\"", "\"$regex\":\"(\"", "{\"$date\":", "\\u0000", "\"\"", ".", "9223372036854775808",
            "\"$mod\":[0,", "\"$options\":\"i\"",
        ]
        for _ in 0..<1_500 {
            var bytes = Array(generator.filter(depth: 3).json.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator.random) {
                let place = Int.random(in: 0...bytes.count, using: &generator.random)
                switch Int.random(in: 0..<4, using: &generator.random) {
                case 0: bytes.insert(contentsOf: Array(generator.random.pick(tokens).utf8), at: place)
                case 1: if place < bytes.count { bytes.remove(at: place) }
                case 2:
                    if place < bytes.count {
                        bytes[place] = UInt8.random(in: 0x20...0x7E, using: &generator.random)
                    }
                default:
                    let end = Int.random(in: place...bytes.count, using: &generator.random)
                    let piece = Array(bytes[place..<end])
                    bytes.insert(
                        contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &generator.random))
                }
            }
            FilterFuzzTests.check(bytes, seed)
        }
    }

    @Test("damaged structure is told by its path", arguments: 31...38 as ClosedRange<UInt64>)
    func structure(seed: UInt64) {
        var generator = FilterGenerator(seed: seed)
        var refusedCount = 0
        for _ in 0..<1_000 {
            let filter = damaged(.object(generator.filter(depth: 3)), &generator)
            do throws(FilterError) {
                let parsed = try Filter.parse(filter)
                #expect(throws: Never.self, "seed \(seed): \(filter.json)") {
                    try #require(try Filter.parse(parsed.text) == parsed)
                }
            } catch {
                refusedCount += 1
                #expect(
                    FilterFuzzTests.leads(error.path, in: filter),
                    "seed \(seed): \(error.path) of \(filter.json)")
                #expect(error.code != .malformedJSON && error.position == nil)
            }
        }
        #expect(refusedCount > 100)
    }

    @Test(
        "sort orders and projections of any bytes are refused or read",
        arguments: 41...44 as ClosedRange<UInt64>)
    func others(seed: UInt64) {
        var generator = FilterGenerator(seed: seed)
        for _ in 0..<1_000 {
            let value = damaged(.object(generator.filter(depth: 2)), &generator)
            let words = ["a", "b:asc", "c:desc", "{", "[", "]", ",", ":", "\"a\"", " ", "a.b", "-1", "é"]
            let text = (0..<6).map { _ in generator.random.pick(words) }.joined()
            // Being refused is an answer here.
            if let order = try? SortOrder.parse(text) {
                #expect(throws: Never.self) { try #require(try SortOrder.parse(order.text) == order) }
            }
            _ = try? SortOrder.parse(value)
            _ = try? Projection.parse(text)
            if let projection = try? Projection.parse(value) {
                #expect(throws: Never.self, "seed \(seed): \(value.json)") {
                    try #require(try Projection.parse(projection.text) == projection)
                }
                _ = projection.apply(to: generator.document())
            }
        }
    }

    // MARK: - Private

    private static func check(_ bytes: [UInt8], _ seed: UInt64) {
        do throws(FilterError) {
            let filter = try Filter.parse(bytes)
            #expect(throws: Never.self, "seed \(seed): \(Hex.encode(bytes))") {
                try #require(try Filter.parse(filter.text) == filter)
            }
            _ = filter.matches(["a": [1, ["b": "x"]], "b": "ab"])
        } catch {
            #expect(!error.message.isEmpty)
            #expect(
                error.code != .malformedJSON || error.position != nil, "seed \(seed): \(Hex.encode(bytes))")
        }
    }

    /// Replaces some value, or renames some key, of a filter.
    private func damaged(_ value: Value, _ generator: inout FilterGenerator) -> Value {
        if generator.random.chance(0.06) {
            return generator.random.pick([
                .null, 5, -1.5, "x", true, [], [:], ["$gt": 1], [["a"]], ["$date": 5], ["$regex": "("],
                .float(.nan),
            ])
        }
        switch value {
        case .array(let elements): return .array(elements.map { damaged($0, &generator) })
        case .object(let document):
            return .object(
                Document(
                    document.members.map { key, member in
                        let name =
                            generator.random.chance(0.03)
                            ? generator.random.pick(["$gtt", "$and", "$eq", "$not", "x", ""]) : key
                        return (name, damaged(member, &generator))
                    }))
        default: return value
        }
    }

    /// Whether the path names a place in the filter.
    private static func leads(_ path: String, in value: Value) -> Bool {
        if path.isEmpty { return true }
        switch value {
        case .object(let document):
            return document.members.contains { key, member in
                guard path.hasPrefix(key) else { return false }
                let rest = path.dropFirst(key.count)
                if rest.hasPrefix(".") { return leads(String(rest.dropFirst()), in: member) }
                return rest.isEmpty || (rest.hasPrefix("[") && leads(String(rest), in: member))
            }
        case .array(let elements):
            guard path.hasPrefix("["), let end = path.firstIndex(of: "]"),
                let index = Int(path[path.index(after: path.startIndex)..<end]),
                elements.indices.contains(index)
            else { return false }
            let rest = path[path.index(after: end)...]
            return leads(String(rest.hasPrefix(".") ? rest.dropFirst() : rest), in: elements[index])
        default: return false
        }
    }
}
