public import Base
public import Query

/// A search: what to find, in which order, which part of it, and what to show of each.
public struct FindRequest: Sendable {
    public var entityClass: String
    public var filter: Filter
    /// Ties are in the order of ids.
    public var sort: SortOrder
    public var skip: Int
    /// 0 for all.
    public var limit: Int
    /// `nil` to show all but what is large (``FindRequest/detailFields``).
    public var projection: Projection?
    /// Whether to count all matches, not only those of the page.
    public var wantsCount: Bool

    /// Fields that are kept apart from properties, as they are large: they are shown only where a projection
    /// names them, or for one entity.
    public static let detailFields = ["histogram", "exif", "icc_profile", "icc_profile_bytes"]

    public init(
        entityClass: String, filter: Filter, sort: SortOrder = SortOrder(), skip: Int = 0, limit: Int = 0,
        projection: Projection? = nil, wantsCount: Bool = false
    ) {
        self.entityClass = entityClass
        self.filter = filter
        self.sort = sort
        self.skip = skip
        self.limit = limit
        self.projection = projection
        self.wantsCount = wantsCount
    }
}

/// What a search found.
public struct FindAnswer: Sendable {
    public var entities: [Document]
    /// All matches, where the request wanted them counted.
    public var count: Int?
}
