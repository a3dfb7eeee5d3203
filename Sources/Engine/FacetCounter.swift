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

    func facet(_ property: String) throws -> Facet {
        if property == SystemField.label.rawValue {
            return Facet(property, try snapshot.labelFacet(known, .class, over: ids, limit: limit))
        }
        if SystemField(rawValue: property) != nil {
            throw EngineError(
                .invalidRequest, "'\(property)' is another for every entity: there is nothing to count",
                path: "properties")
        }
        let path = FieldPath(property)
        guard let stored = known[path.root] else {
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

    /// The facets that a page shows beside its results: labels, and the properties of few values.
    func facetsOfFewValues() throws -> [Facet] {
        var facets: [Facet] = []
        let labels = try facet(SystemField.label.rawValue)
        if labels.distinct > 0 { facets.append(labels) }
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

extension Facet {
    fileprivate init(_ property: String, _ result: FacetResult) {
        self.init(
            property: property, values: result.values.map { ($0.value.value, $0.count) },
            distinct: result.distinct,
            missing: result.missing)
    }
}
