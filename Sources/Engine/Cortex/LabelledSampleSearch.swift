public import Query

/// A search of Cortex's later interface: over images that somebody has looked for objects in.
public struct LabelledSampleSearch: Sendable {
    /// In which order images come.
    public enum Order: String, Sendable, CaseIterable {
        /// As they were added.
        case id
        /// The best label quality first; images without one last.
        case quality
        /// The last added first.
        case newest
    }

    public var filter: SampleFilter
    /// Ties are in the order of ids, so that no image is on two pages.
    public var order: Order
    public var skip: Int
    public var limit: Int

    public init(_ filter: SampleFilter, order: Order = .id, skip: Int = 0, limit: Int = 25) {
        self.filter = filter
        self.order = order
        self.skip = skip
        self.limit = limit
    }
}
