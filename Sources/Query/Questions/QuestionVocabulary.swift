/// The words that a question in plain language may use beside those of the grammar: what labels say, and what
/// properties there are.
public struct QuestionVocabulary: Sendable {
    /// What a property holds, as far as a question cares.
    public enum PropertyKind: Sendable {
        case number, text, date, boolean
    }

    /// By a phrase in small letters the names of the classes that it may mean, and whether they were
    /// declared.
    private(set) var classes: [String: [(name: String, isDeclared: Bool)]] = [:]
    private(set) var properties: [String: (name: String, kind: PropertyKind)] = [:]
    /// The most words of a phrase.
    private(set) var longestPhrase = 1

    public init() {}

    /// Makes words known for a label class: its name, title and synonyms. One that is `isDeclared` is asked
    /// for together with all classes below it.
    public mutating func addClass(_ name: String, words: [String], isDeclared: Bool) {
        for word in words {
            let phrase = QuestionVocabulary.phrase(word)
            guard !phrase.isEmpty, !(classes[phrase] ?? []).contains(where: { $0.name == name }) else {
                continue
            }
            classes[phrase, default: []].append((name, isDeclared))
            note(phrase)
        }
    }

    /// Makes a property known by its name. Of two that read the same the first counts.
    public mutating func addProperty(_ name: String, _ kind: PropertyKind) {
        let phrase = QuestionVocabulary.phrase(name)
        guard !phrase.isEmpty, properties[phrase] == nil else { return }
        properties[phrase] = (name, kind)
        note(phrase)
    }

    /// The names of the classes that a word or several may mean, in small or large letters, one or many of
    /// them.
    public func classes(called words: String) -> [String] {
        let phrase = QuestionVocabulary.phrase(words)
        return QuestionVocabulary.singulars(of: phrase).lazy.compactMap { classes[$0] }.first?.map(\.name)
            ?? []
    }

    /// Whether there is a property of that very name.
    func has(property name: String) -> Bool { properties[QuestionVocabulary.phrase(name)]?.name == name }

    /// All phrases that are known.
    var phrases: [String] { Array(classes.keys) + Array(properties.keys) }

    /// A name as people write it: in small letters, its words apart.
    static func phrase(_ name: String) -> String {
        name.lowercased().split { $0 == "_" || $0 == "-" || $0.isWhitespace }.joined(separator: " ")
    }

    /// A word as it is, then what it may be the plural of.
    static func singulars(of phrase: String) -> [String] {
        let (head, last) =
            phrase.lastIndex(of: " ").map { (phrase[...$0], phrase[phrase.index(after: $0)...]) }
            ?? (phrase[..<phrase.startIndex], phrase[...])
        let word = String(last)
        var forms = [word]
        if let singular = irregular[word] { forms.append(singular) }
        for (ending, singular) in [("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", "")]
        where word.count > ending.count + 1 && word.hasSuffix(ending) {
            forms.append(word.dropLast(ending.count) + singular)
        }
        return forms.map { head + $0 }
    }

    private mutating func note(_ phrase: String) {
        longestPhrase = max(longestPhrase, min(phrase.split(separator: " ").count, 8))
    }

    private static let irregular = [
        "people": "person", "persons": "person", "men": "man", "women": "woman", "children": "child",
        "mice": "mouse", "geese": "goose", "feet": "foot", "teeth": "tooth", "oxen": "ox",
    ]
}

/// Why a question in plain language was not understood.
public struct QuestionError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for people; it names the word.
    public var message: String
    /// The word at fault; empty where the question ends too early.
    public var word: String
    /// Known words that are spelled nearly so, nearest first.
    public var near: [String]

    init(_ message: String, word: String = "", near: [String] = []) {
        self.message = near.isEmpty ? message : "\(message); near it are: \(near.joined(separator: ", "))"
        self.word = word
        self.near = near
    }

    public var description: String { message }
}
