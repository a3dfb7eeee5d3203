/// Words that somebody may have meant who wrote another one.
public enum Nearest {
    /// The known words that take the fewest edits, at most a third of the letters and no more than three,
    /// nearest first, equals in the order of their bytes. Case does not count.
    public static func words(to word: String, among known: [String], atMost limit: Int) -> [String] {
        let typed = Array(word.lowercased().unicodeScalars.prefix(64))
        let most = min(max(typed.count / 3, 1), 3)
        var near: [(edits: Int, word: String)] = []
        for other in Set(known) {
            let letters = Array(other.lowercased().unicodeScalars.prefix(64))
            guard abs(letters.count - typed.count) <= most else { continue }
            let edits = Operators.distance(typed, letters)
            if edits <= most { near.append((edits, other)) }
        }
        near.sort { ($0.edits, $0.word) < ($1.edits, $1.word) }
        return near.prefix(limit).map(\.word)
    }
}
