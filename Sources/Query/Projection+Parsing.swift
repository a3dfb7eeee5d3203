public import Base

extension Projection {
    /// Reads a projection from JSON text; empty text is ``all``.
    /// - Throws: ``FilterError``, with the JSON path of what is wrong.
    public static func parse(
        _ text: String, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> Projection {
        if text.isEmpty { return .all }
        return try parse(Value.parse(text, limits: limits, what: "a projection"), limits: limits)
    }

    /// Reads `{"path": 1, "exif.camera": 1}` or `{"histogram": 0}`, with `{"$slice": 3}`, `{"$slice": [-5,
    /// 2]}` and `{"$elemMatch": …}` for arrays. An empty object and null are ``all``.
    ///
    /// Including and excluding do not mix, except that `_uniqueid` may be left out of an inclusion. `$slice`
    /// alone keeps the other fields; `$elemMatch` includes.
    /// - Throws: ``FilterError``, with the JSON path of what is wrong.
    public static func parse(
        _ value: Value, limits: FilterLimits = FilterLimits()
    ) throws(FilterError) -> Projection {
        if value.isNull { return .all }
        guard case .object(let document) = value else {
            throw Place.root.invalid("a projection is a JSON object, this is \(value.kindWithArticle)")
        }
        var parser = ProjectionParser(limits: limits)
        for (name, operand) in document.members { try parser.parse(name, operand) }
        return parser.projection
    }

    /// The projection as JSON text in one spelling: parsed again it gives an equal projection.
    public var text: String { document.json }

    /// As ``text``.
    public var description: String { text }

    private var document: Document {
        var document = Document()
        if !keepsIdentifier { document.append(Projection.identifier, 0) }
        if isInclusion, keepsIdentifier, branches.names.isEmpty { document.append(Projection.identifier, 1) }
        append(branches, after: nil, to: &document)
        return document
    }

    private func append(_ branches: Branches, after path: String?, to document: inout Document) {
        for (name, branch) in zip(branches.names, branches.branches) {
            let path = path.map { "\($0).\(name)" } ?? name
            switch branch {
            case .whole: document.append(path, isInclusion ? 1 : 0)
            case .slice(let slice):
                document.append(path, ["$slice": slice.operand])
            case .elementMatch(let predicate): document.append(path, .object(predicate.document))
            case .within(let branches): append(branches, after: path, to: &document)
            }
        }
    }
}

extension Projection.Slice {
    fileprivate var operand: Value {
        if skip == 0 { return .integer(Int64(count)) }
        if skip == -count { return .integer(Int64(skip)) }
        return [.integer(Int64(skip)), .integer(Int64(count))]
    }
}

/// Gathers the fields of a projection one by one.
private struct ProjectionParser {
    private let limits: FilterLimits
    private var filterParser: FilterParser
    /// Whether the first field that told included; `nil` until one tells.
    private var isInclusion: Bool?
    private var identifier: Bool?
    private var branches = Projection.Branches()
    private var pathCount = 0

    init(limits: FilterLimits) {
        self.limits = limits
        filterParser = FilterParser(limits: limits)
    }

    var projection: Projection {
        // _uniqueid alone decides: named with 1 it is all that is kept.
        let isInclusion = isInclusion ?? (branches.names.isEmpty && identifier == true)
        return Projection(isInclusion: isInclusion, keepsIdentifier: identifier ?? true, branches: branches)
    }

    mutating func parse(_ name: String, _ operand: Value) throws(FilterError) {
        let place = Place.root.key(name)
        pathCount += 1
        guard pathCount <= limits.conditionCount else {
            throw place.error(.limitExceeded, "more than \(limits.conditionCount) fields")
        }
        guard name.utf8.count <= limits.pathByteCount else {
            throw place.error(
                .limitExceeded, "a path of \(name.utf8.count) bytes, the limit is \(limits.pathByteCount)")
        }
        guard !Operators.isName(name) else {
            throw place.error(.unknownOperator, "a projection names fields, this is \(shortened(name))")
        }
        if let flag = flag(operand) {
            if name == Projection.identifier {
                identifier = flag
            } else {
                try set(isInclusion: flag, at: place)
                try insert(.whole, name, at: place)
            }
        } else {
            try insert(try parseOperator(operand, name, at: place), name, at: place)
        }
    }

    // MARK: - Private

    private func flag(_ operand: Value) -> Bool? {
        switch operand {
        case .boolean(let flag): flag
        case .integer(let number): number != 0
        case .float(let number): number != 0
        default: nil
        }
    }

    private mutating func set(isInclusion: Bool, at place: Place) throws(FilterError) {
        guard self.isInclusion ?? isInclusion == isInclusion else {
            throw place.invalid(
                "a projection includes fields or excludes them; only \(Projection.identifier) may differ")
        }
        self.isInclusion = isInclusion
    }

    private mutating func insert(
        _ branch: Projection.Branch, _ name: String, at place: Place
    ) throws(FilterError) {
        guard branches.insert(branch, at: FieldPath(name).components[...]) else {
            throw place.invalid("\(shortened(name)) collides with another path of the projection")
        }
    }

    private mutating func parseOperator(
        _ operand: Value, _ name: String, at place: Place
    ) throws(FilterError) -> Projection.Branch {
        guard case .object(let document) = operand, document.count == 1,
            let (key, argument) = document.members.first
        else {
            throw place.invalid("a field is projected with 1, 0, {\"$slice\": …} or {\"$elemMatch\": …}")
        }
        let place = place.key(key)
        switch key {
        case "$slice": return .slice(try parseSlice(argument, at: place))
        case "$elemMatch":
            guard !name.utf8.contains(UInt8(ascii: ".")) else {
                throw place.invalid("$elemMatch projects a field of the document itself, not a dotted path")
            }
            try set(isInclusion: true, at: place)
            let predicate = try filterParser.parseElementMatch(argument, at: place, level: 1)
            guard !predicate.namesClasses else {
                throw place.invalid("$isa belongs in a filter: a projection knows no label classes")
            }
            return .elementMatch(predicate)
        default:
            guard Operators.isName(key) else {
                throw place.invalid("for a nested field write \"\(shortened(name)).\(shortened(key))\"")
            }
            let nearest = Operators.nearest(to: key, among: ["$elemMatch", "$slice"])
            throw place.error(
                .unknownOperator, "unknown projection operator \(shortened(key)): did you mean \(nearest)?")
        }
    }

    private func parseSlice(_ operand: Value, at place: Place) throws(FilterError) -> Projection.Slice {
        if let count = number(operand) {
            return Projection.Slice(skip: min(count, 0), count: abs(max(count, -Int.max)))
        }
        guard case .array(let pair) = operand, pair.count == 2, let skip = number(pair[0]),
            let count = number(pair[1])
        else {
            throw place.invalid("$slice takes a whole number, or a list of two: how many to skip and to keep")
        }
        guard count > 0 else {
            throw place.index(1).invalid("$slice keeps at least one element, this is \(count)")
        }
        return Projection.Slice(skip: skip, count: count)
    }

    private func number(_ operand: Value) -> Int? {
        switch operand {
        case .integer, .float: operand.integerValue.flatMap { Int(exactly: $0) }
        default: nil
        }
    }
}
