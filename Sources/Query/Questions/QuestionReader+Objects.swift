import Base

/// What is on the images: objects, labels and captions, how many of them, how large.
extension QuestionReader {
    /// What a condition on labels is about.
    private enum Noun {
        case labelClass(name: String, isDeclared: Bool)
        case object, label, caption
    }

    /// `at least two cats`, `several objects`.
    mutating func counted() throws(QuestionError) -> Filter? {
        let start = place
        guard let number = try quantity() else { return nil }
        _ = take("of")
        _ = take("the")
        guard let noun = try noun() else {
            // A comparison that begins without a property: an image's size comes before this.
            if start + 1 < place || isAtEnd || tokens[start].kind == .number {
                throw QuestionError(
                    "it is not said what is counted by '\(tokens[start..<place].map(\.text).joined(separator: " "))'",
                    word: tokens[start].text)
            }
            place = start
            return nil
        }
        let tails = try self.tails(of: noun)
        let elements = elements(noun, tails, isCounted: true)
        return .field(
            FieldPath("labels"),
            .counts(of: elements == .all ? nil : .elementMatchesDocument(elements), number))
    }

    /// `cats`, `a dog wider than 600`, `objects that fill most of the picture`.
    mutating func object() throws(QuestionError) -> Filter? {
        guard let noun = try noun() else { return nil }
        let tails = try self.tails(of: noun)
        if tails.isEmpty {
            switch noun {
            case .labelClass(let name, let isDeclared):
                return .field(FieldPath("labels.class"), QuestionReader.isOf(name, isDeclared))
            case .label: return .field(FieldPath("labels"), .exists)
            case .object, .caption: break
            }
        }
        return .field(
            FieldPath("labels"), .elementMatchesDocument(elements(noun, tails, isCounted: false)))
    }

    /// `labelled cat`, `unlabelled`.
    mutating func labelled() throws(QuestionError) -> Filter? {
        let any = Filter.field(FieldPath("labels"), .exists)
        if takeOne(of: ["unlabelled", "unlabeled", "untagged", "unannotated"]) != nil { return .not(any) }
        guard takeOne(of: ["labelled", "labeled", "tagged", "annotated", "classified"]) != nil else {
            return nil
        }
        let start = place
        _ = takeOne(of: ["as", "with"])
        _ = takeOne(of: ["a", "an"])
        if case .labelClass(let name, let isDeclared)? = try noun() {
            return .field(FieldPath("label"), QuestionReader.isOf(name, isDeclared))
        }
        place = start
        return any
    }

    // MARK: - Private

    private static func isOf(_ name: String, _ isDeclared: Bool) -> Predicate {
        isDeclared
            ? .isA([name], members: ValueList([.string(name)])) : .equal(.string(name))
    }

    private func elements(
        _ noun: Noun, _ tails: [(filter: Filter, isOfBox: Bool)], isCounted: Bool
    ) -> Filter {
        var filters: [Filter] = []
        // What is counted and what has a size are boxes: an image's own class is neither.
        var isOfBox = isCounted || tails.contains { $0.isOfBox }
        switch noun {
        case .labelClass(let name, let isDeclared):
            filters.append(.field(FieldPath("class"), QuestionReader.isOf(name, isDeclared)))
        case .object: isOfBox = true
        case .label: isOfBox = tails.contains { $0.isOfBox }
        case .caption:
            isOfBox = false
            filters.append(.field(FieldPath("kind"), .equal("caption")))
        }
        if isOfBox { filters.append(.field(FieldPath("kind"), .equal("box"))) }
        return .each(filters + tails.map(\.filter))
    }

    /// The longest phrase from here that names something.
    private mutating func noun() throws(QuestionError) -> Noun? {
        if takeOne(of: ["object", "objects", "thing", "things", "box", "boxes"]) != nil { return .object }
        if takeOne(of: ["label", "labels", "tag", "tags"]) != nil { return .label }
        if takeOne(of: ["caption", "captions"]) != nil { return .caption }
        for length in stride(from: min(vocabulary.longestPhrase, tokens.count - place), to: 0, by: -1) {
            let part = tokens[place..<place + length]
            guard part.allSatisfy({ $0.kind == .word || length == 1 && $0.kind == .quoted }) else { continue }
            let phrase = QuestionVocabulary.phrase(part.map(\.text).joined(separator: " "))
            for singular in QuestionVocabulary.singulars(of: phrase) {
                guard let meant = vocabulary.classes[singular] else { continue }
                let written = part.map(\.text).joined(separator: " ")
                let exact = meant.filter { $0.name.hasSameBytes(as: written) }
                let found = exact.isEmpty ? meant : exact
                guard found.count == 1 else {
                    throw QuestionError(
                        "'\(written)' may be any of \(found.map(\.name).sorted().joined(separator: ", ")): write one of them",
                        word: written)
                }
                place += length
                return .labelClass(name: found[0].name, isDeclared: found[0].isDeclared)
            }
        }
        return nil
    }

    /// What is said of the object right before.
    private mutating func tails(of noun: Noun) throws(QuestionError) -> [(filter: Filter, isOfBox: Bool)] {
        var tails: [(Filter, Bool)] = []
        if case .caption = noun { return tails }
        while !isAtEnd {
            let start = place
            while takeOne(of: ["that", "which", "who", "each", "are", "is", "with", "of", "a"]) != nil {}
            if let (path, predicate) = try side() {
                tails.append((.field(FieldPath("geometry." + path), predicate), true))
            } else if let part = try coverage() {
                tails.append((part, true))
            } else if take("confidence") {
                while takeOne(of: ["is", "of"]) != nil {}
                guard let comparison = try comparison() else {
                    throw QuestionError(
                        "'confidence' is compared with a number, as in above 0.5", word: "confidence")
                }
                let filters = comparison.filters(on: FieldPath("confidence"))
                tails.append((.each(filters), false))
            } else {
                place = start
                break
            }
        }
        return tails
    }

    /// `fills most of the picture`.
    private mutating func coverage() throws(QuestionError) -> Filter? {
        let verbs: Set = [
            "fill", "fills", "filling", "cover", "covers", "covering", "occupy", "occupies", "occupying",
        ]
        let word = word()
        if takeOne(of: verbs) == nil {
            guard ["take", "takes", "taking"].contains(word), self.word(1) == "up" else { return nil }
            place += 2
        }
        let path = FieldPath("area_fraction")
        let filters: [Filter]
        if take("most") {
            filters = [.field(path, .greater(0.5))]
        } else if let comparison = try comparison() {
            filters = comparison.filters(on: path)
        } else if let part = try fraction() {
            filters = [.field(path, .greaterOrEqual(part))]
        } else {
            throw QuestionError(
                "'\(word)' needs how much, as in most of, half of, or 30% of the picture", word: word)
        }
        let end = place
        _ = take("of")
        while takeOne(of: ["the", "whole", "an", "a"]) != nil {}
        if takeOne(of: QuestionReader.subjects) == nil { place = end }
        return .each(filters)
    }

    /// How many: conditions on a number.
    private mutating func quantity() throws(QuestionError) -> Filter? {
        let start = place
        if takeOne(of: ["several", "multiple"]) != nil {
            return .field(.element, .greaterOrEqual(2))
        }
        let isBare = numberAhead
        guard let comparison = try comparison(isOfCount: true) else {
            place = start
            return nil
        }
        if isBare, case .equal(let value) = comparison {
            if take("or", "more") { return .field(.element, .greaterOrEqual(value)) }
            if take("or", "fewer") || take("or", "less") { return .field(.element, .lessOrEqual(value)) }
        }
        return .each(comparison.filters(on: .element))
    }
}
