import Base
import Foundation
import TestSupport
import Testing

@Suite struct YAMLTests {
    private func json(_ text: String) throws -> String { try YAML.parse(text).json }

    @Test func `maps, lists and texts are read as they stand`() throws {
        let text = """
            ---
            # of a cascade
            name: "people \\"here\\" \\u00e9"  # its name
            place: 'it''s #1'
            fps: 5
            recall: 0.95
            small: -1.5e-3
            none:
            empty: ~
            yes-or-no: true
            stages:
            - model: motion
              threshold: 0.001
            -   models:
                - model: a
                - {model: b, classes: [person, "big dog", 3, -0.5, null], at: {x: 1}}
            - - 1
              - 2
            -
              last: []
            deep:
                er:
                    still: it's here, isn't it
            url: http://example.org/a#b
            """
        #expect(
            try json(text)
                == #"{"name":"people \"here\" é","place":"it's #1","fps":5,"recall":0.95,"small":-0.0015,"none":null,"empty":null,"yes-or-no":true,"stages":[{"model":"motion","threshold":0.001},{"models":[{"model":"a"},{"model":"b","classes":["person","big dog",3,-0.5,null],"at":{"x":1}}]},[1,2],{"last":[]}],"deep":{"er":{"still":"it's here, isn't it"}},"url":"http://example.org/a#b"}"#
        )
        #expect(
            try json("") == "null" && json("# nothing\n\n") == "null" && json("just text") == #""just text""#)
        #expect(try json("a: 1\r\nb: 2\r\n") == #"{"a":1,"b":2}"#)
    }

    @Test(arguments: [
        ("a: 1\n\tb: 2", 2), ("a: 1\na: 2", 2), ("a: yes", 1), ("a: 012", 1), ("a: 1:30", 1),
        ("a: 2020-01-01", 1),
        ("a: 1e3", 1), ("a: 0x10", 1), ("a: .inf", 1), ("a: &x 1", 1), ("a: *x", 1), ("a: !t 1", 1),
        ("a: |\n  b", 1),
        ("a: >\n  b", 1), ("a: b: c", 1), ("a: 'b", 1), ("a: \"b", 1), ("a: \"\\q\"", 1), ("a: [1, 2", 1),
        ("a: [1,, 2]", 1), ("a: [b: 1]", 1), ("a: 0o17", 1), ("a: {b}", 1), ("a: {b: 1, b: 2}", 1),
        ("a: 1\n  b: 2", 2),
        ("a:\n  - 1\n c: 2", 3), ("- 1\nb: 2", 2), ("a: b\n  c", 2), ("1: a", 1), ("a: 1\n---\nb: 2", 2),
        ("%YAML 1.1", 1),
        ("? a\n: b", 1), ("a: @b", 1), ("a: 99999999999999999999", 1), ("a: \u{7}", 1), ("a: \u{2028}", 1),
        ("a: 'b' c", 1), ("a: [b] c", 1), ("x\ny: 1", 2), ("a: 1\n...", 2), ("a: - b", 1), ("a: <<", 1),
    ])
    func `what is no part of it is refused, with its line`(_ text: String, _ line: Int) {
        let error = #expect(throws: YAMLError.self, "\(text)") { try YAML.parse(text) }
        #expect(error?.line == line, "\(text): \(String(describing: error))")
    }

    @Test func `limits hold before memory is taken`() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: YAMLError.self) { try YAML.parse(deep) }
        #expect(throws: YAMLError.self) { try YAML.parse(String(repeating: "- ", count: 100) + "a") }
        #expect(throws: YAMLError.self) { try YAML.parse(Array("a: 1".utf8), limits: .init(byteCount: 3)) }
        #expect(throws: YAMLError.self) { try YAML.parse([0xFF, 0xFE]) }
    }

    /// Random texts of YAML's signs: what is read means the same to PyYAML.
    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"))
    func `whatever is read means the same to PyYAML`() throws {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "a", "b", "key", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "[", "]", "{",
            "}", ", ", ",",
            "'", "\"", "''", "\\n", "\\u00e9", " #", "#", " ", "1", "0", ".5", "e+3", "true", "no", "null",
            "~", "é", "x y",
            "a: 1", "\nb: ", "? ", "&", "*", "!", "|", ">", "%", "@", "`", "\t", "2020-01-01", "1:30", "<<",
            "=", "...",
        ]
        var texts: [String] = []
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...9, using: &random)
            texts.append((0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined())
        }
        let read = texts.compactMap { text -> (String, Value)? in
            // That it is refused is not what is tested.
            guard let value = try? YAML.parse(text) else { return nil }
            return (text, value)
        }
        #expect(read.count > 1_000)
        let lines = read.map { Value.string($0.0).json }
        let expected = try PythonOracle.answers(of: "yaml_oracle.py", to: lines)
        try #require(expected.count == read.count)
        for ((text, value), other) in zip(read, expected) {
            let same = (try? JSON.parse(other)) == value
            #expect(same, "\(text.debugDescription): \(value.json), PyYAML: \(other)")
        }
    }

    /// What PyYAML writes of random values, none of which has texts of several lines, is read.
    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"))
    func `what PyYAML writes is read`() throws {
        let lines = try PythonOracle.lines(of: "yaml_oracle.py", ["--write", "1500"])
        #expect(lines.count == 1_500)
        for line in lines {
            let pair = try #require(try JSON.parse(line).arrayValue)
            let text = try #require(pair[0].stringValue)
            let value = try YAML.parse(text)
            #expect(value == pair[1], "\(text)")
        }
    }
}
