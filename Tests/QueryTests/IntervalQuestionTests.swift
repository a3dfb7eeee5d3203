import Base
import Testing

@testable import Query

/// Questions about intervals as JSON.
@Suite struct IntervalQuestionTests {
    private func parsed(_ text: String) throws -> IntervalQuestion { try .parse(Array(text.utf8)) }

    @Test func `all parts of a question are read`() throws {
        let found = try parsed(
            """
            {"sequence": [{"tag": "door", "min_score": 0.5, "source": "human:ann"},
                          {"or": [{"tag": ["person", "dog"]}, {"not": {"tag": "car"}}], "bridge": 1},
                          {"track": "bag", "in_rectangle": {"x": 1, "y": 2, "width": 3, "height": 4.5}}],
             "within": [5, 0.5], "min_duration": 2, "max_duration": 60,
             "where": [{"during": {"and": [{"tag": "a"}, {"tag": "b"}]}},
                       {"not": {"before": {"tag": "c"}, "within": 3}}]}
            """)
        var middle = IntervalQuestion(
            .any([
                IntervalQuestion(.labelled(LabelledIntervals(["person", "dog"]))),
                IntervalQuestion(.none(IntervalQuestion(.labelled(LabelledIntervals(["car"]))))),
            ]))
        middle.bridge = 1
        var expected = IntervalQuestion(
            .sequence(
                [
                    IntervalQuestion(
                        .labelled(LabelledIntervals(["door"], minScore: 0.5, source: "human:ann"))), middle,
                    IntervalQuestion(
                        .tracked(
                            TrackedIntervals(
                                ["bag"], inRectangle: RegionRectangle(x: 1, y: 2, width: 3, height: 4.5)))),
                ], within: [5, 0.5]))
        (expected.minDuration, expected.maxDuration) = (2, 60)
        func tag(_ name: String) -> IntervalQuestion {
            IntervalQuestion(.labelled(LabelledIntervals([name])))
        }
        expected.conditions = [
            IntervalCondition(.during, IntervalQuestion(.all([tag("a"), tag("b")]))),
            IntervalCondition(.before, tag("c"), within: 3, isNegated: true),
        ]
        #expect(found == expected)
    }

    @Test(arguments: [
        ("[]", ""), ("{}", ""), (#"{"tag": "a", "track": "b"}"#, ""), (#"{"tag": 3}"#, "tag"),
        (#"{"tag": ["a", ""]}"#, "tag"), (#"{"tag": "a", "min_score": 2}"#, "min_score"),
        (#"{"tag": "a", "minimum": 2}"#, "minimum"),
        (#"{"and": [{"tag": "a"}, {"tog": "b"}]}"#, "and[1].tog"),
        (#"{"and": [{"tag": "a", "within": 2}]}"#, "and[0].within"),
        (#"{"sequence": [{"tag": "a"}]}"#, "sequence"),
        (#"{"sequence": [{"tag": "a"}, {"tag": "b"}], "within": [1, 2]}"#, "within"),
        (#"{"sequence": [{"tag": "a"}, {"tag": "b"}], "within": -1}"#, "within"),
        (#"{"tag": "a", "where": {"near": {"tag": "b"}}}"#, "where.near"),
        (#"{"tag": "a", "where": [{"during": {"tag": "b"}, "meets": {"tag": "c"}}]}"#, "where[0]"),
        (#"{"tag": "a", "where": {"meets": {"tag": "b"}, "within": 1}}"#, "where.within"),
        (
            #"{"not": {"tag": "a"}, "in_rectangle": {"x": 0, "y": 0, "width": 1, "height": 1}}"#,
            "in_rectangle"
        ),
        (#"{"tag": "a", "in_rectangle": {"x": 0, "y": 0, "width": 1}}"#, "in_rectangle"),
        (#"{"track": "a", "in_rectangle": {"x": 0, "y": 0, "width": 0, "height": 1}}"#, "in_rectangle"),
    ])
    func `what is wrong is told with its place`(_ text: String, _ path: String) {
        let error = #expect(throws: FilterError.self) { try parsed(text) }
        #expect(error?.path == path, "\(error?.message ?? "")")
    }

    @Test func `a question has limits of depth and parts`() {
        let deep =
            String(repeating: #"{"not":"#, count: 40) + #"{"tag":"a"}"# + String(repeating: "}", count: 40)
        #expect(throws: FilterError.self) { try parsed(deep) }
        let wide = #"{"or":["# + Array(repeating: #"{"tag":"a"}"#, count: 300).joined(separator: ",") + "]}"
        #expect(throws: FilterError.self) { try parsed(wide) }
        let negated =
            #"{"tag":"a","where":"# + String(repeating: #"{"not":"#, count: 50) + #"{"during":{"tag":"b"}}"#
            + String(repeating: "}", count: 51)
        #expect(throws: FilterError.self) { try parsed(negated) }
    }
}
