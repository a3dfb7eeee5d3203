public import Base

/// One key of a sort order: a path, and which way.
public struct SortKey: Sendable, Hashable {
    /// Where the value stands.
    public var path: FieldPath
    /// From small to great.
    public var ascending: Bool

    /// A key that sorts by the value at `path`.
    public init(_ path: FieldPath, ascending: Bool = true) {
        self.path = path
        self.ascending = ascending
    }

    /// The value that a document is sorted by.
    ///
    /// Of an array, and of several values along the path, it is the least, for a descending key the greatest.
    /// An empty array stands below null; a missing value is null.
    public func rank(of document: Document) -> SortRank {
        var best: SortRank?
        _ = path.leads(in: .document(document), opening: false) { candidate in
            if case .array(let elements)? = candidate {
                if elements.isEmpty { consider(.emptyArray, &best) }
                for element in elements { consider(.value(element), &best) }
            } else {
                consider(.value(candidate ?? .null), &best)
            }
            return false
        }
        return best ?? .value(.null)
    }

    /// Negative, zero or positive as a document of rank `left` comes before, with or after one of rank
    /// `right`.
    public func compare(_ left: SortRank, _ right: SortRank) -> Int {
        ascending ? SortRank.compare(left, right) : SortRank.compare(right, left)
    }

    private func consider(_ rank: SortRank, _ best: inout SortRank?) {
        if let current = best, compare(current, rank) <= 0 { return }
        best = rank
    }
}

/// What a sort key makes of a document.
public enum SortRank: Sendable, Hashable {
    /// An array without elements: below all values.
    case emptyArray
    /// A value, in ``ValueOrder``.
    case value(Value)

    /// Negative, zero or positive as `left` stands below, with or above `right`.
    public static func compare(_ left: SortRank, _ right: SortRank) -> Int {
        switch (left, right) {
        case (.emptyArray, .emptyArray): 0
        case (.emptyArray, .value): -1
        case (.value, .emptyArray): 1
        case (.value(let value), .value(let other)): ValueOrder.compare(value, other)
        }
    }
}
