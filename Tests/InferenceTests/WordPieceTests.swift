import Testing

@testable import Inference

@Suite struct WordPieceTests {
    private static let vocabulary = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "car", "##s", "##pet", "cafe", "!", "车", "play", "##ing",
        "i",
    ]

    private func words(_ text: String, atMost limit: Int = 100, lowersCase: Bool = true) throws -> [String] {
        let tokenizer = try WordPiece(
            vocabulary: Array((Self.vocabulary.joined(separator: "\n") + "\n").utf8), lowersCase: lowersCase,
            name: "vocab.txt")
        return tokenizer.tokens(of: text, atMost: limit).map { Self.vocabulary[Int($0)] }
    }

    // What BERT's own tokenizer does (Devlin et al., `tokenization.py`), worked out by hand.
    @Test(
        "texts are cut as BERT cuts them",
        arguments: [
            ("", []), ("car", ["car"]), ("CAR", ["car"]), ("cars", ["car", "##s"]),
            ("carpet!", ["car", "##pet", "!"]),
            ("Café", ["cafe"]), ("Cafe\u{301}", ["cafe"]), ("playing", ["play", "##ing"]), ("dog", ["[UNK]"]),
            ("card", ["[UNK]"]), ("a\tcar\u{A0}a\n", ["a", "car", "a"]), ("a车car", ["a", "车", "car"]),
            ("ca\u{200B}r", ["car"]), ("a\u{0}\u{FFFD}car", ["[UNK]"]), ("!!", ["!", "!"]), ("İ", ["i"]),
        ])
    func cutting(text: String, expected: [String]) throws {
        #expect(try words(text) == ["[CLS]"] + expected + ["[SEP]"])
    }

    @Test func `letters stay large where the vocabulary has them so`() throws {
        #expect(try words("CAR Café", lowersCase: false) == ["[CLS]", "[UNK]", "[UNK]", "[SEP]"])
    }

    @Test func `a long text is cut off, its end stays`() throws {
        #expect(try words("a a a a a", atMost: 4) == ["[CLS]", "a", "a", "[SEP]"])
        #expect(try words("cars", atMost: 3) == ["[CLS]", "car", "[SEP]"])
    }

    @Test func `a word of more than a hundred characters is unknown`() throws {
        #expect(try words("car" + String(repeating: "s", count: 97)).count == 100)
        #expect(try words("car" + String(repeating: "s", count: 98)) == ["[CLS]", "[UNK]", "[SEP]"])
    }

    @Test func `a vocabulary without its marks is refused`() {
        let error = #expect(throws: InferenceError.self) {
            _ = try WordPiece(vocabulary: Array("a\nb\n".utf8), lowersCase: true, name: "vocab.txt")
        }
        #expect(error?.code == .invalidDescription)
        #expect(error?.message.contains("vocab.txt has no token [CLS]") == true)
    }
}
