import Base

/// What is said of images themselves: size, format, name, properties.
extension QuestionReader {
    /// `wider than 600`, `at least 1024 pixels wide`, `larger than 1 MB`.
    mutating func imageSize() throws(QuestionError) -> Filter? {
        let start = place
        if let (path, predicate) = try side() { return .field(FieldPath(path), predicate) }
        if let word = takeOne(of: ["larger", "bigger", "heavier", "smaller", "lighter"]), take("than") {
            guard let number = number() else {
                throw QuestionError("after '\(word) than' comes a number of bytes, as in 1 MB", word: word)
            }
            guard let bytes = bytes(number) else {
                throw QuestionError(
                    "'\(word) than \(number.json)' needs a unit, as in kB or MB; for pixels say wider or taller",
                    word: word)
            }
            let isMore = word != "smaller" && word != "lighter"
            return .field(FieldPath("bytes"), isMore ? .greater(bytes) : .less(bytes))
        }
        place = start
        // Numbers that are no pixels are looked at again, as counts.
        guard word() != "between", numberAhead || ["at", "more", "less", "exactly"].contains(word()) else {
            return nil
        }
        // What is no comparison here may be something else: whoever reads it last says what is wrong.
        if (try? comparison(isOfCount: true)) ?? nil != nil {
            place = start
            guard let comparison = try comparison(isOfCount: true) else { return nil }
            if takeOne(of: ["pixels", "pixel", "px"]) != nil,
                let side = takeOne(of: ["wide", "high", "tall", "across"])
            {
                let path = FieldPath(side == "wide" || side == "across" ? "width" : "height")
                return .each(comparison.filters(on: path))
            }
        }
        place = start
        return nil
    }

    /// `wider than 600 pixels`: a side, and what it is compared with.
    mutating func side() throws(QuestionError) -> (path: String, predicate: Predicate)? {
        let sides: [String: (path: String, isMore: Bool)] = [
            "wider": ("width", true), "broader": ("width", true), "narrower": ("width", false),
            "taller": ("height", true), "higher": ("height", true), "shorter": ("height", false),
            "lower": ("height", false),
        ]
        let word = word()
        guard let (path, isMore) = sides[word], self.word(1) == "than" else { return nil }
        place += 2
        guard let number = number() else {
            throw QuestionError("after '\(word) than' comes a number of pixels", word: word)
        }
        _ = takeOne(of: ["pixels", "pixel", "px"])
        return (path, isMore ? .greater(number) : .less(number))
    }

    /// `png`, `jpg files`.
    mutating func format() -> Filter? {
        guard vocabulary.has(property: "format") else { return nil }
        for word in QuestionVocabulary.singulars(of: word()) {
            guard let format = QuestionReader.formats[word] else { continue }
            place += 1
            return .field(FieldPath("format"), .equal(.string(format)))
        }
        return nil
    }

    /// `named "IMG_1"`.
    mutating func named() throws(QuestionError) -> Filter? {
        let word = word()
        guard takeOne(of: ["named", "called"]) != nil else { return nil }
        guard let text = text() else {
            throw QuestionError("after '\(word)' comes a name, best between quotation marks", word: word)
        }
        return try QuestionReader.containing(text, in: "path")
    }

    /// `rating above 3`, `split is train`, `blurry`, `a rating`.
    mutating func property() throws(QuestionError) -> Filter? {
        for length in stride(from: min(vocabulary.longestPhrase, tokens.count - place), to: 0, by: -1) {
            let part = tokens[place..<place + length]
            guard part.allSatisfy({ $0.kind == .word }) else { continue }
            let phrase = QuestionVocabulary.phrase(part.map(\.text).joined(separator: " "))
            for singular in QuestionVocabulary.singulars(of: phrase) {
                guard let (name, kind) = vocabulary.properties[singular] else { continue }
                place += length
                return try condition(on: FieldPath(name), kind)
            }
        }
        return nil
    }

    /// That a text occurs in a property, in large or small letters.
    static func containing(_ text: String, in property: String) throws(QuestionError) -> Filter {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if "\\^$.|?*+()[]{}".unicodeScalars.contains(scalar) { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        do throws(FilterError) {
            return try Filter.parse(
                .object([property: ["$regex": .string(pattern), "$options": "i"]]))
        } catch {
            throw QuestionError("'\(shortened(text))' cannot be looked for: \(error.message)", word: text)
        }
    }

    // MARK: - Private

    private mutating func condition(
        on path: FieldPath, _ kind: QuestionVocabulary.PropertyKind
    ) throws(QuestionError) -> Filter {
        let start = place
        while takeOne(of: ["is", "are", "was", "of", "equals"]) != nil {}
        let isNegated = place > start && take("not")
        let found: Filter?
        switch kind {
        case .boolean: found = .field(path, .equal(true))
        case .number: found = try comparison().map { .each($0.filters(on: path)) }
        case .date: found = try dates(on: path)
        case .text:
            _ = take("=")
            found = place > start ? text().map { .field(path, .equal(.string($0))) } : nil
        }
        guard let found else {
            if place > start {
                throw QuestionError("it is not said what '\(path.text)' is", word: path.text)
            }
            return .field(path, .exists)
        }
        return isNegated ? .not(found) : found
    }

    /// A text: what is quoted, or one word.
    mutating func text() -> String? {
        guard !isAtEnd, tokens[place].kind != .comma, !tokens[place].text.isEmpty else { return nil }
        place += 1
        return tokens[place - 1].text
    }

    /// The number in bytes, if a unit of bytes follows it.
    private mutating func bytes(_ number: Value) -> Value? {
        guard let factor = QuestionReader.units[word()], let amount = number.floatValue else { return nil }
        let bytes = (amount * Double(factor)).rounded()
        guard let whole = Int64(exactly: bytes) else { return nil }
        place += 1
        return .integer(whole)
    }

    private static let units: [String: Int64] = [
        "b": 1, "byte": 1, "bytes": 1, "kb": 1_000, "kilobyte": 1_000, "kilobytes": 1_000, "kib": 1 << 10,
        "mb": 1_000_000, "megabyte": 1_000_000, "megabytes": 1_000_000, "mib": 1 << 20, "gb": 1_000_000_000,
        "gigabyte": 1_000_000_000, "gigabytes": 1_000_000_000, "gib": 1 << 30,
    ]

    private static let formats = [
        "jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "gif": "gif", "tif": "tiff",
        "tiff": "tiff", "bmp": "bmp", "heif": "heif", "heic": "heif", "avif": "avif", "pnm": "pnm",
        "ppm": "pnm",
        "jxl": "jxl", "jp2": "jp2",
    ]
}
