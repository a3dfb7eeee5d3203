public import Base
public import Columns

/// Which entities have which labels.
extension CatalogSnapshot {
    /// The entities of a class with a current label of a kind whose name satisfies `predicate`, which must be
    /// one on strings, and whose confidence lies between the bounds. A label without a confidence lies in no
    /// range.
    /// - Parameter source: who must have said it; anybody where `nil`.
    public func labelled(
        _ known: ClassSchema, _ kind: LabelKind, _ predicate: ColumnPredicate,
        confidenceFrom lower: ColumnBound? = nil, to upper: ColumnBound? = nil, by source: String? = nil
    ) throws -> Selection {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return Selection(ids: IdSet(), source: .version) }
        let names = try labelNames(predicate, in: postings.index)
        let isBounded = lower != nil || upper != nil
        var ranges = isBounded ? [PostingRange(LabelPosting.confidence, lower: lower, upper: upper)] : []
        if let source {
            guard let number = try textID(source) else { return Selection(ids: IdSet(), source: .posting) }
            let bound = ColumnBound.including(.integer(Int64(number)))
            ranges.append(PostingRange(LabelPosting.source, lower: bound, upper: bound))
        }
        return Selection(ids: postings.index.select(keys: names, where: ranges), source: .posting)
    }

    /// The entities of a class with a current label, of one of `kinds` and one of `names`, whose confidence
    /// lies between the bounds. A label without a confidence lies in no range.
    public func labelled(
        _ known: ClassSchema, _ kinds: [LabelKind], _ names: [String],
        confidenceFrom lower: ColumnBound? = nil,
        to upper: ColumnBound? = nil
    ) throws -> Selection {
        var all = Selection(ids: IdSet(), source: .version)
        for kind in kinds {
            let found = try labelled(
                known, kind, .in(names.map { .string($0) }), confidenceFrom: lower, to: upper)
            all = Selection(ids: all.ids.union(found.ids), source: found.source)
        }
        return all
    }

    /// The entities of a class with a current label of one of `kinds` that has a name.
    public func namedLabels(_ known: ClassSchema, _ kinds: [LabelKind]) throws -> Selection {
        var all = Selection(ids: IdSet(), source: .version)
        for kind in kinds {
            let found = try labelled(known, kind, .present)
            all = Selection(ids: all.ids.union(found.ids), source: found.source)
        }
        return all
    }

    /// The entities of a class with a current label of one of `kinds`, those without a name included: a scan
    /// of the table.
    public func labelled(_ known: ClassSchema, _ kinds: [LabelKind]) throws(CatalogError) -> Selection {
        try check()
        let list = kinds.map { String($0.rawValue) }.joined(separator: ", ")
        let condition = kinds.count == LabelKind.allCases.count ? "" : " AND kind IN (\(list))"
        let scan = try connection.statement(
            "SELECT DISTINCT target FROM labels WHERE target_class = ?\(condition) ORDER BY target")
        defer { scan.reset() }
        scan.bind(Int64(known.id), at: 1)
        var ids: [LocalID] = []
        while try scan.step() { ids.append(LocalID(truncatingIfNeeded: scan.integer(0))) }
        return Selection(ids: IdSet(sorted: ids), source: .sql)
    }

    /// How many current labels, of one of `kinds` and one of `names`, and with a confidence between the
    /// bounds, each entity has; those with none are left out.
    public func labelCounts(
        _ known: ClassSchema, _ kinds: [LabelKind], _ names: [String],
        confidenceFrom lower: ColumnBound? = nil,
        to upper: ColumnBound? = nil
    ) throws -> [LocalID: Int] {
        try check()
        var counts: [LocalID: Int] = [:]
        let isBounded = lower != nil || upper != nil
        for kind in kinds {
            guard
                case .postings(let postings)? = try indexes.requiredIndex(
                    .labels(classID: known.id, kind: kind), for: self)
            else { continue }
            for key in try labelNames(.in(names.map { .string($0) }), in: postings.index) {
                for edge in postings.index.edges(of: key) {
                    guard !isBounded || edge.values.first.map({ lies($0, lower, upper) }) ?? false else {
                        continue
                    }
                    counts[edge.id, default: 0] += 1
                }
            }
        }
        return counts
    }

    /// How many of `ids` have each name of a kind of label; an entity counts once for a name. Entities
    /// without any such label are missing.
    public func labelFacet(
        _ known: ClassSchema, _ kind: LabelKind, over ids: IdSet, limit: Int
    ) throws -> FacetResult {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return FacetResult(values: [], distinct: 0, missing: ids.count) }
        var counts = postings.index.facet(over: ids)
        let labelled = postings.index.select(keys: counts.map(\.key)).intersectionCount(ids)
        let distinct = counts.count
        // Only what is listed needs its name, but names decide between equal counts.
        if limit < counts.count {
            let bound = counts.map(\.count).sorted(by: >)[max(limit - 1, 0)]
            counts = limit > 0 ? counts.filter { $0.count >= bound } : []
        }
        var entries: [FacetResult.Entry] = []
        for count in counts {
            guard let name = try text(Int64(count.key)) else { continue }
            entries.append(FacetResult.Entry(value: .string(name), count: count.count))
        }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: distinct, missing: ids.count - labelled)
    }

    /// As ``labelFacet(_:_:over:limit:)``, but by the declared label classes: an entity counts once for each
    /// class that one of its labels belongs to, the classes above included. What labels say and nobody
    /// declared counts by itself.
    public func rolledUpLabelFacet(
        _ known: ClassSchema, _ kind: LabelKind, over ids: IdSet, limit: Int
    ) throws -> FacetResult {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return FacetResult(values: [], distinct: 0, missing: ids.count) }
        let hierarchy = try labelHierarchy()
        let used = postings.index.keys
        var keys: [ExactName: [UInt32]] = [:]
        for key in used {
            guard let name = try text(Int64(key)) else { continue }
            let classes = hierarchy.ancestors(ofLabel: name)
            for one in classes.isEmpty ? [name] : classes { keys[ExactName(one), default: []].append(key) }
        }
        var entries: [FacetResult.Entry] = []
        for (name, keys) in keys {
            try check()
            let count = postings.index.select(keys: keys).intersectionCount(ids)
            if count > 0 { entries.append(FacetResult.Entry(value: .string(name.text), count: count)) }
        }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        let labelled = postings.index.select(keys: used).intersectionCount(ids)
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: entries.count,
            missing: ids.count - labelled)
    }

    /// How many of `ids` have each name of a label of one of `kinds`; an entity counts once for a name,
    /// however many labels say it. Where `rollsUp` it counts once for each declared class above, too, as
    /// ``rolledUpLabelFacet(_:_:over:limit:)`` says.
    public func labelFacet(
        _ known: ClassSchema, _ kinds: [LabelKind], over ids: IdSet, limit: Int, rollsUp: Bool
    ) throws -> FacetResult {
        try check()
        let hierarchy = rollsUp ? try labelHierarchy() : nil
        var parts: [ExactName: [(postings: PostingIndex, keys: [UInt32])]] = [:]
        var labelled = IdSet()
        for kind in kinds {
            guard
                case .postings(let postings)? = try indexes.requiredIndex(
                    .labels(classID: known.id, kind: kind), for: self)
            else { continue }
            var keys: [ExactName: [UInt32]] = [:]
            for key in postings.index.keys {
                guard let name = try text(Int64(key)) else { continue }
                let classes = hierarchy?.ancestors(ofLabel: name) ?? []
                for one in classes.isEmpty ? [name] : classes {
                    keys[ExactName(one), default: []].append(key)
                }
            }
            for (name, keys) in keys { parts[name, default: []].append((postings.index, keys)) }
            labelled = labelled.union(postings.index.select(keys: postings.index.keys))
        }
        var entries: [FacetResult.Entry] = []
        for (name, parts) in parts {
            try check()
            var with = IdSet()
            for part in parts { with = with.union(part.postings.select(keys: part.keys)) }
            let count = with.intersectionCount(ids)
            if count > 0 { entries.append(FacetResult.Entry(value: .string(name.text), count: count)) }
        }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: entries.count,
            missing: ids.count - labelled.intersectionCount(ids))
    }

    /// The names of current labels of a kind, in order of their bytes.
    public func labelNames(_ known: ClassSchema, _ kind: LabelKind) throws -> [String] {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return [] }
        var names: [String] = []
        for key in postings.index.keys {
            if let name = try text(Int64(key)) { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: - Private

    private func text(_ id: Int64) throws(CatalogError) -> String? {
        try LabelRows.text(id, on: connection)
    }

    /// The numbers of the names that satisfy a predicate.
    private func labelNames(_ predicate: ColumnPredicate, in postings: PostingIndex) throws -> [UInt32] {
        switch predicate {
        case .present: return postings.keys
        case .equal(.string(let name)): return try textID(name).map { [$0] } ?? []
        default:
            // There are few names beside the labels: they make a column of their own.
            let builder = ColumnBuilder(.string)
            for key in postings.keys {
                if let name = try text(Int64(key)) { try builder.append(key, .string(name)) }
            }
            return builder.finish().select(predicate).ids
        }
    }

    func textID(_ text: String) throws(CatalogError) -> UInt32? {
        let row = try connection.statement("SELECT id FROM texts WHERE text = ?")
        defer { row.reset() }
        row.bind(text, at: 1)
        return try row.step() ? UInt32(exactly: row.integer(0)) : nil
    }

    /// Whether a confidence lies between the bounds; that of a label without one, which is NaN, does not.
    private func lies(_ number: Double, _ lower: ColumnBound?, _ upper: ColumnBound?) -> Bool {
        func value(_ bound: ColumnBound) -> Double {
            switch bound.value {
            case .integer(let number): Double(number)
            case .float(let number): number
            default: .nan
            }
        }
        if let lower, !(lower.isInclusive ? number >= value(lower) : number > value(lower)) { return false }
        if let upper, !(upper.isInclusive ? number <= value(upper) : number < value(upper)) { return false }
        return !number.isNaN
    }
}
