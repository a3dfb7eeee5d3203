import Annotations
import Base
import Catalog
import Query

/// The filters of Cortex's later interface.
extension SampleEvaluator {
    /// The images within `candidates` that satisfy `filter`, exactly.
    func evaluate(_ filter: SampleFilter, within candidates: IdSet) throws -> IdSet {
        try snapshot.checkCancelled()
        if candidates.isEmpty { return candidates }
        switch filter {
        case .all: return candidates
        case .and(let parts):
            var ids = candidates
            for part in parts.enumerated().sorted(by: {
                (SampleEvaluator.cost($0.element), $0.offset) < (SampleEvaluator.cost($1.element), $1.offset)
            }) {
                ids = try evaluate(part.element, within: ids)
            }
            return ids
        case .or(let parts):
            return try parts.reduce(IdSet()) {
                $0.union(try evaluate($1, within: candidates.subtracting($0)))
            }
        case .not(let part): return candidates.subtracting(try evaluate(part, within: candidates))
        case .number(.objectCount, let comparison):
            return try counted(comparison, named: { $0 != ObjectAnalysis.face }, within: candidates)
        case .number(let field, let comparison):
            let path = FieldPath(field.rawValue)
            return try answer(
                .stored(.and(comparison.predicates.map { .field(path, $0) })), within: candidates)
        case .collected(let comparison):
            return try seenByKey(within: candidates) {
                comparison.accepts(.dateTime(DateTime(microseconds: Int64($0.seconds) * 1_000_000)))
            }
        case .objects(let condition): return try withObjects(condition, within: candidates)
        }
    }

    // MARK: - Private

    private func analysis(of image: EntityID) throws -> ObjectAnalysis {
        try SampleDocument(snapshot: snapshot, roles: roles).analysis(of: image)
    }

    /// 0 for columns and postings, 1 for what reads keys, 2 for what reads labels.
    private static func cost(_ filter: SampleFilter) -> Int {
        switch filter {
        case .all, .number: 0
        case .objects(let condition): condition.maxBoxArea == nil ? 0 : 2
        case .collected: 1
        case .not(let part): cost(part)
        case .and(let parts), .or(let parts): parts.map(cost).max() ?? 0
        }
    }

    private func withObjects(
        _ condition: SampleFilter.ObjectCondition, within candidates: IdSet
    ) throws -> IdSet {
        let name = condition.name
        guard let box = BoxQuestion(.field(FieldPath("classname"), .equal(.string(name)))) else {
            return IdSet()
        }
        var ids = try answer(.box(box), within: candidates)
        if let count = condition.count {
            ids = try counted(
                count, named: { $0.hasSameBytes(as: name) && $0 != ObjectAnalysis.face }, within: ids)
        }
        if let area = condition.maxBoxArea { ids = try covered(area, by: name, within: ids) }
        return ids
    }

    /// Images by how many of the boxes that they show have a name.
    private func counted(
        _ comparison: SampleFilter.Comparison, named accepts: (String) -> Bool, within candidates: IdSet
    ) throws -> IdSet {
        let unclear = try allBoxesAreRegions ? partlyShown.intersection(candidates) : candidates
        let counts = try snapshot.labelCounts(known, .box, named: accepts)
        try checkCount(unclear, "counting boxes")
        // Few counts differ: each is decided once.
        var decisions: [UInt32: Bool] = [:]
        var ids: [LocalID] = []
        try candidates.forEach { id in
            var count = Int(id) < counts.count ? counts[Int(id)] : 0
            if unclear.contains(id) {
                let shown = try analysis(of: known.entityID(id)).boxes
                count = UInt32(shown.count { $0.label.name.map(accepts) ?? false })
            }
            let isAccepted = decisions[count] ?? comparison.accepts(.integer(Int64(count)))
            decisions[count] = isAccepted
            if isAccepted { ids.append(id) }
        }
        return IdSet(sorted: ids)
    }

    /// Images by how much of them their largest box of a class covers.
    private func covered(
        _ comparison: SampleFilter.Comparison, by name: String, within candidates: IdSet
    ) throws -> IdSet {
        try checkCount(candidates, "max_box_area")
        var ids: [LocalID] = []
        for first in stride(from: 0, to: candidates.count, by: 4_096) {
            try snapshot.checkCancelled()
            let page = candidates.page(skip: first, count: 4_096)
            for row in try snapshot.entities(of: known, page, properties: ["width", "height"]) {
                let shown = try analysis(of: row.id).boxes
                let largest = shown.filter { $0.label.name?.hasSameBytes(as: name) ?? false }
                    .map(\.box.area).max()
                guard let largest, let width = row.properties["width"]?.floatValue,
                    let height = row.properties["height"]?.floatValue, width * height > 0
                else { continue }
                if comparison.accepts(.float(largest / (width * height))) { ids.append(row.id.local) }
            }
        }
        return IdSet(sorted: ids)
    }
}
