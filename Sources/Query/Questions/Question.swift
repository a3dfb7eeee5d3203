/// A question in plain English, read into a filter by a fixed grammar: the same words always give the same
/// filter.
///
/// Conditions follow one another, joined by `and`, `or`, `but` and commas; `or` binds the two beside it.
/// `not`, `no` and `without` negate the next condition. What compares sizes belongs to the object right
/// before it, and to the image otherwise. `docs/search.md` lists what can be said.
public enum Question {
    /// - Throws: ``QuestionError`` naming the first word that is not understood.
    public static func filter(
        of text: String, vocabulary: QuestionVocabulary
    ) throws(QuestionError) -> Filter {
        var reader = QuestionReader(try QuestionToken.read(text), vocabulary)
        return try reader.read()
    }
}

/// Reads the tokens of a question from left to right.
struct QuestionReader {
    let tokens: [QuestionToken]
    let vocabulary: QuestionVocabulary
    var place = 0

    init(_ tokens: [QuestionToken], _ vocabulary: QuestionVocabulary) {
        self.tokens = tokens
        self.vocabulary = vocabulary
    }

    /// The word at a place from here; empty behind the end and for what is quoted.
    func word(_ ahead: Int = 0) -> String {
        place + ahead < tokens.count ? tokens[place + ahead].word : ""
    }

    var isAtEnd: Bool { place >= tokens.count }

    /// Goes past `words` if they come next.
    mutating func take(_ words: String...) -> Bool {
        for (ahead, expected) in words.enumerated() where word(ahead) != expected { return false }
        place += words.count
        return true
    }

    /// Goes past one of `words` if it comes next.
    mutating func takeOne(of words: Set<String>) -> String? {
        let next = word()
        guard words.contains(next) else { return nil }
        place += 1
        return next
    }

    mutating func read() throws(QuestionError) -> Filter {
        var parts: [Filter] = []
        var isNegated = false
        var isAlternative = false
        /// The last word that asks for another condition.
        var open: String?
        while !isAtEnd {
            let start = place
            if let joint = takeOne(of: ["and", ",", "but", "also", "plus"]) {
                if joint == "and" || joint == "but" { open = joint }
            } else if take("or") {
                guard !parts.isEmpty, !isNegated else {
                    throw QuestionError("'or' stands between two conditions", word: "or")
                }
                isAlternative = true
                open = "or"
            } else if let word = takeOne(of: QuestionReader.negations) {
                isNegated.toggle()
                open = word
            } else if takeOne(of: QuestionReader.fillers) != nil {
                continue
            } else if let condition = try condition() {
                let condition = isNegated ? Filter.not(condition) : condition
                if isAlternative, let last = parts.popLast() {
                    parts.append(.any([last, condition]))
                } else {
                    parts.append(condition)
                }
                (isNegated, isAlternative, open) = (false, false, nil)
            } else {
                place = start
                throw unknown()
            }
        }
        if let open {
            throw QuestionError("the question ends with '\(open)': say what comes after it", word: open)
        }
        return .each(parts)
    }

    // MARK: - Private

    private mutating func condition() throws(QuestionError) -> Filter? {
        if let filter = try imageSize() { return filter }
        if let filter = try counted() { return filter }
        if let filter = try labelled() { return filter }
        if let filter = try dated() { return filter }
        if let filter = try named() { return filter }
        if let filter = try object() { return filter }
        if let filter = try property() { return filter }
        if let filter = format() { return filter }
        if takeOne(of: ["broken", "damaged", "corrupt", "corrupted", "unreadable"]) != nil {
            return .field(FieldPath("error"), .exists)
        }
        return nil
    }

    /// What is wrong with the word that comes next.
    private func unknown() -> QuestionError {
        let token = tokens[place]
        if token.kind == .number {
            return QuestionError(
                "'\(token.text)' is a number: say what is counted, or compared", word: token.text)
        }
        let known = vocabulary.phrases + QuestionReader.keywords
        return QuestionError(
            "'\(shortened(token.text))' is no word that is known here", word: token.text,
            near: Nearest.words(to: token.text, among: known, atMost: 3))
    }

    private static let negations: Set = [
        "not", "no", "without", "excluding", "except", "neither", "nor", "isn't", "aren't", "lacking",
    ]
    static let subjects: Set = [
        "image", "images", "picture", "pictures", "photo", "photos", "photograph", "photographs", "file",
        "files", "frame", "frames", "everything", "anything",
    ]
    private static let fillers: Set<String> = subjects.union([
        "a", "all", "an", "any", "are", "contain", "containing", "contains", "find", "for", "from",
        "get", "give", "had", "has", "have", "having", "i", "in", "is", "it", "its", "list", "me", "of",
        "please",
        "search", "show", "showing", "shows", "some", "that", "the", "their", "there", "they", "those",
        "want",
        "was", "were", "where", "which", "who", "whose", "with",
    ])
    private static let keywords = [
        "added", "between", "bigger", "broken", "confidence", "cover", "damaged", "exactly", "fewer", "fill",
        "higher", "labelled", "larger", "least", "most", "more", "named", "narrower", "object", "occupy",
        "photographed", "pixels", "several", "shorter", "smaller", "taken", "tagged", "taller", "unlabelled",
        "wider", "without", "images", "pictures", "photos", "files",
    ]
}
