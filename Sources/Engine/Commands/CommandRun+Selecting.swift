import Base
import Catalog
import Query

/// Which entities and connections a selection means.
extension CommandRun {
    /// Everything that satisfies a selection, without limit or order. Of a class that was never used that is
    /// nothing.
    func select(_ selection: CommandSelection, in snapshot: CatalogSnapshot) throws -> FoundSet {
        let classes = try classes(of: selection, in: snapshot)
        if classes.isEmpty {
            // Who may not read is not told that there is nothing either.
            let asked = selection.className ?? WireNames.systemClass(selection.subject) ?? "_Descriptor"
            try service.principal.check(.read, class: asked)
        }
        let bound = try selection.within.map(result)
        var parts: [FoundSet.Part] = []
        for known in classes {
            if selection.namesClass {
                try service.principal.check(.read, class: names.wireClass(known.name))
            } else {
                try checkOneOfAll(.read, known)
            }
            var candidates: IdSet
            if let bound {
                // Of an earlier result something may have been deleted since.
                let earlier = bound[known.id]
                candidates = known.kind == .entity ? earlier.intersection(snapshot.alive(known)) : earlier
            } else {
                candidates = try members(of: known, selection, in: snapshot)
            }
            if candidates.isEmpty { continue }
            steps.append(
                PlanStep(
                    step: "class \(names.wireClass(known.name))", by: bound == nil ? "all" : "reference",
                    estimated: nil, ids: candidates.count, elapsed: .zero))
            candidates = try apply(selection, to: candidates, of: known, in: snapshot)
            parts.append(FoundSet.Part(classID: known.id, ids: candidates))
        }
        var found = FoundSet(parts)
        if let order = bound?.order {
            found.order = order.filter { found[$0.classNumber].contains($0.local) }
        } else if case .link(let link)? = selection.link {
            found.order = try order(of: found, along: link, in: snapshot)
        }
        return found
    }

    /// Throws where a selection that must mean one thing means none or several.
    func checkUnique(_ selection: CommandSelection, _ count: Int, _ command: Command) throws {
        guard selection.isUnique, count != 1 else { return }
        // ApertureDB's words; its loaders look for them.
        throw CommandFailure(
            command, EngineError(.conflict, "expecting 1 but got \(count)"), status: 3)
    }

    /// Checks a permission for one of all classes, where the command names none. The refusal names none
    /// either: of a class that may not be read, the name is not told.
    func checkOneOfAll(_ action: Permissions.Action, _ known: ClassSchema) throws {
        if !may(action, known.name) { try service.principal.checkEverywhere(action) }
    }

    /// Whether that may be done with objects of a class of the catalog.
    func may(_ action: Permissions.Action, _ name: String) -> Bool {
        service.principal.permissions[class: names.wireClass(name)].contains(action)
    }

    /// The classes that a selection may find members of.
    func classes(of selection: CommandSelection, in snapshot: CatalogSnapshot) throws -> [ClassSchema] {
        let schema = snapshot.schema
        switch selection.subject {
        case .connection:
            guard let name = selection.className else { return schema.connectionClasses }
            return schema.connectionClass(name).map { [$0] } ?? []
        case .entity:
            guard let name = selection.className else { return schema.entityClasses }
            return schema.entityClass(WireNames.catalogClass(ofUser: name)).map { [$0] } ?? []
        case .descriptor:
            if let set = selection.setName {
                return WireNames.descriptorClass(ofSet: set, in: schema).map { [$0] } ?? []
            }
            return schema.entityClasses.filter { WireNames.setName(ofClass: $0.name) != nil }
        default:
            return WireNames.systemClass(selection.subject).flatMap { schema.entityClass($0) }.map { [$0] }
                ?? []
        }
    }

    // MARK: - Private

    private func members(
        of known: ClassSchema, _ selection: CommandSelection, in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        guard known.kind == .connection else { return snapshot.alive(known) }
        guard selection.source != nil || selection.destination != nil else {
            return try snapshot.connections(of: known)
        }
        let sources = try selection.source.map(result)
        let targets = try selection.destination.map(result)
        var ids: [LocalID] = []
        for ends in known.ends {
            let from = sources?[ends.source]
            let to = targets?[ends.target]
            if from?.isEmpty == true || to?.isEmpty == true { continue }
            try snapshot.forEachLink(of: known, ends, from: from, to: to) { ids.append($0.connection) }
        }
        return IdSet(ids)
    }

    /// Those of `candidates` that satisfy what the selection says beside its class.
    private func apply(
        _ selection: CommandSelection, to candidates: IdSet, of known: ClassSchema,
        in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        var ids = candidates
        guard known.kind == .entity || selection.link == nil && selection.owner == nil else {
            throw EngineError(
                .invalidRequest, "a connection is connected to nothing; 'src' and 'dst' say what it joins")
        }
        if let link = selection.link { ids = try keep(ids, linkedBy: link, known, in: snapshot) }
        if let owner = selection.owner {
            ids = try keep(ids, linkedBy: .link(Link(owner, direction: .outgoing)), known, in: snapshot)
        }
        if known.kind == .connection, selection.within != nil {
            for (reference, isSource) in [(selection.source, true), (selection.destination, false)] {
                guard let reference else { continue }
                let ends = try result(reference)
                var pace = CancellationPace(cancellation)
                ids = try ids.keeping { local in
                    try pace.step()
                    guard let link = try snapshot.connection(known.entityID(local)) else { return false }
                    let end = isSource ? link.source : link.target
                    return ends[end.classNumber].contains(end.local)
                }
            }
        }
        if selection.subject == .descriptorSet, let name = selection.setName {
            ids = try evaluate(
                .field(FieldPath("_name"), .equal(.string(name))), known, within: ids, in: snapshot)
        }
        if let label = selection.label {
            let field = RegionClass(rawValue: known.name) == nil ? "label" : "_label"
            ids = try evaluate(
                .field(FieldPath(field), .equal(.string(label))), known, within: ids, in: snapshot)
        }
        if let rectangle = selection.inRectangle {
            ids = try evaluate(rectangle.containing, known, within: ids, in: snapshot)
        }
        if let span = selection.inSpan { ids = try keep(ids, in: span, known, in: snapshot) }
        guard selection.filter != .all, !ids.isEmpty else { return ids }
        return try evaluate(names.asked(selection.filter, known), known, within: ids, in: snapshot)
    }

    /// The ids within `candidates` that satisfy a filter in the catalog's names.
    func evaluate(
        _ filter: Filter, _ known: ClassSchema, within candidates: IdSet, in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        let (ids, plan) = try FilterEvaluator(
            snapshot: snapshot, known: known, maxDocuments: service.maxDocuments
        ).evaluate(try snapshot.resolved(filter, for: known), within: candidates)
        steps.append(plan)
        return ids
    }

    private func keep(
        _ ids: IdSet, linkedBy link: LinkCondition, _ known: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        let start = ContinuousClock.now
        let found = try linked(link, to: known, in: snapshot)
        let kept = ids.intersection(found)
        let references = link.links.map { "\($0.reference)" }.joined(separator: ", ")
        steps.append(
            PlanStep(
                step: "connected to \(references)", by: "posting", estimated: found.count, ids: kept.count,
                elapsed: ContinuousClock.now - start))
        return kept
    }
}

extension RegionRectangle {
    /// That a region lies in this rectangle whole.
    fileprivate var containing: Filter {
        .and([
            .field(FieldPath("_x"), .greaterOrEqual(.float(x))),
            .field(FieldPath("_y"), .greaterOrEqual(.float(y))),
            .field(FieldPath("_right"), .lessOrEqual(.float(x + width))),
            .field(FieldPath("_bottom"), .lessOrEqual(.float(y + height))),
        ])
    }
}

extension IdSet {
    /// The ids that `isKept` says yes to.
    func keeping(_ isKept: (LocalID) throws -> Bool) rethrows -> IdSet {
        IdSet(sorted: try Array(ids).filter(isKept))
    }
}

extension CommandSelection {
    /// Whether it says which class it is about, by its name or by the kind of command.
    fileprivate var namesClass: Bool {
        switch subject {
        case .entity, .connection: className != nil
        default: true
        }
    }
}
