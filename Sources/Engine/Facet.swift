public import Base

/// How often each value of a property occurs within a filter.
public struct Facet: Sendable {
    public var property: String
    /// The most frequent first, equals in the order of values; at most as many as were asked for.
    public var values: [(value: Value, count: Int)]
    /// How many values there are in all.
    public var distinct: Int
    /// Entities within the filter that have no value.
    public var missing: Int

    public var document: Document {
        [
            "property": .string(property),
            "values": .array(values.map { ["value": $0.value, "count": .integer(Int64($0.count))] }),
            "distinct": .integer(Int64(distinct)), "missing": .integer(Int64(missing)),
        ]
    }
}

/// Facets of one filter.
public struct FacetAnswer: Sendable {
    /// Entities within the filter.
    public var count: Int
    public var facets: [Facet]
}

/// How a histogram's range is divided.
public enum HistogramBins: Sendable {
    /// So many bins of equal width from the least value within the filter to the greatest.
    case even(Int)
    /// Between these edges, which must increase; of a date-time property, microseconds since 1970.
    case edges([Double])
    /// Between these edges of a date-time property, which must increase.
    case dates([DateTime])
}

/// Counts of a numeric property's values by ranges. Bins are right-open, the last one is closed.
public struct Histogram: Sendable {
    public var property: String
    /// One more than there are bins; date-times as microseconds since 1970.
    public var edges: [Double]
    public var counts: [Int]
    /// Entities within the filter without a numeric value.
    public var missing: Int
    /// Values below the first edge, and NaN.
    public var below: Int
    /// Values above the last edge.
    public var above: Int
    /// Whether the values are date-times, and the edges to be shown as such.
    public var isDateTime: Bool

    public var document: Document {
        [
            "property": .string(property),
            "edges": .array(
                edges.map { isDateTime ? .dateTime(DateTime(microseconds: Int64($0))) : .float($0) }),
            "counts": .array(counts.map { .integer(Int64($0)) }), "missing": .integer(Int64(missing)),
            "below": .integer(Int64(below)), "above": .integer(Int64(above)),
        ]
    }
}
