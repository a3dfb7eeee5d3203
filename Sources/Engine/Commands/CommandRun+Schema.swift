import Base
import Catalog
import Columns
import Query

/// `GetStatus`, `GetSchema`, and indexes.
extension CommandRun {
    /// The version is that of the server whose commands these are: clients print it, and some read it.
    static let status: Document = [
        "status": 0, "info": "OK", "system": "ApertureDB", "version": "0.17.23",
    ]

    func schema(_ request: GetSchemaCommand) throws -> Document {
        try read { snapshot in
            let within = try request.within.map(result)
            let declared = try declaredIndexes(in: snapshot)
            var reply: Document = ["status": 0]
            if request.target != .connection {
                reply["entities"] = try entities(within, declared, in: snapshot)
            }
            if request.target != .entity {
                reply["connections"] = try connections(within, declared, in: snapshot)
            }
            return reply
        }
    }

    // MARK: - Indexes

    /// Every property has an index as soon as it is asked for; what is declared is kept for clients that look
    /// for it, and its memory column is built now.
    func create(_ definition: IndexDefinition) throws -> Document {
        try service.principal.checkIndexes(.create)
        let declared = try read { try declaredIndexes(in: $0) }
        if CommandRun.builtIn.contains(DeclaredIndex(definition))
            || declared.contains(DeclaredIndex(definition))
        {
            return ["status": 2, "info": "Index exists"]
        }
        try writing().setSetting(
            CommandRun.setting, .array(declared.union([DeclaredIndex(definition)]).map(\.value)))
        return ["status": 0]
    }

    func remove(_ definition: IndexDefinition) throws -> Document {
        try service.principal.checkIndexes(.delete)
        let declared = try read { try declaredIndexes(in: $0) }
        let index = DeclaredIndex(definition)
        guard !CommandRun.builtIn.contains(index) else {
            return ["status": 2, "info": "the index is the system's own and stays"]
        }
        guard declared.contains(index) else { return ["status": 1, "info": "Index does not exist"] }
        try writing().setSetting(CommandRun.setting, .array(declared.subtracting([index]).map(\.value)))
        return ["status": 0]
    }

    func indexes(_ selection: IndexSelection) throws -> Document {
        try service.principal.checkIndexes(.read)
        let declared = try read { try declaredIndexes(in: $0) }.union(CommandRun.builtIn)
        var targets = Document()
        for index in declared.sorted(by: { $0.sortKey < $1.sortKey }) {
            guard selection.target.map({ $0 == index.target }) ?? true,
                selection.className.map({ $0 == index.className }) ?? true,
                selection.property.map({ $0 == index.property }) ?? true,
                selection.kind.map({ $0 == index.kind }) ?? true
            else { continue }
            var classes = targets[index.target.rawValue]?.objectValue ?? [:]
            var properties = classes[index.className]?.objectValue ?? [:]
            var kinds = properties[index.property]?.arrayValue ?? []
            kinds.append(["kind": .string(index.kind.rawValue)])
            properties[index.property] = .array(kinds)
            classes[index.className] = .object(properties)
            targets[index.target.rawValue] = .object(classes)
        }
        return ["status": 0, "indexes": .object(targets)]
    }

    private static let setting = "indexes"
    private static let builtIn: Set<DeclaredIndex> = [
        DeclaredIndex("_DescriptorSet", "_name"), DeclaredIndex("_Descriptor", "_set_name"),
        DeclaredIndex("_Descriptor", "_create_txn"),
    ]

    private func declaredIndexes(in snapshot: CatalogSnapshot) throws -> Set<DeclaredIndex> {
        Set((try snapshot.setting(CommandRun.setting)?.arrayValue ?? []).compactMap { DeclaredIndex($0) })
    }

    // MARK: - Private

    private func mayRead(_ name: String) -> Bool { may(.read, name) }

    private func entities(
        _ within: FoundSet?, _ declared: Set<DeclaredIndex>, in snapshot: CatalogSnapshot
    ) throws -> Value {
        var classes: [(name: String, counted: CountedClass)] = []
        for known in snapshot.schema.entityClasses where mayRead(known.name) {
            let ids = within.map { $0[known.id] } ?? snapshot.alive(known)
            if ids.isEmpty { continue }
            let name = names.wireClass(known.name)
            var counted = try count(known, ids, .entity, declared, in: snapshot)
            if let place = classes.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
                counted.add(classes[place].counted)
                classes[place].counted = counted
            } else {
                classes.append((name, counted))
            }
        }
        return listed(classes.map { ($0.name, .object($0.counted.document)) })
    }

    private func connections(
        _ within: FoundSet?, _ declared: Set<DeclaredIndex>, in snapshot: CatalogSnapshot
    ) throws -> Value {
        var classes: [(String, Value)] = []
        for known in snapshot.schema.connectionClasses where mayRead(known.name) {
            let some = within.map { $0[known.id] }
            if some?.isEmpty ?? (snapshot.count(of: known) == 0) { continue }
            var pairs: [Value] = []
            for ends in known.ends {
                // Where all are counted and join the same two classes, nobody need look at them.
                var ids = some
                if known.ends.count > 1 {
                    var joining: [LocalID] = []
                    try snapshot.forEachLink(of: known, ends, from: nil, to: nil) {
                        if some?.contains($0.connection) ?? true { joining.append($0.connection) }
                    }
                    if joining.isEmpty { continue }
                    ids = IdSet(joining)
                }
                var document = try count(known, ids, .connection, declared, in: snapshot).document
                document["src"] = snapshot.schema[ends.source].map { .string(names.wireClass($0.name)) }
                document["dst"] = snapshot.schema[ends.target].map { .string(names.wireClass($0.name)) }
                pairs.append(.object(document))
            }
            classes.append((names.wireClass(known.name), pairs.count == 1 ? pairs[0] : .array(pairs)))
        }
        let sets = snapshot.schema.entityClasses.filter { WireNames.setName(ofClass: $0.name) != nil }
        let joined = sets.reduce(0) { $0 + (within.map { _ in 0 } ?? snapshot.count(of: $1)) }
        if joined > 0, mayRead("_Descriptor"), mayRead(CommandRun.setConnection) {
            classes.append(
                (
                    CommandRun.setConnection,
                    [
                        "matched": .integer(Int64(joined)), "src": "_DescriptorSet", "dst": "_Descriptor",
                        "properties": [:],
                    ]
                ))
        }
        return listed(classes)
    }

    private func listed(_ classes: [(String, Value)]) -> Value {
        guard !classes.isEmpty else { return .null }
        return [
            "returned": .integer(Int64(classes.count)),
            "classes": .object(Document(classes.sorted { $0.0.compareBytes(to: $1.0) < 0 })),
        ]
    }

    private func count(
        _ known: ClassSchema, _ ids: IdSet?, _ target: IndexTarget, _ declared: Set<DeclaredIndex>,
        in snapshot: CatalogSnapshot
    ) throws -> CountedClass {
        let className = names.wireClass(known.name)
        var counted = CountedClass(matched: ids?.count ?? snapshot.count(of: known))
        for property in known.properties {
            guard let shown = names.shown(property.name, of: known) else { continue }
            let having = try snapshot.select(known, property, having: PropertyTypes.every).ids
            let count = ids.map { having.intersectionCount($0) } ?? having.count
            guard count > 0 else { continue }
            let isIndexed = declared.contains { index in
                index.target == target && index.className.hasSameBytes(as: className)
                    && index.property.hasSameBytes(as: shown)
            }
            counted.properties[ExactName(shown)] = (
                count, isIndexed, WireType.all(in: property.types).first ?? .string
            )
        }
        if known.name == Store.imageClass, known[WireNames.prefix + "label"] == nil {
            let labelled = try snapshot.labelled(known, .class, .present).ids
            let count = ids.map { labelled.intersectionCount($0) } ?? labelled.count
            if count > 0 { counted.properties[ExactName("label")] = (count, false, .string) }
        }
        return counted
    }
}

/// What the schema tells of a class.
private struct CountedClass {
    var matched: Int
    var properties: [ExactName: (count: Int, isIndexed: Bool, type: WireType)] = [:]

    mutating func add(_ other: CountedClass) {
        matched += other.matched
        for (name, property) in other.properties {
            let known = properties[name]
            properties[name] = (
                (known?.count ?? 0) + property.count, (known?.isIndexed ?? false) || property.isIndexed,
                property.type
            )
        }
    }

    var document: Document {
        let listed = properties.sorted { $0.key.text.compareBytes(to: $1.key.text) < 0 }.map {
            name, property -> (String, Value) in
            (
                name.text,
                [
                    .integer(Int64(property.count)), .boolean(property.isIndexed),
                    .string(property.type.rawValue),
                ]
            )
        }
        return [
            "matched": .integer(Int64(matched)),
            // An object even when empty: clients go through it without a look.
            "properties": .object(Document(listed)),
        ]
    }
}

/// An index that a client has asked for.
struct DeclaredIndex: Hashable {
    var target: IndexTarget
    var className: String
    var property: String
    var kind: IndexKind

    init(_ className: String, _ property: String) {
        (target, kind) = (.entity, .ordered)
        self.className = className
        self.property = property
    }

    init(_ definition: IndexDefinition) {
        target = definition.target
        className = definition.className
        property = definition.property
        kind = definition.kind
    }

    init?(_ value: Value) {
        guard let parts = value.arrayValue?.compactMap(\.stringValue), parts.count == 4,
            let target = IndexTarget(rawValue: parts[0]), let kind = IndexKind(rawValue: parts[3])
        else { return nil }
        self.target = target
        className = parts[1]
        property = parts[2]
        self.kind = kind
    }

    var value: Value {
        [.string(target.rawValue), .string(className), .string(property), .string(kind.rawValue)]
    }

    var sortKey: String { "\(target.rawValue)\u{0}\(className)\u{0}\(property)\u{0}\(kind.rawValue)" }
}
