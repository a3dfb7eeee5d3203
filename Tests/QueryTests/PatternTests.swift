import Base
import Query
import TestSupport
import Testing

@Suite(.onOwnThreads) struct PatternTests {
    @Test(
        "what pcre2pattern(3) says",
        arguments: [
            ("abc", "", "xabcx", true), ("abc", "", "ab", false), ("", "", "", true), ("a|b", "", "cb", true),
            ("^a|b$", "", "xb", true),
            ("^$", "", "", true), ("^$", "", "\n", true), ("\\A\\z", "", "\n", false),
            ("a$", "", "a\n", true), ("a$", "", "a\n\n", false), ("a\\z", "", "a\n", false),
            ("a\\Z", "", "a\n", true), ("^b", "", "a\nb", false), ("^b", "m", "a\nb", true),
            ("a$", "m", "a\nb", true), ("^$", "m", "a\n", false), ("\\Ab", "m", "a\nb", false),
            ("a.b", "", "a\nb", false), ("a.b", "s", "a\nb", true), ("a\\Nb", "s", "a\nb", false),
            ("a.b", "", "a\rb", true), ("a.b", "", "a\u{2028}b", true),
            ("^.$", "", "é", true), ("^.$", "", "e\u{301}", false), ("^.$", "", "😀", true),
            ("colou?r", "", "color", true), ("ab{2,3}c", "", "abbbc", true), ("ab{2,3}c", "", "abc", false),
            ("a{,2}", "", "aa", false), ("a{,2}", "", "a{,2}", true),
            ("a{x", "", "a{x", true), ("x{0}y", "", "y", true), ("(ab)+$", "", "cabab", true),
            ("(?:ab|cd){2}", "", "cdab", true), ("(?<year>\\d{4})", "", "in 2024", true),
            ("\\d+", "", "٣", false), ("(*UCP)\\d+", "", "٣", true), ("\\w", "", "é", false),
            ("(*UCP)\\w", "", "é", true), ("\\s", "", "\u{A0}", false), ("\\h", "", "\u{A0}", true),
            ("\\bcat\\b", "", "a cat.", true), ("\\bcat\\b", "", "concat", false),
            ("\\Bcat", "", "concat", true), ("é\\b", "", "é", false), ("(*UCP)é\\b", "", "é", true),
            ("CAT", "i", "cat", true), ("straße", "i", "STRASSE", false), ("σ", "i", "ς", true),
            ("k", "i", "\u{212A}", true), ("ı", "i", "I", false), ("[α-ω]", "i", "Σ", true),
            ("[^k]", "i", "K", false), ("a(?i)b|c", "", "C", true), ("a(?i:b)c", "", "aBc", true),
            ("a(?i:b)c", "", "aBC", false), ("(?i)a(?-i)b", "", "AB", false), ("(?^i)B", "s", "b", true),
            ("a b # note\n c", "x", "abc", true), ("[ ]a", "x", "a", false), ("a\\ b", "x", "a b", true),
            ("a(?#note)b", "", "ab", true), ("a #", "", "a #", true),
            ("[]x]", "", "]", true), ("[^]x]", "", "]", false), ("[a\\-z]", "", "-", true),
            ("[-a]", "", "-", true), ("[\\w.-]+@", "", "a.b-c@", true), ("[\\]]", "", "]", true),
            ("[[]", "", "[", true),
            ("[[:alpha:][:digit:]]", "", "5", true), ("[[:^alpha:]]", "", "x", false),
            ("[[:upper:]]", "i", "x", true), ("[a[:]", "", ":", true),
            ("\\p{Lu}", "", "É", true), ("\\p{Lu}", "i", "é", false), ("\\pL", "", "中", true),
            ("\\P{L}", "", "中", false), ("\\p{^L}", "", "1", true), ("[\\p{N}]", "", "½", true),
            ("\\x41\\x{1F600}", "", "A😀", true), ("\\0101", "", "\u{8}1", true), ("\\o{101}", "", "A", true),
            ("[\\101]", "", "A", true), ("\\N{U+41}", "", "A", true),
            ("\\t\\n\\r\\f\\e\\a\\cA", "", "\t\n\r\u{C}\u{1B}\u{7}\u{1}", true),
            ("\\Qa.*b\\E+", "", "a.*bb", true), ("\\Q", "", "", true), ("\\.\\*\\/\\-\\é", "", ".*/-é", true),
            ("]}", "", "]}", true), ("a{1", "", "a{1", true), ("\0", "", "a\0b", true),
            ("(|a)+b", "", "aab", true), ("(a*)*b", "", "b", true), ("(a|b)*?c", "", "abac", true),
            ("x*", "", "aaa", true),
        ])
    func known(source: String, letters: String, text: String, expected: Bool) throws {
        let options = try #require(Pattern.Options(letters: letters))
        let pattern = try Pattern(source, options: options)
        #expect(pattern.matches(text) == expected)
        #expect(Array(text.utf8).withUnsafeBufferPointer { pattern.matches(utf8: $0) } == expected)
    }

    @Test(
        "what needs backtracking is refused by name",
        arguments: [
            ("(?=a)", "look-ahead"), ("(?!a)", "look-ahead"), ("(?<=a)b", "look-behind"),
            ("(?<!a)b", "look-behind"), ("(?>a)", "atomic"), ("a++", "possessive"),
            ("a{2}+", "possessive"), ("(a)\\1", "back-references"), ("\\101", "back-references"),
            ("\\k<n>", "back-references"), ("\\g{1}", "back-references"), ("(?P=n)", "back-references"),
            ("(?R)", "recursion"),
            ("(?&n)", "calls"), ("(?P>n)", "calls"), ("(?(1)a)", "conditional"), ("(?|a)", "branch reset"),
            ("(*FAIL)", "control verbs"), ("\\R", "\\R"), ("\\X", "\\X"),
            ("\\G", "\\G"), ("\\K", "\\K"), ("[[.a.]]", "collating"), ("\\p{Greek}", "general categories"),
            ("(?xx)", "xx"),
        ])
    func backtracking(source: String, what: String) {
        let error = #expect(throws: FilterError.self) { try Pattern(source) }
        #expect(
            error?.code == .invalidOperand && error?.message.contains(what) == true
                && error?.message.contains("not served") == true, "\(error?.message ?? "")")
    }

    @Test(
        "what is malformed is refused at its place",
        arguments: [
            ("(", 1), ("a(b", 2), (")", 1), ("a)", 2), ("[", 1), ("x[a", 2), ("[]", 1), ("[^]", 1), ("*", 1),
            ("a|*", 3), ("+a", 1), ("{2}", 1), ("a**", 2), ("^*", 1), ("\\b+", 1), ("(?", 1), ("(?i", 1),
            ("(?z)", 1), ("(?<1>a)", 4), ("(?<n", 4), ("a{2,1}", 2), ("a{65536}", 2),
            ("a{99999999999999999999}", 2), ("[b-a]", 2), ("[a-\\d]", 2), ("[\\d-z]", 4), ("[[:foo:]]", 2),
            ("[:alpha:]", 1),
            ("\\", 1), ("a\\", 2), ("\\y", 1), ("\\u0041", 1), ("\\x{", 1), ("\\x{110000}", 1),
            ("\\x{D800}", 1), ("\\o", 1), ("\\o{8}", 1), ("\\c", 1), ("\\cé", 1), ("\\p", 1), ("\\p{L", 1),
            ("\\pX", 1), ("(?#", 1), ("[\\", 2),
            ("\\N{41}+\\N{x}", 8),
        ])
    func malformed(source: String, character: Int) {
        let error = #expect(throws: FilterError.self) { try Pattern(source) }
        #expect(
            error?.code == .invalidOperand
                && error?.message.hasPrefix("pattern, at character \(character): ") == true,
            "\(error?.message ?? "")")
    }

    @Test(
        "patterns that stall a backtracking matcher take linear time",
        arguments: [
            "(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*)*b$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y",
            "(a?){50}a{50}$", ".*.*.*.*=.*", "(?:a{0,30}){0,30}b",
        ])
    func stalling(source: String) throws {
        let text = String(repeating: "a", count: 5_000) + "!"
        #expect(try !Pattern(source).matches(text))
    }

    @Test func `a long text is searched from end to end`() throws {
        let text = String(repeating: "é", count: 500_000) + "needle"
        #expect(try Pattern("needle$").matches(text))
        #expect(try Pattern("[^é]+e$").matches(text))
        #expect(try !Pattern("needle.").matches(text))
    }

    @Test(
        "repetitions are limited before they are unrolled",
        arguments: [
            "(((a{100}){100}){100}){100}", "a{20000}", "((a?){200}){200}",
            "(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9}", "(\\b){65535}", "((|){9999}){9999}",
        ])
    func size(source: String) {
        let error = #expect(throws: FilterError.self) { try Pattern(source) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `repetitions of nothing cost nothing`() throws {
        #expect(try Pattern("((((){65535}){65535}){65535}){65535}a").matches("a"))
        #expect(try Pattern("(?:(?:(?:){65535,}){65535})*").matches(""))
    }

    @Test func `groups are nested 100 deep and no deeper`() throws {
        func source(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(try Pattern(source(100)).matches("a"))
        #expect(throws: FilterError.self) { try Pattern(source(101)) }
        #expect(throws: FilterError.self) { try Pattern(String(repeating: "(", count: 8_000)) }
    }

    @Test(
        "the prefix of an anchored pattern is known",
        arguments: [
            ("^abc", "", "abc"), ("\\Aab.c", "", "ab"), ("^(ab)c", "", "abc"), ("(^ab)c", "", "abc"),
            ("^a\\.b\\Qx*\\E", "", "a.bx*"), ("^ab?", "", "a"), ("^ab*", "", "a"), ("^ab+c", "", "ab"),
            ("^(ab)+c", "", "ab"),
            ("^(ab){2}", "", "ab"), ("^é/", "", "é/"), ("^12", "i", "12"), ("^1a", "i", "1"),
            ("^train/\\d+", "", "train/"), ("^a[b]c", "", "a"), ("^a$", "", "a"), ("^a(?:b|c)", "", "a"),
        ])
    func prefix(source: String, letters: String, expected: String) throws {
        #expect(
            try Pattern(source, options: #require(Pattern.Options(letters: letters))).literalPrefix
                == expected)
    }

    @Test(
        "where a match may begin otherwise there is no prefix",
        arguments: [
            ("abc", ""), ("^abc", "m"), ("^a|^b", ""), ("^abc", "i"), ("^", ""), ("^.a", ""), ("^(a|b)", ""),
            ("(^a)?b", ""), ("a^b", ""), ("^a?b", ""), ("\\b^a", ""), ("^\\Ba", ""), ("", ""),
        ])
    func noPrefix(source: String, letters: String) throws {
        #expect(
            try Pattern(source, options: #require(Pattern.Options(letters: letters))).literalPrefix == nil)
    }

    @Test func `options are letters in any order`() {
        #expect(Pattern.Options(letters: "xsmiu")?.letters == "imsx")
        #expect(Pattern.Options(letters: "")?.isEmpty == true)
        #expect(Pattern.Options(letters: "g") == nil && Pattern.Options(letters: "I") == nil)
    }

    @Test func `patterns are equal by source and options`() throws {
        #expect(try Pattern("a") == Pattern("a") && Pattern("a") != Pattern("a", options: .caseless))
        #expect(try Pattern("\u{E9}") != Pattern("e\u{301}"))
        #expect(try Set([Pattern("a"), Pattern("a"), Pattern("b")]).count == 2)
        #expect(try Pattern("a/b", options: [.caseless, .dotAll]).description == "/a/b/is")
    }

    @Test("bytes that are no UTF-8 are searched without a crash", arguments: 1...4 as ClosedRange<UInt64>)
    func malformedUTF8(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let patterns = try ["a.b", "^.*$", "\\bx\\b", "[^a]+$", "é", "(?i)ß|\\W$", "(*UCP)\\w\\b", "\\p{L}"]
            .map { try Pattern($0) }
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                random.chance(0.5)
                    ? random.pick([0xC3, 0xE2, 0xF0, 0x80, 0xBF, 0xFF, 0xC0, 0xF8])
                    : UInt8.random(in: 0...255, using: &random)
            }
            for pattern in patterns { _ = bytes.withUnsafeBufferPointer { pattern.matches(utf8: $0) } }
        }
    }

    @Test("random text is a pattern or refused, never a crash", arguments: 11...14 as ClosedRange<UInt64>)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(
            "()[]{}*+?|^$.\\-,:=!<>#&'\"0123456789abdimnpqsuxzADEGNPQRSUWXZé😀 \n".unicodeScalars)
        for _ in 0..<5_000 {
            var source = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...14, using: &random) { source.append(random.pick(alphabet)) }
            let options = Pattern.Options(rawValue: UInt8.random(in: 0...15, using: &random))
            // Being refused is an answer here.
            if let pattern = try? Pattern(String(source), options: options) {
                _ = pattern.matches("ab 12é\n😀")
            }
        }
    }
}
