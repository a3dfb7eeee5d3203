import Columns

/// Who has said what, and how many times.
extension CatalogSnapshot {
    /// The sources of labels that are models, in order of their bytes: those that have ever said anything.
    public func modelSources() throws(CatalogError) -> [String] {
        try check()
        // The colon's successor ends the range: a B-tree answers.
        let scan = try connection.statement(
            "SELECT text FROM texts WHERE text >= 'model:' AND text < 'model;' ORDER BY text")
        defer { scan.reset() }
        var sources: [String] = []
        while try scan.step() { sources.append(scan.text(0)) }
        return sources
    }

    /// How many current labels of a kind entities of a class have that name a label class.
    public func namedLabelCount(_ known: ClassSchema, _ kind: LabelKind) throws -> Int {
        try postings(known, kind)?.edgeCount ?? 0
    }

    /// For each entity of a class, by its local id, how many current labels of a kind it has whose name
    /// `accepts`; ids beyond the end have none.
    public func labelCounts(
        _ known: ClassSchema, _ kind: LabelKind, named accepts: (String) -> Bool
    ) throws -> [UInt32] {
        guard let postings = try postings(known, kind) else { return [] }
        var keys: [UInt32] = []
        for key in postings.keys {
            if let name = try LabelRows.text(Int64(key), on: connection), accepts(name) { keys.append(key) }
        }
        return postings.edgeCounts(to: keys)
    }

    private func postings(_ known: ClassSchema, _ kind: LabelKind) throws -> PostingIndex? {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return nil }
        return postings.index
    }
}
