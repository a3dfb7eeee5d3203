import Base

/// The operands that are not values: flags, types, sizes, divisors, patterns.
extension FilterParser {
    func parseFlag(_ operand: Value, of name: String, at place: Place) throws(FilterError) -> Bool {
        switch operand {
        case .boolean(let flag): return flag
        case .integer(let number): return number != 0
        case .float(let number): return number != 0
        default: throw place.invalid("\(name) takes true or false, this is \(operand.kindWithArticle)")
        }
    }

    func parseTypes(_ operand: Value, at place: Place) throws(FilterError) -> ValueTypes {
        guard case .array(let elements) = operand else { return try parseType(operand, at: place) }
        guard !elements.isEmpty else {
            throw place.invalid("$type takes at least one type, this list is empty")
        }
        try checkCount(elements, of: "$type", at: place)
        var types: ValueTypes = []
        for (index, element) in elements.enumerated() {
            types.formUnion(try parseType(element, at: place.index(index)))
        }
        return types
    }

    private func parseType(_ operand: Value, at place: Place) throws(FilterError) -> ValueTypes {
        let known = "known are \(ValueTypes.knownAliases.joined(separator: ", "))"
        switch operand {
        case .string(let alias):
            guard let types = ValueTypes(alias: alias) else {
                throw place.invalid("no value here has the type \"\(shortened(alias))\"; \(known)")
            }
            return types
        case .integer, .float:
            guard let number = operand.integerValue, let types = ValueTypes(bsonNumber: number) else {
                throw place.invalid("no value here has the type number \(operand.json); \(known)")
            }
            return types
        default:
            throw place.invalid(
                "$type takes a type's name or BSON number, this is \(operand.kindWithArticle); \(known)")
        }
    }

    func parseSize(_ operand: Value, at place: Place) throws(FilterError) -> Int {
        switch operand {
        case .integer, .float:
            guard let number = operand.integerValue, let count = Int(exactly: number), count >= 0 else {
                throw place.invalid("$size takes a whole number from 0 on, this is \(operand.json)")
            }
            return count
        default: throw place.invalid("$size takes a whole number, this is \(operand.kindWithArticle)")
        }
    }

    func parseModulo(_ operand: Value, at place: Place) throws(FilterError) -> Predicate {
        guard case .array(let elements) = operand, elements.count == 2 else {
            throw place.invalid("$mod takes a list of two numbers, divisor and remainder")
        }
        let divisor = try parseWhole(elements[0], at: place.index(0))
        let remainder = try parseWhole(elements[1], at: place.index(1))
        guard divisor != 0 else { throw place.index(0).invalid("the divisor of $mod is 0") }
        return .modulo(divisor: divisor, remainder: remainder)
    }

    /// The whole part of a number, as MongoDB cuts the operands of `$mod`.
    private func parseWhole(_ operand: Value, at place: Place) throws(FilterError) -> Int64 {
        switch operand {
        case .integer(let number): return number
        case .float(let number):
            guard let whole = Int64(exactly: number.rounded(.towardZero)) else {
                throw place.invalid("$mod takes numbers of 64 bits, this is \(number)")
            }
            return whole
        default: throw place.invalid("$mod takes numbers, this is \(operand.kindWithArticle)")
        }
    }

    /// The object, if `value` is a pattern as it stands in a list: `{"$regex": "…", "$options": "i"}`.
    static func patternDocument(_ value: Value) -> Document? {
        guard case .object(let document) = value, let first = document.members.first?.key,
            first == "$regex" || (first == "$options" && document["$regex"] != nil),
            document.members.allSatisfy({ $0.key == "$regex" || $0.key == "$options" })
        else { return nil }
        return document
    }

    /// The pattern of `$regex` and `$options` in `document`, which stands at `outer`.
    func parsePattern(_ document: Document, at outer: Place) throws(FilterError) -> Pattern {
        let place = outer.key("$regex")
        guard case .string(let source)? = document["$regex"] else {
            throw place.invalid(
                "$regex takes a string, this is \(document["$regex"]?.kindWithArticle ?? "missing")")
        }
        guard source.utf8.count <= limits.patternByteCount else {
            throw place.error(
                .limitExceeded,
                "a pattern of \(source.utf8.count) bytes, the limit is \(limits.patternByteCount)")
        }
        var options: Pattern.Options = []
        if let operand = document["$options"] {
            guard case .string(let letters) = operand, let known = Pattern.Options(letters: letters) else {
                throw outer.key("$options").invalid("$options takes a string of the letters i, m, s, x and u")
            }
            options = known
        }
        do throws(FilterError) {
            return try Pattern(source, options: options)
        } catch {
            throw FilterError(error.code, error.message, path: place.path, cause: error)
        }
    }

    /// A value to compare with, in which dates and numbers that JSON cannot spell are resolved.
    func parseLiteral(_ value: Value, at place: Place) throws(FilterError) -> Value {
        try LiteralParser(maxDepth: limits.depth).parse(value, at: place, depth: 0)
    }
}
