import Base
import Catalog
import Columns
import Query

/// Answers a filter over samples with the set of the images that satisfy it, exactly.
///
/// What ``SampleQuestion`` can put to indexes is answered by columns and postings; the rest is held against
/// samples one by one, and only against those that all else has left over. The matcher in `Query` over
/// ``SampleDocument`` is what a filter means.
struct SampleEvaluator {
    let snapshot: CatalogSnapshot
    let known: ClassSchema
    /// Samples that may be looked at one by one.
    let maxDocuments: Int
    let roles: AnalysisRoles

    private var shape: SampleDocument { SampleDocument(snapshot: snapshot, roles: roles) }

    func evaluate(_ filter: Filter, within candidates: IdSet) throws -> IdSet {
        try snapshot.checkCancelled()
        if candidates.isEmpty { return candidates }
        if let question = SampleEvaluator.question(filter) {
            return try answer(question, within: candidates)
        }
        switch filter {
        case .and(let parts):
            var ids = candidates
            var rest: [Filter] = []
            for part in parts {
                guard let question = SampleEvaluator.question(part) else {
                    rest.append(part)
                    continue
                }
                ids = try answer(question, within: ids)
            }
            return try verified(rest.count == 1 ? rest[0] : .and(rest), within: ids)
        case .or(let parts):
            var ids = IdSet()
            for part in parts {
                ids = ids.union(try evaluate(part, within: candidates.subtracting(ids)))
            }
            return ids
        case .nor(let parts): return candidates.subtracting(try evaluate(.or(parts), within: candidates))
        case .not(let part): return candidates.subtracting(try evaluate(part, within: candidates))
        case .all, .field: return try verified(filter, within: candidates)
        }
    }

    /// What a filter asks of indexes; `nil` where some part of it needs documents.
    static func question(_ filter: Filter) -> SampleQuestion? {
        func each(_ parts: [Filter]) -> [SampleQuestion]? {
            let questions = parts.compactMap { question($0) }
            return questions.count == parts.count ? questions : nil
        }
        switch filter {
        case .all: return .constant(true)
        case .and(let parts): return each(parts).map { .all($0) }
        case .or(let parts): return each(parts).map { .any($0) }
        case .nor(let parts): return each(parts).map { .not(.any($0)) }
        case .not(let part): return question(part).map { .not($0) }
        case .field(let path, let predicate): return SampleQuestion(path, predicate)
        }
    }

    // MARK: - Indexes

    func answer(_ question: SampleQuestion, within candidates: IdSet) throws -> IdSet {
        try snapshot.checkCancelled()
        switch question {
        case .constant(let answer): return answer ? candidates : IdSet()
        case .stored(let filter):
            return try FilterEvaluator(snapshot: snapshot, known: known, maxDocuments: maxDocuments)
                .evaluate(filter, within: candidates).ids
        case .seen(let filter):
            return try seen(within: candidates) {
                filter.matches([SampleField.datetime.rawValue: .string($0)])
            }
        case .flag(let field): return try flagged(field, within: candidates)
        case .box(let box): return try images(with: box, within: candidates)
        case .not(let question):
            return candidates.subtracting(try answer(question, within: candidates))
        case .any(let questions):
            return try questions.reduce(IdSet()) { $0.union(try answer($1, within: candidates)) }
        case .all(let questions):
            var ids = candidates
            for question in questions where !ids.isEmpty { ids = try answer(question, within: ids) }
            return ids
        }
    }

    /// Those of `candidates` that were first seen at a time that `accepts`, as samples write it.
    private func seen(within candidates: IdSet, _ accepts: (String) -> Bool) throws -> IdSet {
        var ids: [LocalID] = []
        var noted = IdSet()
        if let property = known[SampleField.timeProperty], property.types.contains(.init(.dateTime)) {
            noted = try snapshot.select(known, property, having: [.init(.dateTime)]).ids
                .intersection(candidates)
            for first in stride(from: 0, to: noted.count, by: 65_536) {
                try snapshot.checkCancelled()
                let page = noted.page(skip: first, count: 65_536)
                let table = try snapshot.table(of: known, page, properties: [property], keepsZones: false)
                for (row, id) in table.ids.enumerated() {
                    guard case .dateTime(let time)? = table.columns[0].value(at: row) else { continue }
                    if accepts(SampleField.text(microseconds: time.microseconds)) { ids.append(id) }
                }
            }
        }
        let others = try seenByKey(within: candidates.subtracting(noted)) { key in
            accepts(SampleField.time(nil, key))
        }
        return IdSet(ids).union(others)
    }

    /// Those of `candidates` whose keys `accepts`.
    func seenByKey(within candidates: IdSet, _ accepts: (EntityKey) -> Bool) throws -> IdSet {
        var ids: [LocalID] = []
        try snapshot.forEachKey(of: known, candidates) { id, key in if accepts(key) { ids.append(id) } }
        return IdSet(sorted: ids)
    }

    private func flagged(_ field: SampleField, within candidates: IdSet) throws -> IdSet {
        switch field {
        case .posesProcessed:
            return try snapshot.labelled(known, .points, SampleEvaluator.objects(.present)).ids
                .union(examined(.poses)).intersection(candidates)
        case .facesProcessed:
            return try snapshot.labelled(known, .box, .equal(.string(ObjectAnalysis.face))).ids
                .union(examined(.faces)).intersection(candidates)
        default:
            let examined = try examined(.objects).intersection(candidates)
            let boxed = try snapshot.labelled(known, .box, SampleEvaluator.objects(.present)).ids
                .intersection(candidates).subtracting(examined)
            let unclear = try allBoxesAreRegions ? boxed.intersection(withOtherBoxes) : boxed
            let found = try verified(.field(FieldPath(field.rawValue), .equal("true")), within: unclear)
            return examined.union(boxed.subtracting(unclear)).union(found)
        }
    }

    /// Images that models have looked at for something, whatever they found.
    private func examined(_ role: AnalysisRoles.Role) throws -> IdSet {
        var ids = IdSet()
        for source in try snapshot.modelSources() where roles.role(of: source) == role {
            ids = ids.union(try snapshot.examined(known, by: source, .succeeded))
        }
        return ids
    }

    /// Images with boxes of models that do not look for objects.
    private var withOtherBoxes: IdSet {
        get throws {
            var ids = IdSet()
            for source in try snapshot.modelSources() where !roles.givesObjects(source) {
                ids = ids.union(
                    try snapshot.labelled(known, .box, SampleEvaluator.objects(.present), by: source).ids)
            }
            return ids
        }
    }

    /// Images with a box, among those that their samples show, that satisfies a condition.
    private func images(with box: BoxQuestion, within candidates: IdSet) throws -> IdSet {
        let all = try imagesWithAny(box).intersection(candidates)
        if all.isEmpty { return all }
        // Of these the sample does not show all boxes.
        let unclear = try box.posting == nil || allBoxesAreRegions ? partlyShown.intersection(all) : all
        if unclear.isEmpty { return all }
        try checkCount(unclear, "a condition on boxes")
        var ids: [LocalID] = []
        try unclear.forEach { local in
            let analysis = try shape.analysis(of: known.entityID(local))
            if analysis.boxes.contains(where: { shown in
                box.filter.matches(ObjectAnalysis.document(shown))
            }) {
                ids.append(local)
            }
        }
        return all.subtracting(unclear).union(IdSet(sorted: ids))
    }

    /// Images with a box that satisfies a condition, whether or not their samples show it.
    private func imagesWithAny(_ box: BoxQuestion) throws -> IdSet {
        if let posting = box.posting {
            return try snapshot.labelled(
                known, .box, SampleEvaluator.objects(posting.names), confidenceFrom: posting.lower,
                to: posting.upper
            ).ids
        }
        guard let regions = snapshot.schema.entityClass(RegionClass.box.rawValue),
            let joined = snapshot.schema.connectionClass(RegionClass.box.connectionClass)
        else { return IdSet() }
        let boxes = try FilterEvaluator(snapshot: snapshot, known: regions, maxDocuments: maxDocuments)
            .evaluate(box.region, within: snapshot.alive(regions)).ids
        guard let ends = ends(of: joined, to: regions) else { return IdSet() }
        return try snapshot.connected(by: joined, ends, .source, to: boxes).ids
    }

    /// Images that several models have looked at for objects, of which one alone is shown, and those with
    /// boxes that are none of objects.
    var partlyShown: IdSet {
        get throws {
            let sources = try snapshot.modelSources()
            var (once, twice) = (IdSet(), try withOtherBoxes)
            guard sources.count > 1 else { return twice }
            for source in sources where roles.givesObjects(source) {
                var ids = try snapshot.labelled(
                    known, .box, SampleEvaluator.objects(.present), by: source
                ).ids
                if roles.role(of: source) == .objects {
                    ids = ids.union(try snapshot.examined(known, by: source, .succeeded))
                }
                twice = twice.union(once.intersection(ids))
                once = once.union(ids)
            }
            return twice
        }
    }

    /// Whether each label of the kind box that names a class has a box that can be read, as they have that
    /// came by any face of the program.
    var allBoxesAreRegions: Bool {
        get throws {
            let count = try snapshot.namedLabelCount(known, .box)
            guard count > 0 else { return true }
            guard let regions = snapshot.schema.entityClass(RegionClass.box.rawValue),
                let label = regions["_label"]
            else { return false }
            let named = try snapshot.select(regions, label, .present).ids
            if named.count == count { return true }
            // Other classes have boxes as well.
            guard let joined = snapshot.schema.connectionClass(RegionClass.box.connectionClass) else {
                return false
            }
            guard let ends = ends(of: joined, to: regions) else { return false }
            let own = try snapshot.postings(of: joined, ends, keyedBy: .target)?.edgeCount ?? 0
            return own == count && named.count == snapshot.alive(regions).count
        }
    }

    private func ends(of joined: ClassSchema, to regions: ClassSchema) -> ConnectionEnds? {
        joined.ends.first { $0.source == known.id && $0.target == regions.id }
    }

    /// A condition on label classes, faces left out.
    static func objects(_ names: ColumnPredicate) -> ColumnPredicate {
        switch names {
        case .present: .matching { $0 != ObjectAnalysis.face }
        case .matching(let accepts): .matching { $0 != ObjectAnalysis.face && accepts($0) }
        case .equal(.string(ObjectAnalysis.face)): .in([])
        default: names
        }
    }

    // MARK: - Documents

    /// Those of `candidates` whose samples match, each made and looked at.
    private func verified(_ filter: Filter, within candidates: IdSet) throws -> IdSet {
        if candidates.isEmpty { return candidates }
        try checkCount(candidates, filter.text)
        let roots = Set(filter.paths.map(\.root))
        let wantsLabels = SampleField.allCases.contains { $0.needsLabels && roots.contains($0.rawValue) }
        var properties = SampleField.allCases.compactMap { field in
            roots.contains(field.rawValue) ? field.storedName : nil
        }
        if roots.contains(SampleField.datetime.rawValue) { properties.append(SampleField.timeProperty) }
        let shape = shape
        var ids: [LocalID] = []
        for first in stride(from: 0, to: candidates.count, by: 4_096) {
            try snapshot.checkCancelled()
            for row in try snapshot.entities(
                of: known, candidates.page(skip: first, count: 4_096), properties: properties)
            where filter.matches(try shape.document(row, wantsLabels: wantsLabels)) {
                ids.append(row.id.local)
            }
        }
        return IdSet(sorted: ids)
    }

    func checkCount(_ ids: IdSet, _ condition: String) throws {
        guard ids.count <= maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "\(condition) needs \(ids.count) samples to be looked at, the limit is \(maxDocuments); add a condition that narrows it down",
                path: "q")
        }
    }
}
