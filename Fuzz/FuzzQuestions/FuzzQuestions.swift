import Driver
import Query

/// Texts as questions in plain language: what is understood is a filter that can be written and read again.
@main enum FuzzQuestions {
    static func main() {
        Fuzzer.run { bytes in
            guard let text = String(validating: bytes, as: UTF8.self),
                let filter = try? Question.filter(of: text, vocabulary: vocabulary)
            else { return }
            Fuzzer.require((try? Filter.parse(filter.text)) == filter, "not what it says: \(filter.text)")
        }
    }

    private static let vocabulary = {
        var vocabulary = QuestionVocabulary()
        vocabulary.addClass("cat", words: ["cat", "kitty"], isDeclared: true)
        vocabulary.addClass("/m/1", words: ["Trunk"], isDeclared: true)
        vocabulary.addClass("/m/2", words: ["Trunk"], isDeclared: true)
        vocabulary.addClass("traffic_light", words: ["traffic_light"], isDeclared: false)
        vocabulary.addProperty("rating", .number)
        vocabulary.addProperty("format", .text)
        vocabulary.addProperty("captured_at", .date)
        vocabulary.addProperty("blurry", .boolean)
        return vocabulary
    }()
}
