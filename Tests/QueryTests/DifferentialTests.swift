import Base
import Query
import TestSupport
import Testing

@Suite(.onOwnThreads) struct DifferentialTests {
    @Test(
        "random filters mean on random documents what the page says they mean",
        arguments: 1...16 as ClosedRange<UInt64>)
    func filters(seed: UInt64) throws {
        var generator = FilterGenerator(seed: seed)
        var matchCount = 0
        var pairCount = 0
        for _ in 0..<150 {
            let source = generator.filter(depth: 3)
            let text = source.json
            let filter = try Filter.parse(text)
            for _ in 0..<16 {
                let document = generator.document()
                let expected = NaiveEvaluator.matches(source, .object(document))
                #expect(
                    filter.matches(document) == expected, "seed \(seed): \(text) on \(Value.object(document))"
                )
                matchCount += expected ? 1 : 0
                pairCount += 1
            }
        }
        // Neither nearly all nor nearly none: the comparison has something to tell apart.
        #expect(
            (pairCount / 10...9 * pairCount / 10).contains(matchCount),
            "seed \(seed): \(matchCount) of \(pairCount)")
    }

    @Test(
        "a filter's text parses to an equal filter, and is stable",
        arguments: 101...116 as ClosedRange<UInt64>)
    func text(seed: UInt64) throws {
        var generator = FilterGenerator(seed: seed)
        for _ in 0..<400 {
            let source = generator.filter(depth: 4)
            let filter = try Filter.parse(.object(source))
            let text = filter.text
            let again = try Filter.parse(text)
            #expect(again == filter, "seed \(seed): \(source.json) became \(text)")
            #expect(again.hashValue == filter.hashValue)
            #expect(again.text == text, "seed \(seed): \(source.json)")
            for _ in 0..<4 {
                let document = generator.document()
                #expect(
                    again.matches(document) == NaiveEvaluator.matches(source, .object(document)),
                    "seed \(seed): \(text)")
            }
        }
    }

    @Test(
        "values are ordered as the page says, and the order is total",
        arguments: 201...204 as ClosedRange<UInt64>)
    func order(seed: UInt64) {
        var generator = FilterGenerator(seed: seed)
        let values = (0..<250).map { _ in generator.value(depth: 3) }
        for left in values {
            for right in values {
                let order = ValueOrder.compare(left, right).signum()
                #expect(order == NaiveEvaluator.order(left, right), "seed \(seed): \(left) and \(right)")
                #expect(
                    order == -ValueOrder.compare(right, left).signum(), "seed \(seed): \(left) and \(right)")
                #expect(ValueOrder.equal(left, right) == (order == 0))
            }
        }
        let sorted = values.sorted { ValueOrder.compare($0, $1) < 0 }
        for (index, value) in sorted.enumerated() {
            for later in sorted[index...] { #expect(ValueOrder.compare(value, later) <= 0, "seed \(seed)") }
        }
    }

    @Test("sort keys take the least or the greatest of an array", arguments: 301...308 as ClosedRange<UInt64>)
    func sort(seed: UInt64) {
        var generator = FilterGenerator(seed: seed)
        for _ in 0..<300 {
            let document = generator.document()
            for path in ["a", "a.b", "a.0", "b.a.b", "zz", "0"] {
                let found = NaiveEvaluator.candidates(
                    path.split(separator: ".").map(String.init), .object(document), opensLast: false)
                // An empty array is below null: shown here by a value that is below all.
                var ranks: [Value?] = found.flatMap { candidate -> [Value?] in
                    switch candidate {
                    case .missing: [.null]
                    case .value(.array(let elements)): elements.isEmpty ? [Value?.none] : elements
                    case .value(let value): [value]
                    }
                }
                if ranks.isEmpty { ranks = [.null] }
                ranks.sort { left, right in
                    guard let left else { return right != nil }
                    guard let right else { return false }
                    return NaiveEvaluator.order(left, right) < 0
                }
                let least = SortKey(FieldPath(path)).rank(of: document)
                let greatest = SortKey(FieldPath(path), ascending: false).rank(of: document)
                let shown = "seed \(seed): \(path) of \(Value.object(document))"
                #expect(DifferentialTests.isSame(least, ranks[0]), "\(shown)")
                #expect(DifferentialTests.isSame(greatest, ranks[ranks.count - 1]), "\(shown)")
            }
        }
    }

    private static func isSame(_ rank: SortRank, _ value: Value?) -> Bool {
        switch (rank, value) {
        case (.emptyArray, nil): true
        case (.value(let rank), let value?): NaiveEvaluator.order(rank, value) == 0
        default: false
        }
    }
}
