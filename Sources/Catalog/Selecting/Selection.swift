public import Base

/// Ids that satisfy a condition, and what answered.
public struct Selection: Sendable, Equatable {
    /// What an answer was taken from.
    public enum Source: String, Sendable, Hashable {
        /// A memory column.
        case column
        /// Postings, in memory.
        case posting
        /// A scan of the table by SQLite.
        case sql
        /// A B-tree of SQLite, which is there for identity.
        case identity
        /// What every version knows, such as which entities are alive.
        case version
    }

    public var ids: IdSet
    public var source: Source

    public init(ids: IdSet, source: Source) {
        self.ids = ids
        self.source = source
    }
}
