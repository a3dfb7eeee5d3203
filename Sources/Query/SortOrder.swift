public import Base

/// The order in which documents are returned: by the first key, where that is equal by the second, and so on.
///
/// Documents that all keys find equal are told apart by their id; that is up to who sorts.
public struct SortOrder: Sendable, Hashable, CustomStringConvertible {
    /// The keys, the most significant first; none leave every pair of documents equal.
    public var keys: [SortKey]

    /// An order by the given keys.
    public init(_ keys: [SortKey] = []) { self.keys = keys }

    /// What each key makes of `document`: computed once a document, then compared.
    public func ranks(of document: Document) -> [SortRank] { keys.map { $0.rank(of: document) } }

    /// Negative, zero or positive as a document of the ranks `left` comes before, with or after one of
    /// `right`.
    public func compare(_ left: [SortRank], _ right: [SortRank]) -> Int {
        for (index, key) in keys.enumerated() {
            let order = key.compare(left[index], right[index])
            if order != 0 { return order }
        }
        return 0
    }

    /// Negative, zero or positive as `left` comes before, with or after `right`.
    public func compare(_ left: Document, _ right: Document) -> Int {
        for key in keys {
            let order = key.compare(key.rank(of: left), key.rank(of: right))
            if order != 0 { return order }
        }
        return 0
    }

    /// Reads `captured_at:asc, width:desc` (a key alone is ascending), or JSON as
    /// ``parse(_:limits:)-(Value,_)`` does.
    /// - Throws: ``FilterError``.
    public static func parse(
        _ text: String, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> SortOrder {
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
        if first == "{" || first == "[" {
            return try parse(Value.parse(text, limits: limits, what: "a sort order"), limits: limits)
        }
        guard text.utf8.count <= limits.byteCount else {
            throw FilterError(
                .limitExceeded, "a sort order of \(text.utf8.count) bytes; the limit is \(limits.byteCount)")
        }
        var order = SortOrder()
        guard first != nil else { return order }
        for (index, part) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let place = Place.root.index(index)
            let colon = part.lastIndex(of: ":")
            let direction = colon.map { part[part.index(after: $0)...] } ?? "asc"
            let name = part[..<(colon ?? part.endIndex)]
            try order.append(name.trimmed, try direction.trimmed.sortDirection(at: place), at: place, limits)
        }
        return order
    }

    /// Reads `[["captured_at", "asc"], ["width", -1]]`, `{"captured_at": 1, "width": "desc"}` or a string.
    ///
    /// Directions are `asc`, `desc`, 1 and -1.
    /// - Throws: ``FilterError``, with the JSON path of what is wrong.
    public static func parse(
        _ value: Value, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> SortOrder {
        var order = SortOrder()
        switch value {
        case .string(let text): return try parse(text, limits: limits)
        case .null: return order
        case .object(let document):
            for (name, direction) in document.members {
                let place = Place.root.key(name)
                try order.append(name, try direction.sortDirection(at: place), at: place, limits)
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                let place = Place.root.index(index)
                guard case .array(let pair) = element, pair.count == 2, case .string(let name) = pair[0]
                else {
                    throw place.invalid(
                        "a sort key is a pair of path and direction, such as [\"width\", \"desc\"]")
                }
                try order.append(name, try pair[1].sortDirection(at: place.index(1)), at: place, limits)
            }
        default:
            throw Place.root.invalid(
                "a sort order is text, a list of pairs or an object, this is \(value.kindWithArticle)")
        }
        return order
    }

    /// The order as text that ``parse(_:limits:)-(String,_)`` reads: JSON pairs.
    public var text: String {
        Value.array(keys.map { [.string($0.path.text), $0.ascending ? "asc" : "desc"] }).json
    }

    /// As ``text``.
    public var description: String { text }

    // MARK: - Private

    private mutating func append(
        _ name: String, _ ascending: Bool, at place: Place, _ limits: FilterLimits
    ) throws(FilterError) {
        guard keys.count < limits.sortKeyCount else {
            throw place.error(.limitExceeded, "more than \(limits.sortKeyCount) sort keys")
        }
        guard name.utf8.count <= limits.pathByteCount else {
            throw place.error(
                .limitExceeded, "a path of \(name.utf8.count) bytes, the limit is \(limits.pathByteCount)")
        }
        guard !name.isEmpty, !Operators.isName(name) else {
            throw place.invalid("a sort key is the path of a field, this is \"\(shortened(name))\"")
        }
        let path = FieldPath(name)
        guard !keys.contains(where: { $0.path == path }) else {
            throw place.invalid("\(shortened(name)) is a sort key already")
        }
        keys.append(SortKey(path, ascending: ascending))
    }
}

extension Value {
    fileprivate func sortDirection(at place: Place) throws(FilterError) -> Bool {
        switch self {
        case .string(let text): return try text.sortDirection(at: place)
        case .integer(1), .float(1): return true
        case .integer(-1), .float(-1): return false
        default: throw place.invalid("a sort direction is \"asc\", \"desc\", 1 or -1")
        }
    }
}

extension Substring {
    /// Without the spaces around it.
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension String {
    fileprivate func sortDirection(at place: Place) throws(FilterError) -> Bool {
        switch self {
        case "asc", "ascending", "1": return true
        case "desc", "descending", "-1": return false
        default: throw place.invalid("a sort direction is asc or desc, this is \"\(shortened(self))\"")
        }
    }
}
