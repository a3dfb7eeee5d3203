import Base
import Catalog
import Query

/// How to read what a command lists of the members of one class, under the names that clients know.
struct DocumentPlan {
    /// One thing that is listed.
    private enum Field {
        /// A property, by its place among ``properties``.
        case stored(shown: String, place: Int)
        case id(shown: String)
        case label(shown: String)
        case digest
        case set
        /// A number of the entity within its class.
        case local(shown: String)
        case missing(shown: String)
    }

    private let known: ClassSchema
    private let fields: [Field]
    /// Properties to be read.
    private let properties: [PropertySchema]
    private let all: Bool
    private let names: WireNames
    /// Whether values are for a table: as they are, where replies have a form of their own.
    private let isTable: Bool

    /// - Parameter fields: names as clients have them.
    init(
        _ fields: [String], of known: ClassSchema, names: WireNames, all: Bool = false, isTable: Bool = false
    ) {
        self.known = known
        self.names = names
        self.all = all
        self.isTable = isTable
        var properties = all ? known.properties : []
        self.fields = fields.map { shown in
            switch shown {
            case "_uniqueid": return .id(shown: shown)
            case "_id" where names.dialect == .vdms: return .local(shown: shown)
            case "_set_name": return .set
            case "_label" where RegionClass(rawValue: known.name) == nil: return .label(shown: shown)
            case "_sha256": return .digest
            default:
                let name = names.asked(shown, known)
                if name == "label" { return .label(shown: shown) }
                guard let property = known[name] else { return .missing(shown: shown) }
                if let place = properties.firstIndex(where: { $0.id == property.id }) {
                    return .stored(shown: shown, place: place)
                }
                properties.append(property)
                return .stored(shown: shown, place: properties.count - 1)
            }
        }
        self.properties = properties
    }

    /// The stored property that clients know as `shown`; `nil` for what is no property.
    static func storedProperty(_ shown: String, of known: ClassSchema, names: WireNames) -> PropertySchema? {
        let plan = DocumentPlan([shown], of: known, names: names)
        guard case .stored(_, let place)? = plan.fields.first else { return nil }
        return plan.properties[place]
    }

    /// The members' documents, in the order of `ids`; what does not exist is left out.
    func documents(_ ids: [LocalID], in snapshot: CatalogSnapshot) throws -> [(EntityID, Document)] {
        let table = try snapshot.table(of: known, ids, properties: properties, keepsZones: !isTable)
        let labels = try labels(of: table.ids, in: snapshot)
        let digests = try digests(of: table.ids, in: snapshot)
        return table.ids.indices.map { row in
            let id = known.entityID(table.ids[row])
            return (
                id, document(id, row, of: table, digest: digests?[row], labels: labels?[row] ?? [])
            )
        }
    }

    /// The same field by field; `nil` where members have fields of their own.
    func listing(_ ids: [LocalID], in snapshot: CatalogSnapshot) throws -> Listing? {
        guard !all else { return nil }
        let table = try snapshot.table(of: known, ids, properties: properties, keepsZones: !isTable)
        var listing = Listing(of: known, table.ids)
        let labels = try labels(of: table.ids, in: snapshot)
        for field in fields {
            switch field {
            case .stored(let shown, let place): listing.append(shown, .property(table.columns[place]))
            case .id(let shown): listing.append(shown, .ids)
            case .local(let shown): listing.append(shown, .locals)
            case .label(let shown):
                let cells = labels?.map { $0.first.map { Value.string($0) } }
                listing.append(shown, cells.map { .values($0) } ?? .missing)
            case .digest:
                let cells = try digests(of: table.ids, in: snapshot)?.map {
                    $0.map { Value.string($0.description) }
                }
                listing.append("_sha256", cells.map { .values($0) } ?? .missing)
            case .set:
                if let name = WireNames.setName(ofClass: known.name) {
                    listing.append("_set_name", .constant(.string(name)))
                }
            case .missing(let shown): listing.append(shown, .missing)
            }
        }
        return listing
    }

    // MARK: - Private

    /// The names of the members' class labels, where any are listed.
    private func labels(of ids: [LocalID], in snapshot: CatalogSnapshot) throws -> [[String]]? {
        let isShown = showsLabel || fields.contains { if case .label = $0 { true } else { false } }
        guard isShown, known.kind == .entity else { return nil }
        return try ids.map { id in
            try snapshot.labels(of: known.entityID(id)).filter { $0.kind == .class }.compactMap(\.name)
        }
    }

    /// The digests of what the members stand for, where they are listed.
    private func digests(of ids: [LocalID], in snapshot: CatalogSnapshot) throws -> [SHA256Digest?]? {
        let isShown = fields.contains { if case .digest = $0 { true } else { false } }
        guard isShown, known.kind == .entity else { return nil }
        return try snapshot.entities(of: known, ids, properties: []).map(\.digest)
    }

    /// Whether the label is listed with all properties: of an image, unless a property of that name is.
    private var showsLabel: Bool {
        all && known.name == Store.imageClass && known[WireNames.prefix + "label"] == nil
    }

    private func document(
        _ id: EntityID, _ row: Int, of table: PropertyTable, digest: SHA256Digest??, labels: [String]
    ) -> Document {
        var document = Document()
        if all {
            for cells in table.columns {
                guard let value = cells.value(at: row) else { continue }
                if let shown = names.shown(cells.property.name, of: known) { document[shown] = told(value) }
            }
            if showsLabel, let label = labels.first { document["label"] = .string(label) }
        }
        for field in fields {
            switch field {
            case .stored(let shown, let place):
                document[shown] = table.columns[place].value(at: row).map(told) ?? missing
            case .id(let shown): document[shown] = .string(id.description)
            case .local(let shown): document[shown] = .integer(Int64(id.local))
            case .label(let shown): document[shown] = labels.first.map { .string($0) } ?? missing
            case .digest:
                document["_sha256"] = digest.flatMap { $0 }.map { .string($0.description) } ?? missing
            case .set: document["_set_name"] = WireNames.setName(ofClass: known.name).map { .string($0) }
            case .missing(let shown): document[shown] = missing
            }
        }
        return document
    }

    private func told(_ value: Value) -> Value { isTable ? value : value.wire }

    /// What stands for a property that an entity does not have.
    private var missing: Value { isTable ? .null : names.missing }
}

extension WireNames {
    /// What replies say of a property that an entity does not have.
    var missing: Value { dialect == .vdms ? "Missing property" : .null }
}

extension Value {
    /// As replies have it: a time is `{"_date": "…"}`.
    var wire: Value {
        if case .dateTime(let time) = self { ["_date": .string(time.iso8601)] } else { self }
    }
}
