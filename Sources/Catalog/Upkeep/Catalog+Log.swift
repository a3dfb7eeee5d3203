extension Catalog {
    /// Moves all of SQLite's log into the database and empties it, so that nothing older than the newest
    /// commit is left in either file.
    ///
    /// A reader holds up what it looks at: this is tried again until `limit` has passed. Writers wait for a
    /// tenth of a second at a time at most.
    /// - Throws: ``CatalogError/Code/busy`` where somebody read all that time; ``CatalogError/Code/closed``;
    ///   ``CatalogError/Code/readOnly``; whatever keeps a commit from being durable.
    public func emptyLog(within limit: Duration = .seconds(30)) throws {
        guard let writer else {
            throw CatalogError(.readOnly, "the store was opened for reading only")
        }
        let start = ContinuousClock.now
        while true {
            let outcome = AwaitedOutcome<Bool>()
            try writer.submit(
                .maintenance { loop in outcome.arrive(Result { () throws in try loop.emptyLog() }) })
            if try outcome.wait() { return }
            if ContinuousClock.now - start > limit {
                throw CatalogError(
                    .busy, "somebody has read from the store for \(limit.components.seconds) s without an end"
                )
            }
        }
    }
}
