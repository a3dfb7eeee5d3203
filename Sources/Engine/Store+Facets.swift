import Base
import Catalog
import Columns
public import Query

extension Store {
    /// Exact counts of the values of properties within a filter.
    ///
    /// An entity whose property is a list counts once for each different element; an object counts as one
    /// value.
    /// - Parameters:
    ///   - properties: `nil` for those that have few values, as a page shows them beside its results.
    ///   - rollsUp: Whether in the facet of `label` an entity counts, once for each, for the declared classes
    ///     above its labels' too.
    ///   - limit: Values of each, the most frequent first; 0 for all.
    public func facets(
        class entityClass: String, filter: Filter, properties: [String]?, limit: Int, rollsUp: Bool = false
    ) async throws -> FacetAnswer {
        let maxDocuments = options.maxVerifiedDocuments
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(entityClass) else {
                let facets = (properties ?? []).map {
                    Facet(property: $0, values: [], distinct: 0, missing: 0)
                }
                return FacetAnswer(count: 0, facets: facets)
            }
            let ids = try snapshot.ids(known, filter, maxDocuments).ids
            let counter = FacetCounter(
                snapshot: snapshot, known: known, ids: ids, limit: limit == 0 ? .max : limit,
                maxDocuments: maxDocuments, rollsUp: rollsUp)
            return FacetAnswer(
                count: ids.count,
                facets: try properties.map { try $0.map(counter.facet) } ?? counter.facetsOfFewValues())
        }
    }

    /// Counts by ranges of a numeric or date-time property within a filter.
    /// - Throws: ``EngineError/Code/invalidRequest`` for edges that do not increase, for more than 1,000
    ///   bins, and for what is no property, such as a path into one.
    public func histogram(
        class entityClass: String, filter: Filter, property: String, bins: HistogramBins
    ) async throws -> Histogram {
        try bins.check()
        let maxDocuments = options.maxVerifiedDocuments
        return try await read { snapshot in
            var histogram = Histogram(
                property: property, edges: [], counts: [], missing: 0, below: 0, above: 0, isDateTime: false)
            guard let known = try snapshot.entityClass(entityClass) else { return histogram }
            let ids = try snapshot.ids(known, filter, maxDocuments).ids
            guard let stored = known[property] else {
                guard !EntityDocument.systemFields.contains(property) else {
                    throw EngineError(.invalidRequest, "'\(property)' is not numeric", path: "property")
                }
                guard !property.contains("."), !FindRequest.detailFields.contains(property) else {
                    throw EngineError(
                        .invalidRequest,
                        "'\(property)' is no property: histograms are made of whole properties, not of parts of them, nor of details such as exif",
                        path: "property")
                }
                histogram.missing = ids.count
                return histogram
            }
            let columns = try snapshot.columns(known, stored).filter { $0.count > 0 }
            let numeric = columns.filter { $0.type == .integer || $0.type == .float }
            let counted = numeric.isEmpty ? columns.filter { $0.type == .dateTime } : numeric
            guard !counted.isEmpty else {
                guard columns.isEmpty else {
                    let types = stored.types.list.map(\.description).joined(separator: ", ")
                    throw EngineError(
                        .invalidRequest, "'\(property)' holds \(types), no numbers", path: "property")
                }
                histogram.missing = ids.count
                return histogram
            }
            histogram.isDateTime = numeric.isEmpty
            if case .dates = bins, !histogram.isDateTime {
                throw EngineError(
                    .invalidRequest, "'edges' are dates, but '\(property)' holds numbers", path: "edges")
            }
            histogram.edges = bins.edges(over: counted.map { $0.bounds(over: ids) })
            guard histogram.edges.count >= 2 else {
                histogram.missing = ids.count
                histogram.edges = []
                return histogram
            }
            histogram.counts = Array(repeating: 0, count: histogram.edges.count - 1)
            for column in counted {
                let part = try column.histogram(over: ids, edges: histogram.edges)
                for (bin, count) in part.counts.enumerated() { histogram.counts[bin] += count }
                histogram.below += part.below
                histogram.above += part.above
            }
            histogram.missing = ids.count - histogram.counts.reduce(histogram.below + histogram.above, +)
            return histogram
        }
    }
}

extension HistogramBins {
    func check() throws {
        switch self {
        case .even(let count):
            guard (1...1_000).contains(count) else {
                throw EngineError(
                    .invalidRequest, "'bins' is \(count), it must be from 1 to 1000", path: "bins")
            }
        case .edges(let edges): try HistogramBins.check(edges, "numbers") { "\($0)" }
        case .dates(let edges):
            try HistogramBins.check(edges.map(\.microseconds), "dates") {
                DateTime(microseconds: $0).iso8601
            }
        }
    }

    private static func check<Edge: Comparable>(
        _ edges: [Edge], _ kind: String, _ text: (Edge) -> String
    ) throws {
        guard (2...1_001).contains(edges.count) else {
            throw EngineError(
                .invalidRequest, "'edges' must be from 2 to 1001 \(kind), not \(edges.count)", path: "edges")
        }
        for index in 1..<edges.count where !(edges[index - 1] < edges[index]) {
            throw EngineError(
                .invalidRequest,
                "'edges' must increase, but \(text(edges[index])) follows \(text(edges[index - 1]))",
                path: "edges[\(index)]")
        }
    }

    /// The edges, given the least and the greatest value of each column; none where there is no value.
    fileprivate func edges(over bounds: [(least: Double, greatest: Double)?]) -> [Double] {
        switch self {
        case .edges(let edges): return edges
        case .dates(let edges): return edges.map { Double($0.microseconds) }
        case .even(let count):
            let known = bounds.compactMap { $0 }
            guard let least = known.map(\.least).min(), let greatest = known.map(\.greatest).max() else {
                return []
            }
            guard least < greatest else {
                return [least, least.nextUp > least + 1 ? least.nextUp : least + 1]
            }
            // Halved before subtracting, so that the whole range of floats has a width.
            let width = (greatest / 2 - least / 2) / Double(count) * 2
            var edges = (0..<count).map { least + width * Double($0) }
            edges.append(greatest)
            var distinct: [Double] = []
            for edge in edges where distinct.last.map({ $0 < edge }) ?? true { distinct.append(edge) }
            return distinct
        }
    }
}
