import Base
import TestSupport
import Testing

@Suite(.onOwnThreads) struct DateTimeTests {
    @Test(
        "known instants are printed",
        arguments: [
            (0, DateTime.utc, "1970-01-01T00:00:00Z"), (-1, DateTime.utc, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, DateTime.utc, "2000-02-29T00:00:00Z"),
            (1_000_000, .local, "1970-01-01T00:00:01"),
            (0, .offset(minutes: 90), "1970-01-01T01:30:00+01:30"),
            (0, .offset(minutes: -1), "1969-12-31T23:59:00-00:01"),
            (1_234_567_890_123_456, DateTime.utc, "2009-02-13T23:31:30.123456Z"),
            (-62_135_596_800_000_000, DateTime.utc, "0001-01-01T00:00:00Z"),
            (253_402_300_799_999_999, DateTime.utc, "9999-12-31T23:59:59.999999Z"),
        ] as [(Int64, DateTime.Zone, String)])
    func printed(microseconds: Int64, zone: DateTime.Zone, expected: String) throws {
        let time = DateTime(microseconds: microseconds, zone: zone)
        #expect(time.iso8601 == expected)
        #expect(DateTime(iso8601: expected, defaultZone: .local) == time)
    }

    @Test(
        "the ends of what 64 bits hold are printed without a crash",
        arguments: [
            (Int64.max, DateTime.utc, "+294247-01-10T04:00:54.775807Z"),
            (.max, .offset(minutes: 1439), "+294247-01-11T03:59:54.775807+23:59"),
            (.min, DateTime.utc, "-290308-12-21T19:59:05.224192Z"),
            (.min, .offset(minutes: -1439), "-290308-12-20T20:00:05.224192-23:59"),
            (-62_167_219_200_000_001, DateTime.utc, "-000001-12-31T23:59:59.999999Z"),
            (-62_167_219_200_000_000, DateTime.utc, "0000-01-01T00:00:00Z"),
        ] as [(Int64, DateTime.Zone, String)])
    func extremes(microseconds: Int64, zone: DateTime.Zone, expected: String) {
        #expect(DateTime(microseconds: microseconds, zone: zone).iso8601 == expected)
    }

    @Test(
        "the forms that are read",
        arguments: [
            ("2024-05-06", "2024-05-06T00:00:00Z"), ("2024-05-06T07:08", "2024-05-06T07:08:00Z"),
            ("2024-05-06 07:08:09", "2024-05-06T07:08:09Z"), ("2024-05-06t07:08:09z", "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08:09.5Z", "2024-05-06T07:08:09.500000Z"),
            ("2024-05-06T07:08:09,1234567Z", "2024-05-06T07:08:09.123456Z"),
            ("2024-05-06T07:08:09+0200", "2024-05-06T07:08:09+02:00"),
            ("2024-05-06T07:08:09-00:00", "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08+05:30", "2024-05-06T07:08:00+05:30"),
        ])
    func read(text: String, expected: String) {
        #expect(DateTime(iso8601: text)?.iso8601 == expected)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "2024", "2024-05", "2024-5-6", "24-05-06", "2024-13-01", "2024-00-01", "2024-01-00",
            "2024-04-31", "2023-02-29",
            "1900-02-29", "2024-05-06T", "2024-05-06T24:00", "2024-05-06T07:60", "2024-05-06T07:08:60",
            "2024-05-06T07:08:09.",
            "2024-05-06T07:08:09Zx", "2024-05-06T07:08:09+24:00", "2024-05-06T07:08:09+02:60",
            "2024-05-06T07:08:09+2",
            "2024-05-06Z", "0000-01-01", " 2024-05-06", "2024-05-06 ", "2024-05-06T0７:08", "now",
            "+2024-05-06",
        ])
    func refused(text: String) {
        #expect(DateTime(iso8601: text) == nil)
    }

    @Test func `a time without a zone takes the one it is given`() {
        #expect(
            DateTime(iso8601: "2024-05-06T07:08:09", defaultZone: .local)?.iso8601 == "2024-05-06T07:08:09")
        let east = DateTime(iso8601: "2024-05-06T07:08:09", defaultZone: .offset(minutes: 60))
        #expect(east?.iso8601 == "2024-05-06T07:08:09+01:00")
    }

    @Test(
        "leap years are those of the Gregorian calendar",
        arguments: [
            (1600, true), (1700, false), (1900, false), (1996, true), (2000, true), (2023, false),
            (2024, true), (2100, false),
        ])
    func leapYears(year: Int, isLeap: Bool) {
        #expect((DateTime(year: year, month: 2, day: 29) != nil) == isLeap)
        let first = DateTime(year: year, month: 1, day: 1), next = DateTime(year: year + 1, month: 1, day: 1)
        let days = ((next?.microseconds ?? 0) - (first?.microseconds ?? 0)) / 86_400_000_000
        #expect(days == (isLeap ? 366 : 365))
    }

    @Test(
        "fields out of range are refused",
        arguments: [
            (0, 1, 1, 0, 0, 0, 0), (10_000, 1, 1, 0, 0, 0, 0), (2024, 1, 32, 0, 0, 0, 0),
            (2024, 1, 1, -1, 0, 0, 0),
            (2024, 1, 1, 0, 0, 0, 1_000_000), (2024, 1, 1, 0, 0, -1, 0),
            (.max, .max, .max, .max, .max, .max, .max),
        ])
    func fields(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int) {
        let time = DateTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            microsecond: microsecond)
        #expect(time == nil)
    }

    @Test func `the system's clock is between two dates`() {
        let now = DateTime.now()
        #expect(now.iso8601 > "2024-01-01" && now.iso8601 < "2200-01-01")
        #expect(now.zone == DateTime.utc)
    }

    @Test(
        "what is printed and what is read is what Python says",
        .enabled(if: PythonOracle.isAvailable, "no Python at .venv or FOVEA_ORACLE_PYTHON"),
        arguments: [31, 32])
    func python(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var questions: [String] = []
        var ours: [String] = []
        for _ in 0..<2_000 {
            // One day less at both ends: Python's datetime has no year 0 to show an offset in.
            let microseconds = Int64.random(
                in: -62_135_510_400_000_000...253_402_214_400_000_000, using: &random)
            let rounded = random.chance(0.5) ? microseconds : microseconds / 1_000_000 * 1_000_000
            let offset = Int16.random(in: -1439...1439, using: &random)
            let isLocal = random.chance(0.2)
            questions.append("print \(rounded) \(isLocal ? "local" : "\(offset)")")
            ours.append(
                DateTime(microseconds: rounded, zone: isLocal ? .local : .offset(minutes: offset)).iso8601)
        }
        for _ in 0..<2_000 {
            func field(_ range: ClosedRange<Int>, _ width: Int) -> String {
                let digits = String(Int.random(in: range, using: &random))
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let date = "\(field(1...9999, 4))-\(field(0...13, 2))-\(field(0...32, 2))"
            let time = "\(field(0...24, 2)):\(field(0...60, 2)):\(field(0...60, 2))"
            let fraction = random.chance(0.5) ? ".\(field(0...999_999, 6))" : ""
            let offset = "\(random.chance(0.5) ? "+" : "-")\(field(0...24, 2)):\(field(0...59, 2))"
            let text = "\(date)T\(time)\(fraction)\(offset)"
            questions.append("read \(text)")
            ours.append(DateTime(iso8601: text).map { String($0.microseconds) } ?? "refused")
        }
        let answers = try PythonOracle.answers(of: "datetime_oracle.py", to: questions)
        try #require(answers.count == questions.count)
        for (question, (answer, our)) in zip(questions, zip(answers, ours)) {
            #expect(our == answer, "seed \(seed): \(question)")
        }
        #expect(answers.contains("refused"))
    }
}
