import Annotations
import Base
import Catalog
import Query

/// Update and delete commands.
extension CommandRun {
    func perform(_ update: UpdateCommand, _ command: Command) throws -> Document {
        let found = try read { snapshot in
            let found = try select(update.selection, in: snapshot)
            try checkUnique(update.selection, found.count, command)
            return found
        }
        let transaction = try writing()
        for part in found.parts {
            guard let known = transaction.schema[part.classID] else { continue }
            let shownClass = names.wireClass(known.name)
            try service.principal.check(.update, class: shownClass)
            let subject = WireNames.subject(ofClass: known.name)
            let given = WireNames.stored(update.properties, subject)
            try checkTypes(given, of: known.name, isConnection: known.kind == .connection)
            let removed = update.removedProperties.map { names.asked($0, known) }.filter {
                $0.utf8.first != UInt8(ascii: "_")
            }
            for local in part.ids.ids {
                let id = known.entityID(local)
                if !given.isEmpty || !removed.isEmpty || update.expirationSeconds != nil {
                    try transaction.update(
                        id, set: given, system: expiration(update.expirationSeconds, transaction),
                        remove: removed)
                }
                try move(id, update, subject)
                try relabel(id, update, subject)
                if !update.connections.isEmpty { try makeConnections(update.connections, of: id, subject) }
            }
        }
        note(found, as: update.reference)
        return ["status": 0, "count": .integer(Int64(found.count))]
    }

    func perform(_ delete: DeleteCommand) throws -> Document {
        let found = try read { try select(delete.selection, in: $0) }
        try remove(found)
        return ["status": 0, "count": .integer(Int64(found.count))]
    }

    /// Removes entities and connections; with a set of descriptors its descriptors.
    func remove(_ found: FoundSet) throws {
        let transaction = try writing()
        for part in found.parts {
            guard let known = transaction.schema[part.classID] else { continue }
            try service.principal.checkDeletion(ofClass: names.wireClass(known.name))
            if known.kind == .connection {
                for local in part.ids.ids { try transaction.disconnect(known.entityID(local)) }
                continue
            }
            try transaction.deleteDescriptors(ofSets: part.ids, in: known.name, by: service.source)
            try transaction.delete(part.ids, of: known.name, by: service.source)
        }
    }

    func deleteExpired(_ request: ResultRequest, _ command: Command) throws -> Document {
        let transaction = try writing()
        let now = transaction.time.microseconds / 1_000_000
        let tells = request.listsEntities || request.hasAggregates || request.batch != nil
        var mayReadAll = true
        let (told, found) = try read { snapshot in
            var parts: [FoundSet.Part] = []
            for known in snapshot.schema.entityClasses where known["_expiration"] != nil {
                // Whether or not any have expired: a refusal would tell that otherwise.
                try checkOneOfAll(.delete, known)
                if tells { try checkOneOfAll(.read, known) }
                mayReadAll = mayReadAll && may(.read, known.name)
                let ids = try evaluate(
                    .field(FieldPath("_expiration"), .lessOrEqual(.integer(now))), known,
                    within: snapshot.alive(known), in: snapshot)
                parts.append(FoundSet.Part(classID: known.id, ids: ids))
            }
            let found = FoundSet(parts)
            var find = FindCommand(CommandSelection(.entity))
            find.results = request
            find.results.blobs = false
            let page = try page(of: found, request, in: snapshot)
            return (try self.reply(find, found, page, command, in: snapshot), found)
        }
        try remove(found)
        var reply = told
        // That there was nothing is told to who may read.
        if !mayReadAll { reply["info"] = nil }
        return reply
    }

    // MARK: - Private

    private func expiration(_ seconds: Int64?, _ transaction: Transaction) -> Document {
        guard let seconds else { return [:] }
        let now = transaction.time.microseconds / 1_000_000
        return ["_expiration": .integer(now.addingReportingOverflow(seconds).partialValue)]
    }

    /// Gives a region another place or label: a new entry of the log in the place of the one before.
    private func relabel(_ id: EntityID, _ update: UpdateCommand, _ subject: CommandSubject) throws {
        let transaction = try writing()
        let geometry: Region.Geometry?
        switch subject {
        case .boundingBox: geometry = update.rectangle.map { .box(Box($0)) }
        case .polygon: geometry = update.polygons.map { .polygon(Polygon($0)) }
        default: geometry = nil
        }
        guard geometry != nil || update.label != nil else { return }
        guard subject == .boundingBox || subject == .polygon else {
            if let label = update.label { try setLabel(label, of: id) }
            return
        }
        guard let old = try transaction.label(ofRegion: id) else { return }
        try transaction.addLabel(
            NewLabel(
                old.kind, update.label ?? old.name,
                geometry: geometry.map { .json($0.value) } ?? old.geometry,
                source: service.source, parent: old.id), to: old.target)
    }

    /// Makes `name` the class label of an entity, in the place of one that it has.
    func setLabel(_ name: String, of id: EntityID) throws {
        let transaction = try writing()
        let old = try transaction.labels(of: id).first { $0.kind == .class }
        if old?.name == name { return }
        try transaction.addLabel(
            NewLabel(.class, name, source: service.source, parent: old?.id), to: id)
    }
}
