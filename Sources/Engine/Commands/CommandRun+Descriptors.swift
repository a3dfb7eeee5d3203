import Base
import Catalog
import Query
import Vectors

/// Descriptors and their sets.
extension CommandRun {
    // MARK: - Sets

    func perform(_ add: AddCommand, _ set: NewDescriptorSet) throws -> Document {
        try service.principal.check(.create, class: "_DescriptorSet")
        // No two sets have one name: whether one is free tells of those that there are.
        try service.principal.check(.read, class: "_DescriptorSet")
        let transaction = try writing()
        if let existing = try self.set(named: set.name) {
            if isAperture || add.ifNotFound != nil { return exists(FoundSet(ordered: [existing]), add) }
            throw EngineError(.conflict, "descriptor set '\(set.name)' exists already")
        }
        let given = WireNames.stored(add.properties, .descriptorSet)
        try checkTypes(given, of: "DescriptorSet")
        guard VectorSet.dimensionLimit.contains(set.dimensions) else {
            throw EngineError(
                .invalidRequest,
                "a descriptor has from 1 to \(VectorSet.dimensionLimit.upperBound) dimensions, not \(set.dimensions)"
            )
        }
        // Made now, so that the set is there before its first descriptor.
        let before = WireNames.descriptorClass(ofSet: set.name, in: transaction.schema)
        try transaction.entityClass(WireNames.descriptorClass(ofSet: set.name, after: before))
        let id = try transaction.insert(
            "DescriptorSet", given,
            system: [
                "_name": .string(set.name), "_dimensions": .integer(Int64(set.dimensions)),
                "_metrics": .array(set.metrics.map { .string($0.rawValue) }),
                "_engines": .array(set.engines.map { .string($0.rawValue) }),
                "_engine": .string(set.engines.first?.rawValue ?? DescriptorEngine.flat.rawValue),
            ])
        try makeConnections(add.connections, of: id, .descriptorSet)
        note(FoundSet(ordered: [id]), as: add.reference)
        return ["status": 0]
    }

    /// The entity of a set; `nil` where there is none of that name.
    func set(named name: String) throws -> EntityID? {
        try read { snapshot in
            guard let known = snapshot.schema.entityClass("DescriptorSet") else { return nil }
            let ids = try evaluate(
                .field(FieldPath("_name"), .equal(.string(name))), known, within: snapshot.alive(known),
                in: snapshot)
            return ids.ids.first.map(known.entityID)
        }
    }

    /// The class of a set's descriptors, with the set's shape.
    func descriptors(
        ofSet name: String, in snapshot: CatalogSnapshot
    ) throws -> (known: ClassSchema, shape: DescriptorSetShape) {
        guard let known = WireNames.descriptorClass(ofSet: name, in: snapshot.schema),
            let sets = snapshot.schema.entityClass("DescriptorSet")
        else { throw noSet(name) }
        let ids = try evaluate(
            .field(FieldPath("_name"), .equal(.string(name))), sets, within: snapshot.alive(sets),
            in: snapshot)
        guard let id = ids.ids.first, let row = try snapshot.entities(of: sets, [id]).first,
            let shape = DescriptorSetShape(row.properties)
        else { throw noSet(name) }
        return (known, shape)
    }

    private func noSet(_ name: String) -> EngineError {
        EngineError(
            .notFound, isAperture ? "descriptor set '\(name)' does not exist" : "Set \(name) not found")
    }

    // MARK: - Adding

    func perform(_ add: AddCommand, _ descriptor: NewDescriptor, _ command: Command) throws -> Document {
        try service.principal.check(.create, class: "_Descriptor")
        let (members, shape) = try read { try descriptors(ofSet: descriptor.setName, in: $0) }
        let className = members.name
        let count = descriptor.batch?.count ?? 1
        let vectors = try vectors(command, shape, count: count)
        if let existing = try existing(add, className) { return exists(existing, add) }
        let transaction = try writing()
        var ids: [EntityID] = []
        for index in 0..<count {
            var given = WireNames.stored(add.properties, .descriptor)
            if let own = descriptor.batch?[index] {
                for (name, value) in WireNames.stored(own, .descriptor).members { given[name] = value }
            }
            try checkTypes(given, of: className)
            ids.append(try transaction.insert(className, given))
        }
        guard let first = ids.first, let known = transaction.schema[first.classNumber] else {
            return ["status": 0]
        }
        try service.vectors.write(vectors, at: first.local, in: known, shape, transaction)
        for id in ids {
            if let label = descriptor.label { try setLabel(label, of: id) }
            try makeConnections(add.connections, of: id, .descriptor)
        }
        note(FoundSet(ordered: ids), as: add.reference)
        return ["status": 0]
    }

    /// The numbers of the blob that came with a command.
    private func vectors(
        _ command: Command, _ shape: DescriptorSetShape, count: Int?
    ) throws -> [Float] {
        guard let bytes = blobs[command.index] else {
            throw EngineError(.invalidRequest, "\(command.name) comes without a blob")
        }
        let length = shape.dimensions * 4
        let expected = (count ?? 1) * length
        let fits =
            count == nil ? !bytes.isEmpty && bytes.count.isMultiple(of: length) : bytes.count == expected
        guard fits else {
            // VDMS's words come first; its clients look for them.
            let words = (count ?? 1) > 1 ? "FV Input Length Mismatch" : "Blob Dimensions Mismatch"
            let what = isAperture ? "the blob of \(command.name)" : "\(words): it"
            throw EngineError(
                .invalidRequest,
                "\(what) has \(bytes.count) bytes, \(count ?? 1) vector(s) of \(shape.dimensions) floats have \(expected)"
            )
        }
        return bytes.withUnsafeBytes { buffer in
            (0..<bytes.count / 4).map {
                Float(
                    bitPattern: UInt32(
                        littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
    }

    // MARK: - Searching

    func perform(
        _ find: FindCommand, _ search: NeighbourSearch, _ command: Command
    ) throws -> Document {
        if !isAperture, find.reference != nil {
            throw EngineError(.invalidRequest, "_ref is not supported for KNN search")
        }
        return try read { snapshot in
            guard let name = find.selection.setName else {
                throw EngineError(.invalidRequest, "\(command.name) with k_neighbors must name a set")
            }
            try service.principal.check(.read, class: "_Descriptor")
            let (known, shape) = try descriptors(ofSet: name, in: snapshot)
            let queries = try vectors(command, shape, count: search.batchCount ?? 1)
            let selected = try select(find.selection, in: snapshot)[known.id]
            let metric = Metric(search.metric ?? shape.metrics.first ?? .l2)
            let isExact = (search.engine ?? shape.engines.first ?? .flat).isExact
            let within = search.filtersAfterwards ? snapshot.alive(known) : selected
            var lists: [(ids: [EntityID], distances: [Float])] = []
            let begin = ContinuousClock.now
            for start in stride(from: 0, to: queries.count, by: shape.dimensions) {
                let neighbours = try service.vectors.search(
                    Array(queries[start..<start + shape.dimensions]), count: search.count, in: known, shape,
                    metric, within: within, isExact: isExact, snapshot, cancellation)
                let kept =
                    search.filtersAfterwards
                    ? neighbours.filter { selected.contains($0.row) } : neighbours
                lists.append((kept.map { known.entityID($0.row) }, kept.map(\.distance)))
            }
            steps.append(
                PlanStep(
                    step: "\(search.count) nearest in '\(name)'", by: isExact ? "scan" : "vectors",
                    estimated: within.count, ids: lists.reduce(0) { $0 + $1.ids.count },
                    elapsed: ContinuousClock.now - begin))
            if search.batchCount != nil {
                return try replyToBatch(find, lists, command, in: snapshot)
            }
            let (ids, distances) = lists.first ?? ([], [])
            try checkUnique(find.selection, ids.count, command)
            let found = FoundSet(ordered: ids)
            let page = try page(of: found, find.results, in: snapshot)
            note(page.found, as: find.reference)
            return try reply(
                find, found, page, command,
                extra: extras(find, page.ids, Dictionary(zip(ids, distances)) { first, _ in first }),
                in: snapshot)
        }
    }

    func perform(_ classify: ClassifyDescriptorCommand, _ command: Command) throws -> Document {
        try read { snapshot in
            try service.principal.check(.read, class: "_Descriptor")
            let (known, shape) = try descriptors(ofSet: classify.setName, in: snapshot)
            let query = try vectors(command, shape, count: 1)
            let neighbours = try service.vectors.search(
                query, count: classify.count, in: known, shape,
                Metric(classify.metric ?? shape.metrics.first ?? .l2), within: snapshot.alive(known),
                isExact: (classify.engine ?? shape.engines.first ?? .flat).isExact, snapshot, cancellation)
            note(FoundSet(ordered: neighbours.map { known.entityID($0.row) }), as: classify.reference)
            var votes: [ExactName: Int] = [:]
            var winner: ExactName?
            for neighbour in neighbours {
                let labels = try snapshot.labels(of: known.entityID(neighbour.row))
                guard let name = labels.first(where: { $0.kind == .class })?.name else { continue }
                let label = ExactName(name)
                votes[label, default: 0] += 1
                // Of equals the one that came to its votes first, that is by nearer neighbours.
                if votes[label]! > winner.flatMap({ votes[$0] }) ?? 0 { winner = label }
            }
            return ["status": 0, "label": .string(winner?.text ?? "")]
        }
    }

    // MARK: - Private

    /// What is told of each neighbour beside its properties.
    private func extras(
        _ find: FindCommand, _ ids: [EntityID], _ distances: [EntityID: Float]
    ) -> [Document]? {
        let list = find.results.list ?? []
        let tells = find.results.shown.contains(.distances) || list.contains("_distance")
        guard tells else { return nil }
        return ids.map { ["_distance": .float(Double(distances[$0] ?? .nan))] }
    }

    private func replyToBatch(
        _ find: FindCommand, _ lists: [(ids: [EntityID], distances: [Float])], _ command: Command,
        in snapshot: CatalogSnapshot
    ) throws -> Document {
        var entities: [Value] = []
        var all: [EntityID] = []
        for (ids, distances) in lists {
            let page = Page(ids: ids, found: FoundSet(ordered: ids), batch: nil)
            let one = try reply(
                find, page.found, page, command,
                extra: extras(find, ids, Dictionary(zip(ids, distances)) { first, _ in first }), in: snapshot)
            entities.append(one["entities"] ?? .array([]))
            all += ids
        }
        note(FoundSet(ordered: all), as: find.reference)
        return ["status": 0, "returned": .integer(Int64(lists.count)), "entities": .array(entities)]
    }
}
