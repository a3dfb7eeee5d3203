import Testing

@testable import Pipeline

@Suite struct CSVReaderTests {
    private func records(_ text: String, pieceCount: Int = 1) throws -> [[String]] {
        var reader = CSVReader()
        var records: [[String]] = []
        let bytes = Array(text.utf8)
        let step = max(1, (bytes.count + pieceCount - 1) / pieceCount)
        for start in stride(from: 0, to: bytes.count, by: step) {
            try reader.read(bytes[start..<min(start + step, bytes.count)]) { fields, _ in
                records.append(fields.map { String(decoding: $0, as: UTF8.self) })
            }
        }
        try reader.finish { fields, _ in records.append(fields.map { String(decoding: $0, as: UTF8.self) }) }
        return records
    }

    @Test(
        "records as RFC 4180 and Python's csv module read them",
        arguments: [
            ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
            ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
            ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
            ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
            ("\"line\nend\",x\n", [["line\nend", "x"]]),
            ("a,,\n", [["a", "", ""]]),
            ("\"\",x\n", [["", "x"]]),
            ("a\n\nb\n", [["a"], ["b"]]),
            ("a,\"b\"", [["a", "b"]]),
            ("", []),
        ])
    func records(text: String, expected: [[String]]) throws {
        #expect(try records(text) == expected)
        // However the bytes are cut, the records are the same.
        for pieceCount in 2...max(2, text.utf8.count) {
            #expect(try records(text, pieceCount: pieceCount) == expected)
        }
    }

    @Test func `a quote left open is an error that names its line`() {
        let failure = #expect(throws: CSVReader.Failure.self) { try records("a,b\n\"1,2\n3,4\n") }
        #expect(failure?.line == 2)
    }

    @Test func `text after a closing quote is an error`() {
        #expect(throws: CSVReader.Failure.self) { try records("\"a\"b,c\n") }
    }

    @Test func `a record beyond the limit is an error before it is kept`() {
        var reader = CSVReader(maxRecord: 10)
        #expect(throws: CSVReader.Failure.self) {
            try reader.read(Array("0123456789abc".utf8)) { _, _ in }
        }
    }
}
