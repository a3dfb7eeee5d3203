import Base
import Testing

@testable import Pipeline

@Suite struct TextValueTests {
    @Test(
        "what a cell stands for",
        arguments: [
            ("12", .integer(12)), ("-3.5", .float(-3.5)), ("1e3", .float(1000)), ("007", .string("007")),
            ("1_000", .string("1_000")),
            ("true", .boolean(true)), ("True", .string("True")), ("", nil), (" 1", .string(" 1")),
            ("-", .string("-")),
            ("nan", .string("nan")), ("2024-05-06", .string("2024-05-06")),
            ("9223372036854775808", .float(9_223_372_036_854_775_808)),
        ] as [(String, Value?)])
    func inference(text: String, expected: Value?) { #expect(Value(inferredFrom: text) == expected) }

    @Test func `a date with a time of day is a date-time`() {
        #expect(
            Value(inferredFrom: "2024-05-06T07:08:09Z")
                == .dateTime(DateTime(microseconds: 1_714_979_289_000_000)))
        #expect(
            Value(inferredFrom: "2024-05-06 07:08:09")
                == .dateTime(DateTime(microseconds: 1_714_979_289_000_000, zone: .local)))
    }
}
