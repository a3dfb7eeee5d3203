public import Base

/// A row that a search found.
public struct Neighbour: Sendable, Hashable {
    /// The row of the set.
    public var row: LocalID
    /// The distance in the metric of the search: squared for L2, else the inner product or the cosine.
    public var distance: Float

    public init(row: LocalID, distance: Float) {
        self.row = row
        self.distance = distance
    }
}
