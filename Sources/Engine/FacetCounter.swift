import Base
import Catalog
import Columns
import Query

/// Counts the values of properties over one set of ids.
struct FacetCounter {
    /// A property with more values than this is none that people pick values of.
    static let fewValues = 200

    let snapshot: CatalogSnapshot
    let known: ClassSchema
    let ids: IdSet
    let limit: Int
    /// Documents that may be looked at one by one.
    let maxDocuments: Int
    /// Whether labels count for the classes above theirs, too.
    var rollsUp = false

    func facet(_ property: String) throws -> Facet {
        if property == SystemField.label.rawValue {
            return Facet(
                property,
                rollsUp
                    ? try snapshot.rolledUpLabelFacet(known, .class, over: ids, limit: limit)
                    : try snapshot.labelFacet(known, .class, over: ids, limit: limit))
        }
        if SystemField(rawValue: property) != nil {
            throw EngineError(
                .invalidRequest, "'\(property)' is another for every entity: there is nothing to count",
                path: "properties")
        }
        let path = FieldPath(property)
        if path.isLabelClass {
            return Facet(
                property,
                try snapshot.labelFacet(
                    known, LabelKind.allCases, over: ids, limit: limit, rollsUp: rollsUp))
        }
        guard let stored = known[path.root] else {
            if FindRequest.detailFields.contains(path.root) { return try detailFacet(path) }
            return Facet(property: property, values: [], distinct: 0, missing: ids.count)
        }
        guard path.components.count > 1 else {
            return Facet(property, try snapshot.facet(known, stored, over: ids, limit: limit))
        }
        guard stored.types.contains(.json) else {
            return Facet(property: property, values: [], distinct: 0, missing: ids.count)
        }
        let column = try snapshot.path(known, stored, Array(path.components.dropFirst()))
        return Facet(property, column.values.facet(over: ids, limit: limit))
    }

    /// Counts what is kept apart from properties, with the same meaning: scalars at the end of the path, each
    /// different element of an array once, no objects, and no nulls.
    private func detailFacet(_ path: FieldPath) throws -> Facet {
        guard ids.count <= maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "the facet of '\(path)' needs \(ids.count) documents to be looked at, the limit is \(maxDocuments); narrow the filter",
                path: "properties")
        }
        var counts: [Value: Int] = [:]
        var missing = 0
        try snapshot.forEachDocument(known, ids, needing: [path.root]) { _, document in
            let values = Set(path.values(in: document).compactMap(\.counted))
            if values.isEmpty { missing += 1 }
            for value in values { counts[value, default: 0] += 1 }
        }
        let values = counts.map { (value: $0.key, count: $0.value) }.sorted {
            $0.count != $1.count ? $0.count > $1.count : ValueOrder.compare($0.value, $1.value) < 0
        }
        return Facet(
            property: path.text, values: Array(values.prefix(limit)), distinct: values.count, missing: missing
        )
    }

    /// The facets that a page shows beside its results: labels, and the properties of few values.
    func facetsOfFewValues() throws -> [Facet] {
        var facets: [Facet] = []
        let labels = try facet(SystemField.label.rawValue)
        if labels.distinct > 0 { facets.append(labels) }
        // Boxes and other labels than those of whole pictures, where there are such.
        let classes = try facet(FieldPath.labelClass)
        if classes.distinct > 0, classes.missing < labels.missing || classes.distinct > labels.distinct {
            facets.append(classes)
        }
        for property in known.properties {
            let types = property.types.list.filter { $0 != .null }
            guard types.allSatisfy({ $0 == .string || $0 == .integer || $0 == .boolean }) else { continue }
            let facet = try facet(property.name)
            // Where nearly every entity has a value of its own, such as its path, there is nothing to pick.
            let isIdentity = facet.distinct > 20 && facet.distinct > (ids.count - facet.missing) / 2
            if (1...FacetCounter.fewValues).contains(facet.distinct), !isIdentity { facets.append(facet) }
        }
        return facets
    }
}

extension Value {
    /// The value that this one counts as; an integer and a float that are equal are one.
    fileprivate var counted: Value? {
        switch self {
        case .null, .array, .object: nil
        case .float(let number): Int64(exactly: number).map { .integer($0) } ?? self
        case .boolean, .integer, .string, .dateTime: self
        }
    }
}

extension Facet {
    fileprivate init(_ property: String, _ result: FacetResult) {
        self.init(
            property: property, values: result.values.map { ($0.value.value, $0.count) },
            distinct: result.distinct,
            missing: result.missing)
    }
}
