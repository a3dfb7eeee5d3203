import Base

/// Where a snapshot finds the memory indexes of its commit, and has those built that it lacks.
protocol IndexSource: AnyObject {
    /// An index for a query that could do without: what its version has. Where there is none, it is built at
    /// once if that is quick, and in the background otherwise, for the queries that follow.
    func index(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex?

    /// An index for a query that needs one: where there is none, it is built while the query waits.
    func requiredIndex(_ key: IndexKey, for snapshot: CatalogSnapshot) throws -> BuiltIndex?

    /// What was written over between two commits (``ChangeJournal/rewritten(in:after:upTo:)``).
    func rewritten(in classID: UInt32, after first: UInt64, upTo last: UInt64) -> [LocalID]?
}
