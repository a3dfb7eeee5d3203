/// How often each value of a column occurs in a set of rows.
public struct FacetResult: Sendable, Equatable {
    /// One value and the number of rows that hold it.
    public struct Entry: Sendable, Equatable {
        public var value: ColumnValue
        public var count: Int

        public init(value: ColumnValue, count: Int) {
            self.value = value
            self.count = count
        }
    }

    /// The most frequent values, frequent ones first; values as frequent as each other in ascending order.
    public var values: [Entry]
    /// How many different values occur, listed or not.
    public var distinct: Int
    /// How many rows of the set have no value.
    public var missing: Int

    public init(values: [Entry], distinct: Int, missing: Int) {
        self.values = values
        self.distinct = distinct
        self.missing = missing
    }
}

/// How many values of a column lie between consecutive edges.
public struct HistogramResult: Sendable, Equatable {
    /// One count a bin: bin i holds the values from edge i up to, without, edge i + 1; the last bin includes
    /// its end.
    public var counts: [Int]
    /// Values below the first edge.
    public var below: Int
    /// Values above the last edge.
    public var above: Int
    /// Rows without a value, and rows whose value is NaN.
    public var missing: Int

    public init(counts: [Int], below: Int, above: Int, missing: Int) {
        self.counts = counts
        self.below = below
        self.above = above
        self.missing = missing
    }
}
