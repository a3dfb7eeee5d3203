import Base
import Catalog
import Columns
import Query

/// Counts, sums and the like of what a command found.
extension CommandRun {
    /// Puts the aggregates that `find` asks for into its reply.
    ///
    /// Counts by the values of one property come from its column, 1 ms per million members or less; other
    /// groups, and sums, look at each member.
    func aggregate(
        _ find: FindCommand, _ found: FoundSet, in snapshot: CatalogSnapshot, into reply: inout Document
    ) throws {
        guard find.results.hasAggregates else { return }
        let aggregation = Aggregation(find.results)
        if aggregation.group.isEmpty, aggregation.properties.isEmpty {
            reply["count"] = .integer(Int64(found.count))
            return
        }
        var table = AggregationTable(aggregation)
        if try !countByColumn(aggregation, found, in: snapshot, into: &table) {
            try addEach(of: found, to: &table, aggregation, find.subject, in: snapshot)
        }
        try table.write(to: &reply, dialect: query.dialect, cancellation)
    }

    /// The reply to a search for connections of which nothing is told but how many there are, or how many of
    /// each end: postings know that, about 0.5 ms per million connections. `nil` for another search, and
    /// where postings do not know it exactly.
    func countedByPostings(_ find: FindCommand, in snapshot: CatalogSnapshot) throws -> Document? {
        let (results, selection) = (find.results, find.selection)
        let aggregation = Aggregation(results)
        let keys = aggregation.group.map { GroupKey($0, of: find.subject) }
        guard find.subject == .connection, results.hasAggregates, aggregation.properties.isEmpty,
            !results.listsEntities, results.batch == nil, find.reference == nil, !find.marksForDeletion,
            selection.within == nil, selection.link == nil, selection.owner == nil, !selection.isUnique,
            keys.count <= 1, keys.allSatisfy({ $0.end != nil }),
            let name = selection.className, let known = snapshot.schema.connectionClass(name),
            let ranges = names.asked(selection.filter, known).postingRanges
        else { return nil }
        try service.principal.check(.read, class: names.wireClass(known.name))
        let start = ContinuousClock.now
        let side = keys.first?.end ?? .target
        let sources = try selection.source.map(result)
        let targets = try selection.destination.map(result)
        var table = AggregationTable(aggregation)
        var total = 0
        for ends in known.ends {
            let (from, to) = (sources?[ends.source], targets?[ends.target])
            if from?.isEmpty == true || to?.isEmpty == true { continue }
            guard
                let postings = try snapshot.postings(of: known, ends, keyedBy: side, ranges: ranges),
                !postings.hasRepeats
            else { return nil }
            let (among, over) = side == .target ? (to, from) : (from, to)
            let counts = postings.facet(over: over, where: ranges).filter {
                among?.contains(LocalID($0.key)) ?? true
            }
            total += counts.reduce(0) { $0 + $1.count }
            guard let key = keys.first else { continue }
            guard let owner = snapshot.schema[side == .target ? ends.target : ends.source] else { continue }
            let values = try endValues(counts.map { LocalID($0.key) }, of: owner, key, in: snapshot)
            var pace = CancellationPace(cancellation)
            for (counted, value) in zip(counts, values) {
                try pace.step()
                table.add(counted.count, value)
            }
        }
        steps.append(
            PlanStep(
                step: "connections counted", by: "posting", estimated: nil, ids: total,
                elapsed: ContinuousClock.now - start))
        var reply = Document()
        if keys.isEmpty { table.add(total, nil) }
        try table.write(to: &reply, dialect: query.dialect, cancellation)
        if keys.isEmpty { reply["returned"] = 0 }
        reply["status"] = 0
        if total == 0, !isAperture { reply["info"] = "No entities found" }
        return reply
    }

    // MARK: - Private

    /// Counts the values of the one property by which groups are made, where columns hold it; says whether
    /// they do.
    private func countByColumn(
        _ aggregation: Aggregation, _ found: FoundSet, in snapshot: CatalogSnapshot,
        into table: inout AggregationTable
    ) throws -> Bool {
        guard aggregation.properties.isEmpty, aggregation.group.count == 1,
            let group = aggregation.group.first
        else { return false }
        var stored: [(FoundSet.Part, ClassSchema, PropertySchema)] = []
        for part in found.parts {
            guard let known = snapshot.schema[part.classID], known.kind == .entity,
                let property = DocumentPlan.storedProperty(group, of: known, names: names),
                !property.types.contains(.json)
            else { return false }
            stored.append((part, known, property))
        }
        for (part, known, property) in stored {
            let counts = try snapshot.facet(known, property, over: part.ids, limit: .max)
            var pace = CancellationPace(cancellation)
            for entry in counts.values {
                try pace.step()
                table.add(entry.count, entry.value.value.wire)
            }
            if counts.missing > 0 { table.add(counts.missing, missing) }
        }
        return true
    }

    private func addEach(
        of found: FoundSet, to table: inout AggregationTable, _ aggregation: Aggregation,
        _ subject: CommandSubject, in snapshot: CatalogSnapshot
    ) throws {
        guard found.count <= service.maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "\(found.count) results would have to be looked at, the limit is \(service.maxDocuments); narrow the command"
            )
        }
        let keys = aggregation.group.map { GroupKey($0, of: subject) }
        let own = keys.filter { $0.end == nil }.map(\.name) + aggregation.properties
        let ofEnds = keys.filter { $0.end != nil }
        try forEachPage(of: found, needing: own, in: snapshot) { known, page in
            var documents = page
            if !ofEnds.isEmpty { try addEnds(ofEnds, to: &documents, of: known, in: snapshot) }
            for (_, document) in documents { table.add(document) }
        }
    }

    /// Puts what is asked of their ends into the documents of connections.
    private func addEnds(
        _ keys: [GroupKey], to documents: inout [(EntityID, Document)], of known: ClassSchema,
        in snapshot: CatalogSnapshot
    ) throws {
        let links = try snapshot.connections(of: known, documents.map(\.0.local))
        let places = Dictionary(links.enumerated().map { ($1.id, $0) }) { first, _ in first }
        for key in keys {
            func end(_ link: Connection) -> EntityID { key.end == .source ? link.source : link.target }
            let all = Set(links.map(end)).sorted()
            let values = try inClasses(all, in: snapshot) { owner, locals in
                try endValues(locals, of: owner, key, in: snapshot)
            }
            let byEnd = Dictionary(uniqueKeysWithValues: zip(all, values))
            for index in documents.indices {
                let link = places[documents[index].0].map { links[$0] }
                documents[index].1[key.name] = link.flatMap { byEnd[end($0)] } ?? missing
            }
        }
    }

    /// What `key` is of each of these ends of connections.
    private func endValues(
        _ locals: [LocalID], of owner: ClassSchema, _ key: GroupKey, in snapshot: CatalogSnapshot
    ) throws -> [Value] {
        guard let property = key.property else {
            return locals.map { .string(owner.entityID($0).description) }
        }
        if !locals.isEmpty { try service.principal.check(.read, class: names.wireClass(owner.name)) }
        let plan = DocumentPlan([property], of: owner, names: names)
        guard let listing = try plan.listing(locals, in: snapshot), let column = listing.columns.first else {
            return locals.map { _ in missing }
        }
        // Those that do not exist any more are left out of a listing.
        var row = 0
        return locals.map { local in
            guard row < listing.rowCount, listing.ids[row] == local else { return missing }
            defer { row += 1 }
            return listing.value(column, at: row)?.wire ?? missing
        }
    }

    /// What stands for a property that a member does not have.
    private var missing: Value { isAperture ? .null : "Missing property" }
}
