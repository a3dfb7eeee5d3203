import Base
import Query
import TestSupport
import Testing

@Suite(.onOwnThreads, .enabled(if: PythonOracle.isAvailable, "no Python at .venv or FOVEA_ORACLE_PYTHON"))
struct PatternOracleTests {
    private struct Question {
        var pattern: String
        var options: String
        var texts: [String]

        var json: String {
            ([
                "pattern": .string(pattern), "options": .string(options),
                "texts": .array(texts.map { .string($0) }),
            ] as Value).json
        }
    }

    @Test("well-formed patterns match what PCRE2 matches", arguments: 1...6 as ClosedRange<UInt64>)
    func grammar(seed: UInt64) throws {
        var generator = PatternGenerator(seed: seed)
        try compare(
            (0..<700).map { _ in
                Question(pattern: generator.pattern(), options: generator.options(), texts: generator.texts())
            }, seed)
    }

    @Test(
        "what PCRE2 refuses is refused, and the rest means the same",
        arguments: 11...16 as ClosedRange<UInt64>)
    func soup(seed: UInt64) throws {
        var generator = PatternGenerator(seed: seed)
        try compare(
            (0..<1_500).map { _ in
                Question(pattern: generator.soup(), options: generator.options(), texts: generator.texts())
            }, seed)
    }

    @Test func `case is folded as PCRE2 folds it, for every scalar that has case`() throws {
        let cased = (UInt32(0x41)...0x1E943).compactMap(Unicode.Scalar.init).filter {
            $0.properties.changesWhenCaseMapped || $0.properties.isCased
        }
        var questions: [Question] = []
        for scalar in cased {
            // PCRE2 10.42 knows Unicode 14.
            let mapped =
                scalar.properties.lowercaseMapping + scalar.properties.uppercaseMapping + "kKsSiIıİſK"
            guard mapped.unicodeScalars.allSatisfy({ ($0.properties.age?.major ?? .max) <= 14 }) else {
                continue
            }
            questions.append(
                Question(
                    pattern: "^\(scalar)$", options: "i", texts: mapped.unicodeScalars.map { String($0) }))
        }
        try compare(questions, 0)
    }

    @Test func `general categories are PCRE2's, but for scalars that are newer`() throws {
        let names = [
            "L", "L&", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc",
            "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
            "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Any",
        ]
        // Of the basic plane's start, which no longer changes.
        let texts =
            (UInt32(1)...0x24F).compactMap(Unicode.Scalar.init).map { String($0) } + [
                "あ", "中", "😀", "\u{2028}", "\u{E000}", "ǅ", "\u{301}",
            ]
        try compare(
            names.flatMap { name in
                ["\\p{\(name)}", "\\P{\(name)}", "[^\\p{\(name)}x]", "(*UCP)[\\w\\d]", "(*UCP)^\\s"].map {
                    Question(pattern: $0, options: "", texts: texts)
                }
            }, 0)
    }

    private func compare(_ questions: [Question], _ seed: UInt64) throws {
        let answers = try PythonOracle.answers(of: "pattern_oracle.py", to: questions.map(\.json))
        try #require(answers.count == questions.count)
        var comparedCount = 0
        for (question, answer) in zip(questions, answers) {
            let shown: Comment = "seed \(seed): /\(question.pattern)/\(question.options) = \(question.json)"
            let options = try #require(Pattern.Options(letters: question.options))
            do throws(FilterError) {
                let pattern = try Pattern(question.pattern, options: options)
                guard answer != "refused" else {
                    Issue.record("refused by PCRE2, \(shown)")
                    continue
                }
                let ours = question.texts.map { pattern.matches($0) }
                for (text, (our, theirs)) in zip(question.texts, zip(ours, answer)) where theirs != "?" {
                    #expect(our == (theirs == "1"), "\(shown) on \(Value.string(text).json)")
                    comparedCount += 1
                }
                if let prefix = pattern.literalPrefix {
                    for (text, our) in zip(question.texts, ours) where our {
                        #expect(
                            Array(text.utf8).starts(with: Array(prefix.utf8)),
                            "\(shown): prefix \(prefix) of \(text)")
                    }
                }
            } catch {
                let isStricter = ["not served", "quantifier follows", "repeated", "longer than"].contains {
                    error.message.contains($0)
                }
                #expect(answer == "refused" || isStricter, "\(shown): \(error.message)")
            }
        }
        #expect(comparedCount > questions.count)
    }
}

/// Random patterns and texts over a small alphabet.
struct PatternGenerator {
    private var random: SeededGenerator
    private let atoms = [
        "a", "b", "A", "é", "É", "1", "_", " ", "-", ".", "\\.", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S",
        "\\h", "\\H", "\\v", "\\V", "\\N", "\\n", "\\t",
        "\\x41", "\\x{e9}", "\\x{1F600}", "\\0", "\\e", "\\cA", "\\o{101}", "[ab]", "[^ab]", "[a-c1-3]",
        "[^\\w]", "[\\d_]", "[]a]", "[^]a]", "[a-]", "[é-ü]",
        "[[:alpha:]]", "[[:^digit:]x]", "[[:upper:]]", "[\\x41-\\x43]", "[\\n\\t]", "\\p{Lu}", "\\P{L}",
        "\\pN", "[\\p{Ll}1]", "\\p{^Lu}", "\\Qa.b\\E", "\\Q\\E", "\\-",
        "[\\b]", "[\\Qa-b\\E]", "ſ", "k", "K", "[k-l]", "[^k]",
    ]
    private let assertions = ["^", "$", "\\A", "\\z", "\\Z", "\\b", "\\B"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func pattern() -> String { (random.chance(0.05) ? "(*UCP)" : "") + choice(depth: 3) }

    mutating func options() -> String { ["i", "m", "s", "x"].filter { _ in random.chance(0.25) }.joined() }

    mutating func texts() -> [String] {
        let scalars: [Unicode.Scalar] = [
            "a", "a", "b", "b", "c", "A", "B", "é", "É", "1", "2", "_", " ", "-", ".", "\n", "\n", "\t", "\r",
            "\u{85}", "\u{A0}", "\u{2028}", "😀", "ſ", "K", "k", "ü", "\0",
            "\u{1B}", "x",
        ]
        return (0..<10).map { _ in
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...8, using: &random) { text.append(random.pick(scalars)) }
            return String(text)
        }
    }

    /// Pieces of patterns in any order: most are malformed.
    mutating func soup() -> String {
        let pieces =
            atoms + assertions + [
                "(", ")", "(?:", "(?i)", "(?-i)", "(?i:", "(?s-m:", "(?<n>", "(?P<m>", "(?'q'", "(?#c)", "|",
                "*", "+", "?", "{2}", "{1,2}", "{2,}", "{,2}", "{", "}", "]", "[", "[^",
                "\\", "\\Q", "\\E", "#", "{2,1}", "(?", "\\x{", "\\x", "\\p{", "[a-\\d]", "[\\d-a]", "[z-a]",
                "[[:foo:]]", "[[:alpha:]-z]", "\\u", "\\1", "\\8", "(?=a)", "(?!b)", "(?<=a)",
                "(?>a)", "a++", "\\R", "\\G", "\\K", "\\X", "(?|a)", "(?R)", "(*FAIL)", "[[.a.]]", "[[=a=]x]",
                "[[:a", "[[:alpha:", "[:]", "[[:x1:]]", "[a-a]", "\\c", "\\o{9}", "\\x{110000}", "\\x{D800}",
                "\\y", "(?x: a b )", "(?xx)", "(?^", "(?^i:", "\\N{2}", "[\\N{U+e9}]", "\\N{", "\\N{U+41}",
            ]
        return (0..<Int.random(in: 1...6, using: &random)).map { _ in random.pick(pieces) }.joined()
    }

    // MARK: - Private

    private mutating func choice(depth: Int) -> String {
        (0..<random.pick([1, 1, 1, 2, 3])).map { _ in sequence(depth: depth) }.joined(separator: "|")
    }

    private mutating func sequence(depth: Int) -> String {
        (0..<random.pick([0, 1, 1, 2, 2, 3, 4])).map { _ in piece(depth: depth) }.joined()
    }

    private mutating func piece(depth: Int) -> String {
        if random.chance(0.15) { return random.pick(assertions) }
        if random.chance(0.04) { return random.pick(["(?i)", "(?-i)", "(?s)", "(?m)", "(?#note)", "(?-s)"]) }
        var piece: String
        var quantifiers = ["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "??", "{1,3}?"]
        if depth > 0, random.chance(0.3) {
            piece =
                random.pick(["(", "(", "(?:", "(?i:", "(?s-i:", "(?x:", "(?m:"]) + choice(depth: depth - 1)
                + ")"
        } else {
            piece = random.pick(atoms)
            if piece == "\\Q\\E" { return piece }
            // Not of groups: PCRE2 10.42 takes (?:|^){0}a for anchored.
            quantifiers.append("{0}")
        }
        if random.chance(0.4) { piece += random.pick(quantifiers) }
        return piece
    }
}
