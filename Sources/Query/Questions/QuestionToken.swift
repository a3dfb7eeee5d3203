import Base

/// A word, a number or a mark of a question.
struct QuestionToken {
    enum Kind: Equatable {
        case word
        /// Between quotation marks: a value, never a word of the grammar.
        case quoted
        case number
        /// `2019-05` or `2019-05-06`.
        case date
        /// What separates parts of a sentence.
        case comma
    }

    var kind: Kind
    /// As it was written.
    var text: String
    /// In small letters; empty for a quoted one.
    var word: String

    private static let longestQuestion = 10_000

    /// - Throws: ``QuestionError`` for a text that is too long, or a quotation that does not end.
    static func read(_ text: String) throws(QuestionError) -> [QuestionToken] {
        guard text.utf8.count <= longestQuestion else {
            throw QuestionError(
                "a question of \(text.utf8.count) bytes, the limit is \(longestQuestion)")
        }
        let scalars = Array(text.unicodeScalars)
        var tokens: [QuestionToken] = []
        var place = 0
        func take(while isPart: (Unicode.Scalar) -> Bool) -> String {
            var part = ""
            while place < scalars.count, isPart(scalars[place]) {
                part.unicodeScalars.append(scalars[place])
                place += 1
            }
            return part
        }
        while place < scalars.count {
            let scalar = scalars[place]
            switch scalar {
            case _ where scalar.properties.isWhitespace || "?!.".unicodeScalars.contains(scalar): place += 1
            case ",", ";":
                tokens.append(QuestionToken(kind: .comma, text: String(scalar), word: ","))
                place += 1
            case "\"", "\u{201C}", "\u{201E}", "\u{AB}":
                place += 1
                let quoted = take { !"\"\u{201C}\u{201D}\u{BB}".unicodeScalars.contains($0) }
                guard place < scalars.count else {
                    throw QuestionError("the quotation \"\(shortened(quoted)) does not end", word: quoted)
                }
                place += 1
                tokens.append(QuestionToken(kind: .quoted, text: quoted, word: ""))
            case "0"..."9": tokens.append(number(take(while: isOfNumber)))
            case "%", "<", ">", "=":
                place += 1
                var mark = String(scalar)
                if scalar != "%", place < scalars.count, scalars[place] == "=" {
                    mark += "="
                    place += 1
                }
                tokens.append(QuestionToken(kind: .word, text: mark, word: mark))
            default:
                var word = take {
                    !$0.properties.isWhitespace && !",;?!%\"<>=\u{201C}\u{201D}".unicodeScalars.contains($0)
                }
                while word.unicodeScalars.last == "." { word.unicodeScalars.removeLast() }
                tokens.append(QuestionToken(kind: .word, text: word, word: word.lowercased()))
            }
        }
        return tokens
    }

    /// The number, commas between thousands left out; `nil` for another token.
    var number: Value? {
        guard kind == .number else { return nil }
        return Int64(word).map { .integer($0) } ?? Double(word).map { .float($0) }
    }

    private static func isOfNumber(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || scalar == "." || scalar == "," || scalar == "-"
    }

    /// A number or a date; marks at its end are the sentence's, and cannot come before a digit.
    private static func number(_ text: String) -> QuestionToken {
        var text = text
        while let last = text.unicodeScalars.last, !("0"..."9").contains(last) {
            text.unicodeScalars.removeLast()
        }
        if text.contains("-") { return QuestionToken(kind: .date, text: text, word: text) }
        return QuestionToken(kind: .number, text: text, word: text.filter { $0 != "," })
    }
}
