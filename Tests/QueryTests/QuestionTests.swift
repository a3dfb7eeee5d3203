import Base
import SystemPackage
import TestSupport
import Testing

@testable import Query

/// Questions in plain language give the filters that `questions.txt` says.
@Suite struct QuestionTests {
    /// The words that the file's first lines name.
    static var vocabulary: QuestionVocabulary {
        var vocabulary = QuestionVocabulary()
        for (name, others) in [
            ("animal", []), ("cat", ["kitty"]), ("dog", []), ("vehicle", []), ("car", []),
            ("traffic_light", []), ("person", ["human"]), ("/m/1", ["Trunk"]), ("/m/2", ["Trunk"]),
        ] {
            vocabulary.addClass(name, words: [name] + others, isDeclared: true)
        }
        vocabulary.addClass("wolf", words: ["wolf"], isDeclared: false)
        for name in ["width", "height", "bytes", "rating", "frames"] { vocabulary.addProperty(name, .number) }
        for name in ["format", "path", "camera_make", "camera_model", "split", "error"] {
            vocabulary.addProperty(name, .text)
        }
        for name in ["captured_at", "added_at"] { vocabulary.addProperty(name, .date) }
        for name in ["blurry", "night"] { vocabulary.addProperty(name, .boolean) }
        return vocabulary
    }

    static let questions: [(text: String, expected: String)] = {
        let file = FilePath(#filePath).removingLastComponent().appending("questions.txt")
        // A file that cannot be read leaves no questions, which a test of its own notes.
        let text = (try? contents(of: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        return stride(from: 0, to: lines.count - 1, by: 2).map { (lines[$0], lines[$0 + 1]) }
    }()

    @Test func `there are questions enough`() { #expect(QuestionTests.questions.count >= 60) }

    @Test("a question gives its filter, or says what is wrong", arguments: QuestionTests.questions)
    func question(text: String, expected: String) throws {
        if expected.hasPrefix("!") {
            let error = #expect(throws: QuestionError.self) {
                try Question.filter(of: text, vocabulary: QuestionTests.vocabulary)
            }
            #expect(error?.message.contains(expected.dropFirst()) == true, "\(error?.message ?? "")")
            return
        }
        let filter = try Question.filter(of: text, vocabulary: QuestionTests.vocabulary)
        #expect(filter == (try Filter.parse(expected)), "\(filter.text)")
        // What is shown of it is what is asked.
        #expect(try Filter.parse(filter.text) == filter)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `whatever words come, there is a filter or a message`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let words = QuestionTests.questions.flatMap { $0.text.split(separator: " ").map(String.init) }
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(
                separator: " ")
            do {
                let filter = try Question.filter(of: text, vocabulary: QuestionTests.vocabulary)
                #expect((try? Filter.parse(filter.text)) == filter, "seed \(seed): \(text)")
            } catch {
                #expect(!error.message.isEmpty, "seed \(seed): \(text)")
            }
        }
    }
}
