import Base
import Catalog
import Columns
import Query

/// Which entities a rule is about.
extension CatalogSnapshot {
    /// The entities that each tag of a rule is for.
    func tags(
        of rule: LabelRule, _ known: ClassSchema, _ maxDocuments: Int
    ) throws -> [String: IdSet] {
        var tags: [String: IdSet] = [:]
        for branch in rule.branches {
            let ids = try self.ids(branch.condition, known, maxDocuments)
            for tag in branch.tags { tags[tag] = (tags[tag] ?? IdSet()).union(ids) }
        }
        return tags
    }

    /// The entities that have a class label of a source, by its name.
    func tags(_ names: [String], by source: String, _ known: ClassSchema) throws -> [String: IdSet] {
        var tags: [String: IdSet] = [:]
        for name in names {
            tags[name] = try labelled(known, .class, .equal(.string(name)), by: source).ids
        }
        return tags
    }

    /// The entities that have a class label of a source whose name is none of `names`, by its name. Reads the
    /// labels of every entity that the source has said something of.
    func otherTags(
        than names: [String], by source: String, _ known: ClassSchema
    ) throws -> [String: IdSet] {
        var others: [String: [LocalID]] = [:]
        let names = Set(names)
        for local in try labelled(known, .class, .present, by: source).ids.ids {
            let found = try labels(of: known.entityID(local)).filter {
                $0.kind == .class && $0.source == source && !names.contains($0.name ?? "")
            }
            for name in Set(found.compactMap(\.name)) { others[name, default: []].append(local) }
        }
        return others.mapValues { IdSet(sorted: $0) }
    }

    // MARK: - Private

    private func ids(
        _ condition: LabelRule.Condition, _ known: ClassSchema, _ maxDocuments: Int
    ) throws -> IdSet {
        switch condition {
        case .filter(let filter): return try ids(known, filter, maxDocuments).ids
        case .not(let part): return alive(known).subtracting(try ids(part, known, maxDocuments))
        case .and(let parts):
            return try parts.reduce(alive(known)) {
                $0.isEmpty ? $0 : $0.intersection(try ids($1, known, maxDocuments))
            }
        case .or(let parts):
            return try parts.reduce(IdSet()) { $0.union(try ids($1, known, maxDocuments)) }
        case .any(let names): return try names.reduce(IdSet()) { $0.union(try withObject($1, known)) }
        case .all(let names):
            return try names.reduce(alive(known)) { $0.intersection(try withObject($1, known)) }
        case .count(let name, let confidence, let comparison, let number):
            let some = try withObject(name, known)
            let counted = IdSet(
                sorted: try some.ids.filter { local in
                    let count = try labels(of: known.entityID(local)).count { label in
                        LabelRule.objectKinds.contains(label.kind) && label.name == name
                            && label.confidence.map { $0 >= confidence ?? 0 } ?? true
                    }
                    return comparison.holds(count, number)
                })
            return comparison.holds(0, number) ? counted.union(alive(known).subtracting(some)) : counted
        }
    }

    /// The entities with an object of a class.
    private func withObject(_ name: String, _ known: ClassSchema) throws -> IdSet {
        try LabelRule.objectKinds.reduce(IdSet()) {
            $0.union(try labelled(known, $1, .equal(.string(name))).ids)
        }
    }
}
