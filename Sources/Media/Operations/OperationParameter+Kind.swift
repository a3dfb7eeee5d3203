extension OperationParameter.Kind {
    /// The word by which a machine-readable description names the kind.
    public var name: String {
        switch self {
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .choice: "choice"
        case .size: "size"
        case .colour: "colour"
        case .box: "box"
        case .numbers: "numbers"
        }
    }

    /// What values it takes, in words that end a sentence.
    public var range: String {
        switch self {
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
        case .boolean: "true or false"
        case .choice(let words): words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
        case .size(let range, let isOpen):
            "WIDTHxHEIGHT\(isOpen ? ", WIDTHx or xHEIGHT" : "") with sides from \(range.lowerBound) to "
                + "\(range.upperBound), or one number for a square"
        case .colour: "a colour in hexadecimal digits: rrggbb, rrggbbaa, or two digits of gray"
        case .box: "X:Y:WIDTH:HEIGHT in pixels, fractions allowed"
        case .numbers(let range):
            "one number, or one for each channel separated by colons, from \(Self.text(range.lowerBound)) to "
                + Self.text(range.upperBound)
        }
    }

    /// The value that `text` spells; `nil` if it spells none within the range.
    func parse(_ text: Substring) -> OperationValue? {
        switch self {
        case .integer(let range): Self.integer(text, range).map(OperationValue.integer)
        case .number(let range): Self.number(text, range).map(OperationValue.number)
        case .boolean: text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : nil
        case .choice(let words): words.contains { $0 == text } ? .word(String(text)) : nil
        case .size(let range, let isOpen): Self.size(text, range, isOpen: isOpen)
        case .colour: FillColour(text).map(OperationValue.colour)
        case .box:
            Self.list(text, -1e9...1e9).flatMap {
                $0.count == 4 ? .box(PixelBox(x: $0[0], y: $0[1], width: $0[2], height: $0[3])) : nil
            }
        case .numbers(let range): Self.list(text, range).map(OperationValue.numbers)
        }
    }

    // MARK: - Private

    private static func text(_ number: Double) -> String { OperationValue.number(number).text }

    private static func integer(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard let first = text.utf8.first, first != UInt8(ascii: "+"), let value = Int(text),
            range.contains(value)
        else { return nil }
        return value
    }

    /// A decimal number, or a ratio of two, such as `1/255`.
    private static func number(_ text: Substring, _ range: ClosedRange<Double>) -> Double? {
        let terms = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let values = terms.compactMap { term -> Double? in
            let isDecimal = term.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            return isDecimal ? Double(term) : nil
        }
        guard values.count == terms.count else { return nil }
        let value = values.count == 2 ? values[0] / values[1] : values[0]
        // A negative zero is the same number, and has to be spelt the same.
        return value.isFinite && range.contains(value) ? value + 0 : nil
    }

    private static func list(_ text: Substring, _ range: ClosedRange<Double>) -> [Double]? {
        let terms = text.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false)
        let values = terms.compactMap { number($0, range) }
        return values.count == terms.count && values.count <= 4 ? values : nil
    }

    private static func size(_ text: Substring, _ range: ClosedRange<Int>, isOpen: Bool) -> OperationValue? {
        let sides = text.split(separator: "x", maxSplits: 2, omittingEmptySubsequences: false)
        if sides.count == 1 {
            return integer(sides[0], range).map { .size(width: $0, height: $0) }
        }
        guard sides.count == 2 else { return nil }
        let width = integer(sides[0], range), height = integer(sides[1], range)
        guard width != nil || sides[0].isEmpty, height != nil || sides[1].isEmpty else { return nil }
        let given = (width == nil ? 0 : 1) + (height == nil ? 0 : 1)
        return given == 2 || isOpen && given == 1 ? .size(width: width, height: height) : nil
    }
}
