import Base

/// A regular expression as `$regex` takes it: PCRE's syntax, matched in time linear in the text.
///
/// What runs beside the data must not be stalled by a pattern, so there is no backtracking: back-references,
/// look-around, atomic groups, possessive quantifiers, recursion and control verbs are refused with an error
/// that says so. Everything else of PCRE2's syntax is served: classes (POSIX names and Unicode general
/// categories included), `\d \w \s \h \v \N` and their negations, groups, alternation, greedy and lazy
/// quantifiers, `^ $ \A \z \Z \b \B`, inline options, comments, `\Q…\E`. As in MongoDB a dot is a Unicode
/// scalar, and `\d`, `\w`, `\s`, `\b` and POSIX names know ASCII alone unless the pattern begins with
/// `(*UCP)`; `i` folds case by Unicode's simple folding. A pattern matches if it does so anywhere in the
/// text.
///
/// Source: pcre2pattern(3) for the syntax; R. Cox, "Regular Expression Matching: the Virtual Machine
/// Approach".
public struct Pattern: Sendable, Hashable, CustomStringConvertible {
    /// How a pattern is read: the letters of `$options`.
    public struct Options: OptionSet, Sendable, Hashable {
        /// One bit an option.
        public let rawValue: UInt8

        /// The options of the given bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `i`: upper and lower case are one.
        public static let caseless = Options(rawValue: 1)
        /// `m`: `^` and `$` also match at line breaks.
        public static let multiline = Options(rawValue: 2)
        /// `s`: a dot also matches a newline.
        public static let dotAll = Options(rawValue: 4)
        /// `x`: white space and `#` comments in the pattern are ignored.
        public static let extended = Options(rawValue: 8)

        private static let known: [(letter: Character, option: Options)] = [
            ("i", .caseless), ("m", .multiline), ("s", .dotAll), ("x", .extended),
        ]

        /// Reads letters in any order; `u` says what is so anyway. `nil` for any other letter.
        public init?(letters: String) {
            self = []
            for letter in letters where letter != "u" {
                guard let known = Options.known.first(where: { $0.letter == letter }) else { return nil }
                insert(known.option)
            }
        }

        /// The letters, in the order of the alphabet.
        public var letters: String { String(Options.known.filter { contains($0.option) }.map(\.letter)) }
    }

    /// The pattern as it was written.
    public let source: String
    /// The options beside it; those within the pattern are not among them.
    public let options: Options
    /// What every text that matches begins with: for a pattern that begins with `^` or `\A` and then plain
    /// characters. `nil` where there is no such thing.
    public let literalPrefix: String?
    private let program: PatternProgram

    /// Reads and compiles a pattern.
    /// - Throws: ``FilterError/Code/invalidOperand`` for a pattern that is malformed or needs what is not
    ///   served; ``FilterError/Code/limitExceeded`` where repetitions make it longer than 10,000 steps.
    public init(_ source: String, options: Options = []) throws(FilterError) {
        var parser = PatternParser(source, options: options)
        let node = try parser.parse()
        self.source = source
        self.options = options
        literalPrefix = node.literalPrefix
        program = try PatternProgram(node, hasUnicodeClasses: parser.hasUnicodeClasses)
    }

    /// Whether the pattern matches somewhere in `text`.
    public func matches(_ text: String) -> Bool { text.withBytes { program.matches($0) } }

    /// Whether the pattern matches somewhere in a text, which is given as UTF-8.
    public func matches(utf8: UnsafeBufferPointer<UInt8>) -> Bool { program.matches(utf8) }

    /// The pattern as a literal: `/source/options`.
    public var description: String { "/\(source)/\(options.letters)" }

    /// The same source, byte for byte, and the same options.
    public static func == (left: Pattern, right: Pattern) -> Bool {
        left.options == right.options && left.source.hasSameBytes(as: right.source)
    }

    /// Feeds what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        source.hashBytes(into: &hasher)
        hasher.combine(options)
    }
}
