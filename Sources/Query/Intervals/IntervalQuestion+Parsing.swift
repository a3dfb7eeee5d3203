public import Base

extension IntervalQuestion {
    /// Reads a question from the bytes of JSON text.
    /// - Throws: ``FilterError`` with the path of what is wrong, or the byte position where it is no JSON.
    public static func parse(_ bytes: [UInt8]) throws(FilterError) -> IntervalQuestion {
        try IntervalQuestion(Value.parse(bytes, limits: FilterLimits(), what: "a question about intervals"))
    }

    /// Reads a question:
    ///
    /// ```
    /// question  = { one of: "tag": names, "track": names, "and": [question …], "or": [question …],
    ///               "not": question, "sequence": [question …],
    ///               "min_score", "source", "in_rectangle" (of tag and track),
    ///               "within": seconds or one for each step (of sequence),
    ///               "bridge", "min_duration", "max_duration": seconds, "where": condition or a list }
    /// condition = { a relation: question, "within": seconds (of before, after, precedes) }
    ///           | { "not": condition }
    /// ```
    /// - Throws: ``FilterError`` with the path of what is wrong.
    public init(_ value: Value) throws(FilterError) {
        var parser = IntervalQuestionParser()
        self = try parser.question(value, at: .root, depth: 0)
    }
}

private struct IntervalQuestionParser {
    private static let bases = ["tag", "track", "and", "or", "not", "sequence"]
    private static let everywhere = ["bridge", "min_duration", "max_duration", "where"]
    private static let depthLimit = 32
    private static let questionLimit = 200
    private static let listLimit = 1_000
    /// Three years, far within what ticks of microseconds hold.
    private static let secondsLimit = 1e8

    private var questionCount = 0

    mutating func question(
        _ value: Value, at place: Place, depth: Int
    ) throws(FilterError) -> IntervalQuestion {
        questionCount += 1
        guard depth <= IntervalQuestionParser.depthLimit else {
            throw place.error(
                .limitExceeded,
                "questions lie within one another at \(IntervalQuestionParser.depthLimit) levels at most")
        }
        guard questionCount <= IntervalQuestionParser.questionLimit else {
            throw place.error(
                .limitExceeded, "a question has at most \(IntervalQuestionParser.questionLimit) parts")
        }
        guard case .object(let document) = value else {
            throw place.invalid(
                "a question is an object such as {\"tag\": \"person\"}, this is \(value.kindWithArticle)")
        }
        let bases = IntervalQuestionParser.bases
        let given = bases.filter { document[$0] != nil }
        if given.isEmpty {
            try refuseUnknown(document, among: bases + IntervalQuestionParser.everywhere, at: place)
        }
        guard given.count == 1, let base = given.first, let operand = document[base] else {
            throw place.invalid(
                "a question has exactly one of \(bases.joined(separator: ", ")), this one \(given.isEmpty ? "none" : given.joined(separator: " and "))"
            )
        }
        let own: [String] =
            switch base {
            case "tag", "track": ["min_score", "source", "in_rectangle"]
            case "sequence": ["within"]
            default: []
            }
        try refuseUnknown(
            document, among: [base] + own + IntervalQuestionParser.everywhere, at: place)
        var question = IntervalQuestion(
            try self.base(base, operand, document, at: place, depth: depth))
        question.bridge = try seconds("bridge", document, at: place)
        question.minDuration = try seconds("min_duration", document, at: place)
        question.maxDuration = try seconds("max_duration", document, at: place)
        switch document["where"] {
        case nil: break
        case .array(let elements)?:
            for (index, element) in elements.enumerated() {
                let place = place.key("where").index(index)
                question.conditions.append(try condition(element, at: place, depth: depth))
            }
        case let one?:
            question.conditions = [try condition(one, at: place.key("where"), depth: depth)]
        }
        return question
    }

    // MARK: - Private

    private mutating func base(
        _ base: String, _ operand: Value, _ document: Document, at place: Place, depth: Int
    ) throws(FilterError) -> IntervalQuestion.Base {
        let inner = place.key(base)
        switch base {
        case "tag":
            return .labelled(
                LabelledIntervals(
                    try names(operand, at: inner), minScore: try score(document, at: place),
                    source: try source(document, at: place),
                    inRectangle: try rectangle(document, at: place)))
        case "track":
            return .tracked(
                TrackedIntervals(
                    try names(operand, at: inner), minScore: try score(document, at: place),
                    source: try source(document, at: place),
                    inRectangle: try rectangle(document, at: place)))
        case "not": return .none(try question(operand, at: inner, depth: depth + 1))
        default:
            guard case .array(let elements) = operand, elements.count >= (base == "sequence" ? 2 : 1) else {
                throw inner.invalid(
                    "\(base) is a list of \(base == "sequence" ? "at least two questions" : "questions")")
            }
            var parts: [IntervalQuestion] = []
            for (index, element) in elements.enumerated() {
                parts.append(try question(element, at: inner.index(index), depth: depth + 1))
            }
            if base == "and" { return .all(parts) }
            if base == "or" { return .any(parts) }
            return .sequence(parts, within: try steps(document, parts.count - 1, at: place))
        }
    }

    private mutating func condition(
        _ value: Value, at place: Place, depth: Int
    ) throws(FilterError) -> IntervalCondition {
        guard case .object(let document) = value else {
            throw place.invalid(
                "a condition is an object such as {\"during\": {\"tag\": \"motion\"}}, this is \(value.kindWithArticle)"
            )
        }
        guard depth <= IntervalQuestionParser.depthLimit else {
            throw place.error(.limitExceeded, "conditions lie within one another at too many levels")
        }
        if let negated = document["not"] {
            try refuseUnknown(document, among: ["not"], at: place)
            var condition = try condition(negated, at: place.key("not"), depth: depth + 1)
            condition.isNegated.toggle()
            return condition
        }
        let relations = IntervalRelation.allCases.map(\.rawValue)
        try refuseUnknown(document, among: relations + ["within", "not"], at: place)
        let given = document.members.filter { $0.key != "within" }
        guard given.count == 1, let member = given.first,
            let relation = IntervalRelation(rawValue: member.key)
        else {
            throw place.invalid(
                "a condition has exactly one of \(relations.joined(separator: ", ")), or not")
        }
        let within = try seconds("within", document, at: place)
        guard within == nil || relation.hasGap else {
            throw place.key("within").invalid(
                "within goes with before, after and precedes: of \(member.key) there is no time between")
        }
        return IntervalCondition(
            relation, try question(member.value, at: place.key(member.key), depth: depth + 1), within: within)
    }

    private func refuseUnknown(
        _ document: Document, among names: [String], at place: Place
    ) throws(FilterError) {
        for (key, _) in document.members where !names.contains(key) {
            throw place.key(key).error(
                .unknownOperator,
                "there is no \(shortened(key)) here: did you mean \(Operators.nearest(to: key, among: names))?"
            )
        }
    }

    private func names(_ value: Value, at place: Place) throws(FilterError) -> [String] {
        let elements: [Value] = if case .array(let elements) = value { elements } else { [value] }
        let names = elements.compactMap(\.stringValue).filter { !$0.isEmpty }
        guard !names.isEmpty, names.count == elements.count else {
            throw place.invalid("this is the name of a label class, or a list of such names")
        }
        guard names.count <= IntervalQuestionParser.listLimit else {
            throw place.error(
                .limitExceeded, "a list has at most \(IntervalQuestionParser.listLimit) names")
        }
        return names
    }

    private func score(_ document: Document, at place: Place) throws(FilterError) -> Double? {
        guard let value = document["min_score"] else { return nil }
        guard let score = value.floatValue, (0...1).contains(score) else {
            throw place.key("min_score").invalid("min_score is a number from 0 to 1")
        }
        return score
    }

    private func source(_ document: Document, at place: Place) throws(FilterError) -> String? {
        guard let value = document["source"] else { return nil }
        guard let source = value.stringValue, !source.isEmpty else {
            throw place.key("source").invalid("source is text such as \"model:yolox-nano@1\"")
        }
        return source
    }

    private func rectangle(
        _ document: Document, at place: Place
    ) throws(FilterError) -> RegionRectangle? {
        guard let value = document["in_rectangle"] else { return nil }
        let inner = place.key("in_rectangle")
        guard let sides = value.objectValue, let x = sides["x"]?.floatValue, let y = sides["y"]?.floatValue,
            let width = sides["width"]?.floatValue, let height = sides["height"]?.floatValue,
            [x, y, width, height].allSatisfy({ abs($0) <= 1e9 }), width > 0, height > 0
        else { throw inner.invalid("a rectangle is {\"x\", \"y\", \"width\", \"height\"} in pixels") }
        try refuseUnknown(sides, among: ["x", "y", "width", "height"], at: inner)
        return RegionRectangle(x: x, y: y, width: width, height: height)
    }

    private func seconds(
        _ name: String, _ document: Document, at place: Place
    ) throws(FilterError) -> Double? {
        guard let value = document[name] else { return nil }
        return try seconds(value, at: place.key(name))
    }

    private func seconds(_ value: Value, at place: Place) throws(FilterError) -> Double {
        guard let seconds = value.floatValue, (0...IntervalQuestionParser.secondsLimit).contains(seconds)
        else { throw place.invalid("this is a number of seconds from 0 on") }
        return seconds
    }

    private func steps(
        _ document: Document, _ count: Int, at place: Place
    ) throws(FilterError) -> [Double?] {
        let place = place.key("within")
        switch document["within"] {
        case nil: return Array(repeating: nil, count: count)
        case .array(let elements)?:
            guard elements.count == count else {
                throw place.invalid("within has \(elements.count) numbers for \(count) steps")
            }
            var steps: [Double?] = []
            for (index, element) in elements.enumerated() {
                steps.append(try seconds(element, at: place.index(index)))
            }
            return steps
        case let one?: return Array(repeating: try seconds(one, at: place), count: count)
        }
    }
}
