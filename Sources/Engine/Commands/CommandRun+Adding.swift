import Annotations
import Base
import Catalog
import Query

/// Add commands.
extension CommandRun {
    func perform(_ add: AddCommand, _ command: Command) throws -> Document {
        if case .connection(let name, let source, let target) = add.content {
            return try connect(add, name, from: try result(source), to: try result(target))
        }
        if case .descriptor(let descriptor) = add.content { return try perform(add, descriptor, command) }
        if case .descriptorSet(let set) = add.content { return try perform(add, set) }
        let className = try catalogClass(of: add)
        try service.principal.check(.create, class: names.wireClass(className))
        if let existing = try existing(add, className) { return exists(existing, add) }
        let (id, isNew) = try insert(add, className, command)
        if !isNew { return exists(FoundSet(ordered: [id]), add) }
        try makeConnections(add.connections, of: id, add.subject)
        note(FoundSet(ordered: [id]), as: add.reference)
        return ["status": 0]
    }

    /// What is there already, where a command puts in only what is not.
    func existing(_ add: AddCommand, _ className: String) throws -> FoundSet? {
        guard let filter = add.ifNotFound else { return nil }
        return try read { snapshot in
            // Whether something satisfies conditions tells its values.
            try service.principal.check(.read, class: names.wireClass(className))
            guard let known = snapshot.schema.entityClass(className) else { return nil }
            let ids = try evaluate(
                names.asked(filter, known), known, within: snapshot.alive(known), in: snapshot)
            return ids.isEmpty ? nil : FoundSet([FoundSet.Part(classID: known.id, ids: ids)])
        }
    }

    /// The reply for what is there already, which is the command's result then.
    func exists(_ found: FoundSet, _ add: AddCommand) -> Document {
        note(found, as: add.reference)
        return ["status": 2, "info": "Object Exists!"]
    }

    /// Connections made with a new entity.
    func makeConnections(
        _ connections: [NewConnection], of id: EntityID, _ subject: CommandSubject
    ) throws {
        let transaction = try writing()
        for connection in connections {
            let name = connection.className ?? CommandRun.linkClass(of: subject)
            try service.principal.check(.create, class: name)
            for part in try result(connection.reference).parts {
                guard let known = transaction.schema[part.classID] else { continue }
                for other in part.ids.ids.map(known.entityID) {
                    let isOutgoing = connection.direction != .incoming
                    try transaction.connect(
                        name, from: isOutgoing ? id : other, to: isOutgoing ? other : id,
                        connection.properties)
                }
            }
        }
    }

    /// Refuses a value of another type than the property has had, which ApertureDB does not allow.
    func checkTypes(_ properties: Document, of className: String, isConnection: Bool = false) throws {
        guard isAperture else { return }
        let schema = try writing().schema
        let known = isConnection ? schema.connectionClass(className) : schema.entityClass(className)
        guard let known else { return }
        for (name, value) in properties.members {
            guard let types = known[name]?.types, let given = WireType(value) else { continue }
            if let other = WireType.all(in: types).first(where: { $0 != given }) {
                throw EngineError(
                    .invalidRequest,
                    "property '\(name)' of '\(names.wireClass(className))' is of type \(other.rawValue), and is given a \(given.rawValue)"
                )
            }
        }
    }

    // MARK: - Private

    private func catalogClass(of add: AddCommand) throws -> String {
        if case .entity(let name, _) = add.content { return WireNames.catalogClass(ofUser: name) }
        guard let name = WireNames.systemClass(add.subject) else {
            throw EngineError(.invalidRequest, "nothing can be added as \(add.subject.rawValue)")
        }
        return name
    }

    /// Puts in what a command says; a frame that its video has already is not new.
    private func insert(
        _ add: AddCommand, _ className: String, _ command: Command
    ) throws -> (id: EntityID, isNew: Bool) {
        let given = WireNames.stored(add.properties, add.subject)
        if case .frame(let position, let label, let owner) = add.content {
            try checkTypes(given, of: className)
            return try addFrame(position, label: label, owner: owner, given, system(add), command)
        }
        return (try insertNew(add, className, given, command), true)
    }

    /// What we note of a new entity ourselves.
    private func system(_ add: AddCommand) throws -> Document {
        guard let seconds = add.expirationSeconds else { return [:] }
        let now = try writing().time.microseconds / 1_000_000
        return [
            "_creation": .integer(now),
            "_expiration": .integer(now.addingReportingOverflow(seconds).partialValue),
        ]
    }

    private func insertNew(
        _ add: AddCommand, _ className: String, _ given: Document, _ command: Command
    ) throws -> EntityID {
        let transaction = try writing()
        try checkTypes(given, of: className)
        var system = try self.system(add)
        switch add.content {
        case .entity(_, false):
            return try transaction.insert(className, given, system: system)
        case .entity(_, true), .blob:
            let content = try staged(command)
            system["_size"] = .integer(Int64(content.byteCount))
            return try transaction.insert(className, given, system: system, blob: try entry(of: content))
        case .image:
            let content = try staged(command)
            var properties = content.properties
            properties["added_at"] = .dateTime(transaction.time)
            for (name, value) in given.members { properties[name] = value }
            let id = try transaction.insert(
                className, properties, system: system, blob: try entry(of: content))
            if !content.details.isEmpty { try transaction.setDetails(content.details, of: id) }
            return id
        case .boundingBox(let rectangle, let label, let owner):
            let box = Box(rectangle)
            return try addRegion(.box, .box(box), label, owner, given, system, command)
        case .polygon(let polygons, let label, let owner):
            return try addRegion(.polygon, .polygon(Polygon(polygons)), label, owner, given, system, command)
        case .video(let media):
            let content = try staged(command)
            return try insertVideo(media, content, given, system, try entry(of: content))
        case .clip(let span, let label, let owner):
            return try addClip(span, label: label, owner: owner, given, system, command)
        case .frame, .connection, .descriptor, .descriptorSet:
            preconditionFailure("\(command.name) is put in elsewhere")
        }
    }

    private func staged(_ command: Command) throws -> StagedContent {
        guard let content = staged[command.index] else {
            throw EngineError(.invalidRequest, "\(command.name) comes without a blob")
        }
        return content
    }

    private func entry(of content: StagedContent) throws -> BlobEntry {
        if let blob = content.blob { return BlobEntry(blob) }
        guard let entry = try writing().referencedBlob(content.digest) else {
            throw EngineError(
                .conflict, "the same content was deleted while it was added; send the query once more")
        }
        return entry
    }

    private func addRegion(
        _ kind: LabelKind, _ geometry: Region.Geometry, _ label: String?, _ owner: Int?, _ given: Document,
        _ system: Document, _ command: Command
    ) throws -> EntityID {
        guard let owner else {
            throw EngineError(
                .invalidRequest, "\(command.name) must say which image it is of: image_ref is missing")
        }
        let images = try result(owner)
        guard images.count == 1, let part = images.parts.first, let image = part.ids.ids.first,
            let known = try writing().schema[part.classID]
        else {
            throw EngineError(
                .invalidRequest, "\(command.name) must be of one image, and its image_ref is \(images.count)")
        }
        let transaction = try writing()
        let id = try transaction.addRegion(
            NewLabel(
                kind, label, geometry: .json(geometry.value), source: service.source),
            to: known.entityID(image),
            given)
        if !system.isEmpty { try transaction.update(id, set: [:], system: system) }
        return id
    }

    private func connect(
        _ add: AddCommand, _ name: String, from sources: FoundSet, to targets: FoundSet
    ) throws -> Document {
        try service.principal.check(.create, class: name)
        if add.ifNotFound != nil { try service.principal.check(.read, class: name) }
        let transaction = try writing()
        let pairs = sources.count.multipliedReportingOverflow(by: targets.count)
        guard !pairs.overflow, pairs.partialValue <= service.maxConnections else {
            throw EngineError(
                .limitExceeded,
                "\(sources.count) × \(targets.count) connections would be made, the limit is \(service.maxConnections)"
            )
        }
        if !isAperture, pairs.partialValue == 0 {
            throw EngineError(.notFound, "Source/destination node references not found")
        }
        let given = WireNames.stored(add.properties, .connection)
        try checkTypes(given, of: name, isConnection: true)
        var made: [EntityID] = []
        var existing: [EntityID] = []
        for source in sources.members(transaction.schema) {
            for target in targets.members(transaction.schema) {
                if let filter = add.ifNotFound {
                    let found = try connections(name, from: source, to: target, filter)
                    if !found.isEmpty {
                        existing += found
                        continue
                    }
                }
                if made.count & 0xFFF == 0xFFF { try cancellation.check() }
                made.append(try transaction.connect(name, from: source, to: target, given))
            }
        }
        if made.isEmpty, !existing.isEmpty { return exists(FoundSet(ordered: existing), add) }
        note(FoundSet(ordered: made + existing), as: add.reference)
        return ["status": 0]
    }

    private func connections(
        _ name: String, from source: EntityID, to target: EntityID, _ filter: Filter
    ) throws -> [EntityID] {
        try read { snapshot in
            guard let known = snapshot.schema.connectionClass(name) else { return [] }
            var ids: [LocalID] = []
            for ends in known.ends
            where ends.source == source.classNumber && ends.target == target.classNumber {
                try snapshot.forEachLink(of: known, ends, from: [source.local], to: [target.local]) {
                    ids.append($0.connection)
                }
            }
            if ids.isEmpty { return [] }
            return try snapshot.connections(of: known, ids).filter {
                filter.matches($0.properties)
            }.map(\.id)
        }
    }

    /// The class that VDMS gives to a connection that is made without one.
    static func linkClass(of subject: CommandSubject) -> String {
        switch subject {
        case .image: "VD:IMGLINK"
        case .blob: "VD:BLOBLINK"
        case .video: "VD:VIDLINK"
        case .boundingBox, .polygon: "VD:ROILINK"
        case .descriptor: "VD:DESCLINK"
        default: "VD:LINK"
        }
    }
}

extension FoundSet {
    /// The members one by one.
    func members(_ schema: CatalogSchema) -> [EntityID] {
        if let order { return order }
        return parts.flatMap { part in schema[part.classID].map { part.ids.ids.map($0.entityID) } ?? [] }
    }
}

extension Box {
    init(_ rectangle: RegionRectangle) {
        self.init(x: rectangle.x, y: rectangle.y, width: rectangle.width, height: rectangle.height)
    }
}

extension Polygon {
    init(_ polygons: RegionPolygons) {
        self.init(rings: polygons.rings.map { ring in ring.map { Point(x: $0.x, y: $0.y) } })
    }
}
