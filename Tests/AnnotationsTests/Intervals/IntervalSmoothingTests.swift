import Annotations
import Testing

/// Golden tests, worked by hand: one sample a tick from 0 on.
@Suite struct IntervalSmoothingTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var scores: [Double]
        var shortest: Int64 = 0
        var gap: Int64 = 0
        var padding: Int64 = 0
        /// Start, end, greatest score.
        var expected: [(Int64, Int64, Double)]
    }

    static let cases = [
        Case(testDescription: "nothing", scores: [], expected: []),
        Case(testDescription: "never high", scores: [0, 4, 4, 0], expected: []),
        Case(
            testDescription: "opens at 5, stays at 3", scores: [3, 5, 3, 4, 2, 3, 0], expected: [(1, 4, 5)]),
        Case(testDescription: "open to the end", scores: [0, 6, 7], expected: [(1, 3, 7)]),
        Case(testDescription: "open from the beginning", scores: [9, 0], expected: [(0, 1, 9)]),
        Case(
            testDescription: "short ones go before gaps are filled", scores: [5, 0, 5, 0, 5, 5, 0, 5, 5],
            shortest: 2, gap: 1, expected: [(4, 9, 5)]),
        Case(
            testDescription: "gaps up to the longest", scores: [5, 0, 0, 6, 0, 0, 0, 7], gap: 2,
            expected: [(0, 4, 6), (7, 8, 7)]),
        Case(
            testDescription: "padding ends where time does, and joins what it makes touch",
            scores: [0, 5, 0, 0, 0, 0, 6, 0, 0, 8], padding: 2, expected: [(0, 10, 8)]),
        Case(
            testDescription: "padding fills no gap that is longer", scores: [5, 0, 0, 0, 0, 0, 5], padding: 2,
            expected: [(0, 3, 5), (4, 7, 5)]),
        Case(testDescription: "no number", scores: [.nan, 5, .nan, 5], expected: [(1, 2, 5), (3, 4, 5)]),
    ]

    @Test(arguments: cases)
    func `scores become stretches`(_ each: Case) throws {
        let smoothing = try #require(
            IntervalSmoothing(
                high: 5, low: 3, shortest: each.shortest, longestGap: each.gap, padding: each.padding))
        let samples = each.scores.enumerated().map { IntervalSmoothing.Sample(time: Int64($0), score: $1) }
        let found = smoothing.intervals(of: samples, end: Int64(each.scores.count))
        #expect(
            found
                == each.expected.map { IntervalSmoothing.Interval(time: $0..<$1, score: $2) })
    }

    @Test func `a sample holds until the next, however far that is`() throws {
        let smoothing = try #require(IntervalSmoothing(high: 1, low: 1, shortest: 50))
        let found = smoothing.intervals(
            of: [(0, 0.0), (10, 1.0), (70, 0.0), (90, 1.0), (100, 0.0)].map {
                IntervalSmoothing.Sample(time: $0, score: $1)
            }, end: 200)
        #expect(found == [IntervalSmoothing.Interval(time: 10..<70, score: 1)])
    }

    @Test func `thresholds the wrong way round, and negative lengths, are refused`() {
        #expect(IntervalSmoothing(high: 1, low: 2) == nil)
        #expect(IntervalSmoothing(high: .nan, low: 0) == nil)
        #expect(IntervalSmoothing(high: 1, low: 1, shortest: -1) == nil)
        #expect(IntervalSmoothing(high: 1, low: 1, longestGap: -1) == nil)
        #expect(IntervalSmoothing(high: 1, low: 1, padding: -1) == nil)
    }
}
