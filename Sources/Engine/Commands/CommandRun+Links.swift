import Base
import Catalog
import Columns
import Query

/// What is connected with earlier results.
extension CommandRun {
    /// Of a class the entities that satisfy a link condition.
    func linked(
        _ condition: LinkCondition, to known: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> IdSet {
        switch condition {
        case .link(let link): return try linked(link, to: known, in: snapshot)
        case .all(let parts):
            var ids: IdSet?
            for part in parts {
                let found = try linked(part, to: known, in: snapshot)
                ids = ids?.intersection(found) ?? found
            }
            return ids ?? snapshot.alive(known)
        case .any(let parts):
            var ids = IdSet()
            for part in parts { ids = ids.union(try linked(part, to: known, in: snapshot)) }
            return ids
        }
    }

    /// Calls `body` with each pair of an entity of the link's earlier result and one of `found` that they are
    /// connected with. A pair comes as often as there are connections.
    func forEachPair(
        _ link: Link, with found: FoundSet, in snapshot: CatalogSnapshot,
        _ body: (_ source: EntityID, _ found: EntityID) throws -> Void
    ) throws {
        let earlier = try result(link.reference)
        for joined in try connectionClasses(link, in: snapshot) {
            let among = try connections(link, of: joined, in: snapshot)
            for way in ways(link.direction, of: joined, snapshot) {
                let (from, to) = (earlier[way.earlier], found[way.found])
                if from.isEmpty || to.isEmpty { continue }
                guard let fromClass = snapshot.schema[way.earlier], let toClass = snapshot.schema[way.found]
                else { continue }
                try snapshot.forEachLink(
                    of: joined, way.ends, from: way.leads ? from : to, to: way.leads ? to : from
                ) { one in
                    guard among?.contains(one.connection) ?? true else { return }
                    try body(
                        fromClass.entityID(way.leads ? one.source : one.target),
                        toClass.entityID(way.leads ? one.target : one.source))
                }
            }
        }
        for part in found.parts {
            guard let known = snapshot.schema[part.classID] else { continue }
            try forEachSetPair(link, known, earlier, in: snapshot) { source, id in
                if part.ids.contains(id.local) { try body(source, id) }
            }
        }
    }

    /// What is connected with an earlier result that has an order of its own, such as the nearest neighbours,
    /// comes in that order; `nil` where that is the order of ids anyway.
    func order(of found: FoundSet, along link: Link, in snapshot: CatalogSnapshot) throws -> [EntityID]? {
        guard let earlier = try result(link.reference).order, earlier.count > 1,
            zip(earlier, earlier.dropFirst()).contains(where: { $0 > $1 })
        else { return nil }
        let places = Dictionary(earlier.enumerated().map { ($1, $0) }) { first, _ in first }
        var firsts: [EntityID: Int] = [:]
        try forEachPair(link, with: found, in: snapshot) { source, id in
            guard let place = places[source] else { return }
            firsts[id] = min(firsts[id] ?? .max, place)
        }
        return firsts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    // MARK: - Private

    /// One way in which connections of a class may join an earlier result with what is looked for.
    private struct Way {
        var ends: ConnectionEnds
        /// Whether they lead from the earlier result.
        var leads: Bool
        var earlier: UInt32 { leads ? ends.source : ends.target }
        var found: UInt32 { leads ? ends.target : ends.source }
    }

    private func ways(
        _ direction: LinkDirection, of joined: ClassSchema, _ snapshot: CatalogSnapshot
    ) -> [Way] {
        var ways: [Way] = []
        for ends in joined.ends {
            if direction != .incoming { ways.append(Way(ends: ends, leads: true)) }
            if direction != .outgoing { ways.append(Way(ends: ends, leads: false)) }
        }
        return ways
    }

    /// The classes of connections that a link may lead along: the one that it names, else all that may be
    /// read.
    private func connectionClasses(_ link: Link, in snapshot: CatalogSnapshot) throws -> [ClassSchema] {
        guard let name = link.connectionClass else {
            return snapshot.schema.connectionClasses.filter { mayFollow($0.name) }
        }
        // Who may not read is not told whether there is such a class either.
        if !mayFollow(name) { try service.principal.check(.read, class: name) }
        return snapshot.schema.connectionClass(name).map { [$0] } ?? []
    }

    /// Whether connections of a class may be followed. Those that the store makes itself, as from an image to
    /// its regions, tell no more than their ends do: who may read both need not have a permission for them,
    /// unless a role says otherwise.
    private func mayFollow(_ name: String) -> Bool {
        let permissions = service.principal.permissions
        if permissions[class: name].contains(.read) { return true }
        return name.utf8.first == UInt8(ascii: "_") && !permissions.denies(.read, class: name)
    }

    /// The connections that the link's conditions leave; `nil` for all.
    private func connections(
        _ link: Link, of joined: ClassSchema, in snapshot: CatalogSnapshot
    ) throws -> IdSet? {
        guard link.filter != .all else { return nil }
        return try evaluate(
            names.asked(link.filter, joined), joined, within: try snapshot.connections(of: joined),
            in: snapshot)
    }

    private func linked(_ link: Link, to known: ClassSchema, in snapshot: CatalogSnapshot) throws -> IdSet {
        let earlier = try result(link.reference)
        if earlier.isEmpty { return IdSet() }
        var ids = IdSet()
        for joined in try connectionClasses(link, in: snapshot) {
            let ranges = names.asked(link.filter, joined).postingRanges
            let among = ranges == nil ? try connections(link, of: joined, in: snapshot) : nil
            for way in ways(link.direction, of: joined, snapshot) where way.found == known.id {
                let others = earlier[way.earlier]
                if others.isEmpty { continue }
                if let among {
                    var found: [LocalID] = []
                    try snapshot.forEachLink(
                        of: joined, way.ends, from: way.leads ? others : nil, to: way.leads ? nil : others
                    ) { one in
                        if among.contains(one.connection) {
                            found.append(way.leads ? one.target : one.source)
                        }
                    }
                    ids = ids.union(IdSet(found))
                } else {
                    let side: ConnectionSide = way.leads ? .target : .source
                    ids = ids.union(
                        try snapshot.connected(
                            by: joined, way.ends, side, to: others, where: ranges ?? []
                        ).ids)
                }
            }
        }
        var ofSets: [LocalID] = []
        try forEachSetPair(link, known, earlier, in: snapshot) { _, id in ofSets.append(id.local) }
        return ids.union(IdSet(ofSets)).intersection(snapshot.alive(known))
    }

    /// Sets of descriptors and their descriptors are joined without a row for each: a descriptor's class says
    /// its set.
    private func forEachSetPair(
        _ link: Link, _ known: ClassSchema, _ earlier: FoundSet, in snapshot: CatalogSnapshot,
        _ body: (EntityID, EntityID) throws -> Void
    ) throws {
        guard link.connectionClass ?? CommandRun.setConnection == CommandRun.setConnection,
            link.filter == .all, mayFollow(CommandRun.setConnection),
            let sets = snapshot.schema.entityClass("DescriptorSet")
        else { return }
        if let name = WireNames.setName(ofClass: known.name), link.direction != .incoming {
            let ids = try evaluate(
                .field(FieldPath("_name"), .equal(.string(name))), sets, within: earlier[sets.id],
                in: snapshot)
            for set in ids.ids {
                for local in snapshot.alive(known).ids { try body(sets.entityID(set), known.entityID(local)) }
            }
        }
        guard known.id == sets.id, link.direction != .outgoing else { return }
        for part in earlier.parts {
            guard let source = snapshot.schema[part.classID],
                let name = WireNames.setName(ofClass: source.name)
            else { continue }
            let ids = try evaluate(
                .field(FieldPath("_name"), .equal(.string(name))), sets, within: snapshot.alive(sets),
                in: snapshot)
            for set in ids.ids {
                for local in part.ids.ids { try body(source.entityID(local), sets.entityID(set)) }
            }
        }
    }

    /// The class of the connections from sets of descriptors to their descriptors.
    static let setConnection = "_DescriptorSetToDescriptor"
}

extension Filter {
    /// The filter as ranges of numbers of one connection, where it is nothing else: postings answer those.
    var postingRanges: [PostingRange]? {
        switch self {
        case .all: return []
        case .and(let parts):
            var ranges: [PostingRange] = []
            for part in parts {
                guard let range = part.postingRanges else { return nil }
                ranges += range
            }
            return ranges
        case .field(let path, let predicate):
            func bound(_ value: Value, _ isInclusive: Bool) -> ColumnBound? {
                switch value {
                case .integer(let number): ColumnBound(.integer(number), isInclusive: isInclusive)
                case .float(let number): ColumnBound(.float(number), isInclusive: isInclusive)
                default: nil
                }
            }
            switch predicate {
            case .exists: return nil
            case .greater(let value): return bound(value, false).map { [PostingRange(path.root, lower: $0)] }
            case .greaterOrEqual(let value):
                return bound(value, true).map { [PostingRange(path.root, lower: $0)] }
            case .less(let value): return bound(value, false).map { [PostingRange(path.root, upper: $0)] }
            case .lessOrEqual(let value):
                return bound(value, true).map { [PostingRange(path.root, upper: $0)] }
            case .equal(let value):
                return bound(value, true).map { [PostingRange(path.root, lower: $0, upper: $0)] }
            default: return nil
            }
        default: return nil
        }
    }
}
