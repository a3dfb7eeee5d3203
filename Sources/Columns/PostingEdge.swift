public import Base

/// One connection: the key it leads to (the target, or the class of a label), the entity it starts from, and
/// its numeric properties.
public struct PostingEdge: Sendable, Equatable {
    public var key: UInt32
    public var id: LocalID
    /// One number for each property of the index; NaN where the connection does not have it.
    public var values: [Double]

    public init(key: UInt32, id: LocalID, values: [Double] = []) {
        self.key = key
        self.id = id
        self.values = values
    }

    /// By bits: NaN is NaN, and the zeros differ.
    public static func == (left: PostingEdge, right: PostingEdge) -> Bool {
        left.key == right.key && left.id == right.id
            && left.values.elementsEqual(right.values) { $0.bitPattern == $1.bitPattern }
    }
}

/// A condition on a numeric property of connections. A connection without the property, or with NaN,
/// satisfies none.
public struct PostingRange: Sendable, Hashable {
    public var property: String
    public var lower: ColumnBound?
    public var upper: ColumnBound?

    /// The property lies between the bounds, which must be numbers; one that is `nil` does not limit.
    public init(_ property: String, lower: ColumnBound? = nil, upper: ColumnBound? = nil) {
        self.property = property
        self.lower = lower
        self.upper = upper
    }
}

/// A key and how many different entities are connected to it.
public struct PostingCount: Sendable, Hashable {
    public var key: UInt32
    public var count: Int

    public init(key: UInt32, count: Int) {
        self.key = key
        self.count = count
    }
}

/// A range made ready: which property, and the closed interval.
struct EdgeCondition: Sendable {
    var property: Int
    var test: NumberTest
}
