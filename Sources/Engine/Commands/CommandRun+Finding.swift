import Base
import Catalog
import Query

/// Find commands.
extension CommandRun {
    func perform(_ find: FindCommand, _ command: Command) throws -> Document {
        if let search = find.neighbours { return try perform(find, search, command) }
        let (reply, found) = try read { snapshot -> (Document, FoundSet) in
            if let reply = try countedByPostings(find, in: snapshot) { return (reply, FoundSet()) }
            let found = try select(find.selection, in: snapshot)
            try checkUnique(find.selection, found.count, command)
            let page = try self.page(
                of: found, find.results,
                isTold: find.results.listsEntities || find.results.groupsBySource
                    || find.returnsBlobs(in: query.dialect), in: snapshot)
            note(isAperture ? page.found : found, as: find.reference)
            try checkReferable(find, found)
            let told = try self.reply(find, found, page, command, in: snapshot)
            return (told, found)
        }
        if find.marksForDeletion { try remove(found) }
        return reply
    }

    /// VDMS ends a query whose search finds nothing for others to refer to.
    private func checkReferable(_ find: FindCommand, _ found: FoundSet) throws {
        if !isAperture, find.reference != nil, found.isEmpty {
            throw EngineError(.notFound, "Null search iterator")
        }
    }

    // MARK: - Order and page

    /// What is told of one by one: those of the page, in order.
    struct Page {
        var ids: [EntityID]
        /// As a result for others to refer to.
        var found: FoundSet
        var batch: Document?
    }

    /// - Parameter isTold: Whether anything is told of them one by one: otherwise a page of all needs no list
    ///   of them.
    func page(
        of found: FoundSet, _ results: ResultRequest, isTold: Bool = true, in snapshot: CatalogSnapshot
    ) throws -> Page {
        var skip = results.offset
        var count = results.limit ?? .max
        var batch: Document?
        if let request = results.batch {
            let total = found.count
            let size = request.size ?? 0
            let start = min(size.multipliedReportingOverflow(by: request.id).partialValue, total)
            let end = min(start + size, total)
            batch = [
                "batch_size": .integer(Int64(size)), "batch_id": .integer(Int64(request.id)),
                "start": .integer(Int64(start)), "end": .integer(Int64(end)),
                "total_elements": .integer(Int64(total)),
            ]
            (skip, count) = (start, size)
        }
        let isWhole = skip == 0 && count >= found.count
        if !isTold, isWhole, results.sort.isEmpty {
            return Page(ids: [], found: found, batch: batch)
        }
        let ids: [EntityID]
        if !results.sort.isEmpty {
            let end = skip.addingReportingOverflow(count)
            let sorted = try sorted(
                found, by: results.sort, limit: end.overflow ? .max : end.partialValue, in: snapshot)
            ids = Array(sorted.dropFirst(skip).prefix(count))
        } else if let order = found.order {
            ids = Array(order.dropFirst(skip).prefix(count))
        } else {
            var page: [EntityID] = []
            var left = skip
            for part in found.parts where page.count < count {
                guard let known = snapshot.schema[part.classID] else { continue }
                if left >= part.ids.count {
                    left -= part.ids.count
                    continue
                }
                page += part.ids.page(skip: left, count: count - page.count).map(known.entityID)
                left = 0
            }
            ids = page
        }
        let isOrdered = !results.sort.isEmpty || found.order != nil
        return Page(
            ids: ids, found: isWhole && !isOrdered ? found : FoundSet(ordered: ids), batch: batch)
    }

    /// Members in the order of `keys`, ties by id; a missing value comes first, as null does.
    private func sorted(
        _ found: FoundSet, by keys: [ResultSortKey], limit: Int, in snapshot: CatalogSnapshot
    ) throws -> [EntityID] {
        if found.parts.count == 1, let part = found.parts.first, let known = snapshot.schema[part.classID],
            known.kind == .entity, keys.allSatisfy({ $0.sequence == nil })
        {
            let order = SortOrder(
                keys.map { SortKey(FieldPath(names.asked($0.key, known)), ascending: $0.ascending) })
            return try snapshot.sorted(
                known, part.ids, by: order, limit: limit, maxDocuments: service.maxDocuments
            ).map(known.entityID)
        }
        guard found.count <= service.maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "sorting \(found.count) results of several classes, or by a sequence, needs each to be looked at; the limit is \(service.maxDocuments)"
            )
        }
        var heads: [(id: EntityID, ranks: [SortRank], places: [Int])] = []
        let order = SortOrder(
            keys.map { SortKey(FieldPath($0.key), ascending: $0.sequence != nil || $0.ascending) })
        let sequences = keys.map { $0.sequence.map { ValueSequence($0) } }
        try forEachDocument(of: found, needing: keys.map(\.key), in: snapshot) { id, document in
            let places = zip(keys, sequences).map { key, sequence in
                sequence?.place(of: document[key.key]) ?? 0
            }
            heads.append((id, order.ranks(of: document), places))
        }
        var pace = CancellationPace(cancellation)
        try heads.sort { left, right in
            try pace.step()
            for (index, key) in keys.enumerated() {
                if key.sequence != nil {
                    if left.places[index] != right.places[index] {
                        return left.places[index] < right.places[index]
                    }
                    continue
                }
                let comparison = order.keys[index].compare(left.ranks[index], right.ranks[index])
                if comparison != 0 { return comparison < 0 }
            }
            return left.id < right.id
        }
        return heads.prefix(limit).map(\.id)
    }

    /// Calls `body` with each member and the properties of it that clients know as `fields`.
    func forEachDocument(
        of found: FoundSet, needing fields: [String], in snapshot: CatalogSnapshot,
        _ body: (EntityID, Document) throws -> Void
    ) throws {
        try forEachPage(of: found, needing: fields, in: snapshot) { _, page in
            for (id, document) in page { try body(id, document) }
        }
    }

    /// The same, some members of one class at a time.
    func forEachPage(
        of found: FoundSet, needing fields: [String], in snapshot: CatalogSnapshot,
        _ body: (ClassSchema, [(EntityID, Document)]) throws -> Void
    ) throws {
        for part in found.parts {
            guard let known = snapshot.schema[part.classID] else { continue }
            let plan = DocumentPlan(fields, of: known, names: names)
            for start in stride(from: 0, to: part.ids.count, by: 4_096) {
                try cancellation.check()
                let ids = part.ids.page(skip: start, count: 4_096)
                try body(known, try plan.documents(ids, in: snapshot))
            }
        }
    }
}
