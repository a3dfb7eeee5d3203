import Base

/// What a value is compared with.
enum QuestionComparison {
    case equal(Value)
    case less(Value), lessOrEqual(Value), greater(Value), greaterOrEqual(Value)
    case between(Value, Value)

    func filters(on path: FieldPath) -> [Filter] {
        switch self {
        case .equal(let value): [.field(path, .equal(value))]
        case .less(let value): [.field(path, .less(value))]
        case .lessOrEqual(let value): [.field(path, .lessOrEqual(value))]
        case .greater(let value): [.field(path, .greater(value))]
        case .greaterOrEqual(let value): [.field(path, .greaterOrEqual(value))]
        case .between(let least, let most):
            [.field(path, .greaterOrEqual(least)), .field(path, .lessOrEqual(most))]
        }
    }
}

/// Numbers and comparisons.
extension QuestionReader {
    /// Whether a number comes next, in digits or as a word.
    var numberAhead: Bool {
        place < tokens.count
            && (tokens[place].kind == .number || QuestionReader.numberWords[tokens[place].word] != nil)
    }

    /// `above 3`, `at least half`, `between 2 and 4`; a number by itself is equality.
    /// - Parameter isOfCount: Only numbers that count something are taken, and none with a unit.
    /// - Throws: ``QuestionError`` where a comparison begins and no number comes.
    mutating func comparison(isOfCount: Bool = false) throws(QuestionError) -> QuestionComparison? {
        let start = place
        if take("between") {
            let least = try amount(after: start, isOfCount: isOfCount)
            guard take("and") else {
                throw QuestionError(
                    "'between' stands before two numbers with 'and' between them", word: "between")
            }
            return .between(least, try amount(after: start, isOfCount: isOfCount))
        }
        for (words, make) in QuestionReader.comparisons {
            guard words.enumerated().allSatisfy({ word($0.offset) == $0.element }) else { continue }
            place += words.count
            return make(try amount(after: start, isOfCount: isOfCount))
        }
        guard isOfCount ? numberAhead : numberAhead && tokens[place].kind == .number else { return nil }
        return .equal(try amount(after: start, isOfCount: isOfCount))
    }

    /// `half`, `a quarter`, `30%`: a part as a number.
    mutating func fraction() throws(QuestionError) -> Value? {
        let start = place
        _ = takeOne(of: ["a", "one"])
        if take("half") { return 0.5 }
        if take("quarter") { return 0.25 }
        if take("third") { return .float(1.0 / 3) }
        place = start
        if take("three", "quarters") { return 0.75 }
        if take("two", "thirds") { return .float(2.0 / 3) }
        guard let number = number() else { return nil }
        return percent(of: number) ?? number
    }

    /// A number in digits or as a word.
    mutating func number() -> Value? {
        guard !isAtEnd else { return nil }
        let token = tokens[place]
        if let number = token.number {
            place += 1
            return number
        }
        guard let number = QuestionReader.numberWords[token.word] else { return nil }
        place += 1
        return .integer(number)
    }

    /// A number, where one must come.
    private mutating func amount(after start: Int, isOfCount: Bool) throws(QuestionError) -> Value {
        if isOfCount {
            if let number = number() { return number }
        } else if let part = try fraction() {
            return part
        }
        let said = tokens[start..<place].map(\.text).joined(separator: " ")
        throw QuestionError(
            "after '\(said)' comes a number" + (isAtEnd ? "" : ", not '\(shortened(tokens[place].text))'"),
            word: isAtEnd ? "" : tokens[place].text)
    }

    /// The number as a part of 1 if a sign of percents follows it.
    private mutating func percent(of number: Value) -> Value? {
        guard takeOne(of: ["%", "percent"]) != nil, let value = number.floatValue else { return nil }
        return .float(value / 100)
    }

    private static let comparisons: [(words: [String], make: @Sendable (Value) -> QuestionComparison)] = [
        (["at", "least"], { .greaterOrEqual($0) }), (["of", "at", "least"], { .greaterOrEqual($0) }),
        (["no", "less", "than"], { .greaterOrEqual($0) }),
        (["no", "fewer", "than"], { .greaterOrEqual($0) }),
        ([">="], { .greaterOrEqual($0) }),
        (["at", "most"], { .lessOrEqual($0) }), (["of", "at", "most"], { .lessOrEqual($0) }),
        (["no", "more", "than"], { .lessOrEqual($0) }), (["up", "to"], { .lessOrEqual($0) }),
        (["<="], { .lessOrEqual($0) }),
        (["more", "than"], { .greater($0) }), (["greater", "than"], { .greater($0) }),
        (["higher", "than"], { .greater($0) }), (["larger", "than"], { .greater($0) }),
        (["above"], { .greater($0) }), (["over"], { .greater($0) }), ([">"], { .greater($0) }),
        (["less", "than"], { .less($0) }), (["fewer", "than"], { .less($0) }),
        (["lower", "than"], { .less($0) }), (["smaller", "than"], { .less($0) }),
        (["below"], { .less($0) }), (["under"], { .less($0) }), (["<"], { .less($0) }),
        (["exactly"], { .equal($0) }), (["equal", "to"], { .equal($0) }), (["="], { .equal($0) }),
    ]

    private static let numberWords: [String: Int64] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
        "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    ]
}
