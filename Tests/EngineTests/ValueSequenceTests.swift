import Base
import Query
import TestSupport
import Testing

@testable import Engine

/// An order that somebody gave, and what else long commands stand on.
@Suite struct ValueSequenceTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func `a value's place is that of the first that a condition finds equal to it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let noon = DateTime(microseconds: 43_200_000_000)
        let scalars: [Value] = [
            .null, true, false, 0, 1, 2, .float(1.0), .float(-0.0), .float(1.5), .integer(.max),
            .float(0x1p63),
            .float(0x1p53), .integer(1 << 53), "", "1", "e\u{301}", "\u{e9}", .dateTime(noon),
            .dateTime(DateTime(microseconds: noon.microseconds, zone: .offset(minutes: 60))),
        ]
        let values =
            scalars + [
                [1, 2], [.float(1.0), 2], [[1], 3], [], ["a": 1], ["a": .float(1.0)], ["a": 1, "b": 2],
            ]
        for _ in 0..<300 {
            let given = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                values.randomElement(using: &random)!
            }
            let sequence = ValueSequence(given)
            for value in values {
                let defined = given.firstIndex {
                    Filter.field(FieldPath("v"), .equal($0)).matches(["v": value])
                }
                #expect(sequence.place(of: value) == defined ?? given.count, "\(value) in \(given)")
            }
            #expect(sequence.place(of: nil) == given.count)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a sort by a long sequence takes time by its length, not by its length for each member`()
        async throws
    {
        let client = try await CommandClient()
        let count = 6_000
        let adding = (0..<count).map { #"{"AddEntity": {"class": "E", "properties": {"n": \#($0)}}}"# }
        _ = try await client.ask("[\(adding.joined(separator: ","))]")
        let sequence = (0..<count).reversed().map(String.init).joined(separator: ",")
        let found = try await client.first(
            """
            [{"FindEntity": {"with_class": "E", "results": {"list": ["n"],
              "sort": {"key": "n", "sequence": [\(sequence)]}}, "limit": 3}}]
            """)
        let last = Int64(count)
        #expect(
            found["entities"] == [
                ["n": .integer(last - 1)], ["n": .integer(last - 2)], ["n": .integer(last - 3)],
            ])
    }

    @Test func `groups are not sorted for who has given up`() {
        var results = ResultRequest()
        results.group = ["n"]
        var table = AggregationTable(Aggregation(results))
        for number in 0..<10_000 { table.add(1, [.integer(Int64(number))]) }
        let cancellation = Cancellation()
        cancellation.cancel()
        var reply = Document()
        #expect(throws: CancelledError.self) {
            try table.write(to: &reply, dialect: .aperture, cancellation)
        }
        #expect(reply.isEmpty)
    }
}
