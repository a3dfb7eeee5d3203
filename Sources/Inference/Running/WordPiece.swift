@_spi(_Unicode) import Swift

/// BERT's tokens (Devlin et al., 2019): words and punctuation, each cut into the longest pieces that the
/// vocabulary has; pieces within a word begin with `##`.
struct WordPiece: Sendable {
    private let numbers: [String: Int64]
    private let start, end, unknown: Int64
    private let lowersCase: Bool

    /// The most characters of a word that is cut into pieces; a longer one is unknown.
    private static let longestWord = 100
    /// The most bytes of a text that are looked at.
    static let longestText = 1 << 20

    /// - Parameter name: of the vocabulary, for messages.
    init(vocabulary: [UInt8], lowersCase: Bool, name: String) throws(InferenceError) {
        guard let text = String(validating: vocabulary, as: UTF8.self) else {
            throw InferenceError(.invalidDescription, "\(name) is not UTF-8")
        }
        var numbers: [String: Int64] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            numbers[String(line.last == "\r" ? line.dropLast() : line)] = Int64(index)
        }
        func number(_ token: String) throws(InferenceError) -> Int64 {
            guard let number = numbers[token] else {
                throw InferenceError(.invalidDescription, "\(name) has no token \(token)")
            }
            return number
        }
        start = try number("[CLS]")
        end = try number("[SEP]")
        unknown = try number("[UNK]")
        self.numbers = numbers
        self.lowersCase = lowersCase
    }

    /// The numbers of a text's tokens between those of its start and end.
    func tokens(of text: String, atMost limit: Int) -> [Int64] {
        var tokens = [start]
        words: for word in words(of: text) {
            for piece in pieces(of: word) {
                guard tokens.count < limit - 1 else { break words }
                tokens.append(piece)
            }
        }
        return tokens + [end]
    }

    // MARK: - Private

    /// Words, each mark of punctuation and each Chinese character on its own.
    private func words(of text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func finish() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        for scalar in scalars(of: text) {
            switch WordPiece.kind(of: scalar) {
            case .blank: finish()
            case .nothing: break
            case .alone:
                finish()
                words.append([scalar])
            case .letter: word.append(scalar)
            }
        }
        finish()
        return words
    }

    /// Made small, decomposed, and without accents, where the vocabulary is of that kind.
    private func scalars(of text: String) -> [Unicode.Scalar] {
        let text =
            text.utf8.count <= WordPiece.longestText ? text : String(text.prefix(WordPiece.longestText))
        guard lowersCase else { return Array(text.unicodeScalars) }
        return text.lowercased()._nfd.filter { $0.properties.generalCategory != .nonspacingMark }
    }

    private func pieces(of word: [Unicode.Scalar]) -> [Int64] {
        guard word.count <= WordPiece.longestWord else { return [unknown] }
        var pieces: [Int64] = []
        var start = 0
        while start < word.count {
            var end = word.count
            var found: Int64?
            while end > start {
                var piece = start > 0 ? "##" : ""
                piece.unicodeScalars.append(contentsOf: word[start..<end])
                found = numbers[piece]
                if found != nil { break }
                end -= 1
            }
            guard let found else { return [unknown] }
            pieces.append(found)
            start = end
        }
        return pieces
    }

    private enum Kind {
        case blank, nothing, alone, letter
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20: return .blank
        case 0, 0xFFFD: return .nothing
        // ASCII's symbols count as punctuation though Unicode has some of them elsewhere.
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return .alone
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B820...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return .alone
        default: break
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator: return .blank
        case .control, .format, .surrogate, .privateUse, .unassigned: return .nothing
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            return .alone
        default: return .letter
        }
    }
}

extension TokenInput {
    /// What BERT's input of this name takes.
    func fed(_ tokens: [Int64], to input: String, of model: String) throws(InferenceError) -> NetworkInput {
        let numbers: [Int64]
        switch input {
        case "input_ids": numbers = tokens
        case "attention_mask": numbers = tokens.map { _ in 1 }
        case "token_type_ids": numbers = tokens.map { _ in 0 }
        default:
            throw InferenceError(
                .invalidModel,
                "\(model) has an input \(input), a model of texts has input_ids, attention_mask and token_type_ids"
            )
        }
        return NetworkInput(
            shape: [1, tokens.count], element: .int64,
            bytes: numbers.withUnsafeBytes { Array($0) })
    }
}

extension VectorDecoder {
    /// The mean of the vectors of all tokens: `1 × tokens × dimensions`.
    func meanVector(in outputs: OutputSet, tokenCount: Int) throws(InferenceError) -> [Float] {
        let output = try outputs.output(
            output, sides: 1, tokenCount, dimensions, meaning: "a vector of \(dimensions) for each token")
        var sums = [Double](repeating: 0, count: dimensions)
        for (index, number) in output.numbers.enumerated() { sums[index % dimensions] += Double(number) }
        let mean = sums.map { Float($0 / Double(tokenCount)) }
        return try normalises ? VectorDecoder.normalised(mean, outputs) : mean
    }
}
