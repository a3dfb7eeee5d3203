import Base

/// The operators' names, and what to say of a name that is none of them.
enum Operators {
    /// Those that stand beside fields.
    static let logical = ["$and", "$comment", "$nor", "$or"]
    /// Those that stand under a field.
    static let ofFields = [
        "$all", "$count", "$elemMatch", "$eq", "$exists", "$gt", "$gte", "$in", "$isa", "$lt", "$lte", "$mod",
        "$ne", "$nin", "$not",
        "$options", "$regex", "$size", "$type",
    ]
    /// Objects of one such key are values: dates and numbers that JSON has no spelling of.
    static let ofLiterals = ["$date", "$numberDouble", "$numberInt", "$numberLong"]

    /// MongoDB's, which we do not serve.
    private static let notServed: Set = [
        "$where", "$expr", "$jsonSchema", "$text", "$near", "$nearSphere", "$geoWithin", "$geoIntersects",
        "$bitsAllClear", "$bitsAllSet", "$bitsAnyClear", "$bitsAnySet", "$function", "$rand", "$sampleRate",
    ]

    static func isName(_ key: String) -> Bool { key.utf8.first == UInt8(ascii: "$") }

    /// What is wrong with `name` beside fields.
    static func unknownBesideFields(_ name: String, at place: Place) -> FilterError {
        if ofFields.contains(name) {
            return place.error(
                .unknownOperator, "\(name) belongs under a field: write {\"field\": {\"\(name)\": …}}")
        }
        return unknown(name, among: logical, at: place)
    }

    /// What is wrong with `name` under a field.
    static func unknownUnderField(_ name: String, at place: Place) -> FilterError {
        if logical.contains(name) {
            return place.error(
                .unknownOperator,
                "\(name) stands beside fields, not under one: write {\"\(name)\": [{\"field\": …}, …]}")
        }
        if ofLiterals.contains(name) {
            return place.error(
                .unknownOperator, "\(name) makes a value, and must be the only key of its object")
        }
        return unknown(name, among: ofFields, at: place)
    }

    private static func unknown(_ name: String, among names: [String], at place: Place) -> FilterError {
        if notServed.contains(name) {
            return place.error(
                .unknownOperator,
                "\(name) is not served; the operators here are \(names.joined(separator: ", "))")
        }
        return place.error(
            .unknownOperator,
            "unknown operator \(shortened(name)): did you mean \(nearest(to: name, among: names))?")
    }

    /// The one of `names` that takes the fewest edits; the first in the alphabet of several.
    static func nearest(to name: String, among names: [String]) -> String {
        let typed = Array(name.lowercased().unicodeScalars.prefix(64))
        return names.min {
            (distance(typed, Array($0.lowercased().unicodeScalars)), $0)
                < (distance(typed, Array($1.lowercased().unicodeScalars)), $1)
        } ?? ""
    }

    /// Optimal string alignment: insertions, deletions, changes and swaps of neighbours.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j] + (left[i] == right[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

extension Value {
    /// The object, if its first key begins with `$` and it does not spell a value: then it is one of
    /// operators. MongoDB looks at the first key alone.
    var operators: Document? {
        guard case .object(let document) = self, let first = document.members.first?.key,
            Operators.isName(first),
            !LiteralParser.isLiteral(document)
        else { return nil }
        return document
    }
}
