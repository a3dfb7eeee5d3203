import Base
import Catalog
import Query

/// How to read what a command lists of the members of one class, under the names that clients know.
struct DocumentPlan {
    /// One thing that is listed.
    private enum Field {
        case stored(shown: String, name: String)
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
    /// Properties to be read; `nil` for all.
    private let properties: [String]?
    private let all: Bool
    private let names: WireNames

    /// - Parameter fields: names as clients have them.
    init(_ fields: [String], of known: ClassSchema, names: WireNames, all: Bool = false) {
        self.known = known
        self.names = names
        self.all = all
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
                return known[name] == nil ? .missing(shown: shown) : .stored(shown: shown, name: name)
            }
        }
        properties =
            all
            ? nil
            : self.fields.compactMap { field in
                if case .stored(_, let name) = field { name } else { nil }
            }
    }

    /// The stored property that clients know as `shown`; `nil` for what is no property.
    static func storedProperty(_ shown: String, of known: ClassSchema, names: WireNames) -> PropertySchema? {
        let plan = DocumentPlan([shown], of: known, names: names)
        guard case .stored(_, let name)? = plan.fields.first else { return nil }
        return known[name]
    }

    /// The members' documents, in the order of `ids`; what does not exist is left out.
    func documents(_ ids: [LocalID], in snapshot: CatalogSnapshot) throws -> [(EntityID, Document)] {
        guard known.kind == .entity else {
            return try snapshot.connections(of: known, ids).map {
                ($0.id, document($0.id, $0.properties, digest: nil, labels: []))
            }
        }
        let wantsLabels = showsLabel || fields.contains { if case .label = $0 { true } else { false } }
        return try snapshot.entities(of: known, ids, properties: properties).map { row in
            let labels =
                wantsLabels
                ? try snapshot.labels(of: row.id).filter { $0.kind == .class }.compactMap(\.name) : []
            return (row.id, document(row.id, row.properties, digest: row.digest, labels: labels))
        }
    }

    /// Whether the label is listed with all properties: of an image, unless a property of that name is.
    private var showsLabel: Bool {
        all && known.name == Store.imageClass && known[WireNames.prefix + "label"] == nil
    }

    private func document(
        _ id: EntityID, _ properties: Document, digest: SHA256Digest?, labels: [String]
    ) -> Document {
        var document = Document()
        if all {
            for (name, value) in properties.members {
                if let shown = names.shown(name, of: known) { document[shown] = value.wire }
            }
            if showsLabel, let label = labels.first { document["label"] = .string(label) }
        }
        for field in fields {
            switch field {
            case .stored(let shown, let name): document[shown] = properties[name]?.wire ?? missing
            case .id(let shown): document[shown] = .string(id.description)
            case .local(let shown): document[shown] = .integer(Int64(id.local))
            case .label(let shown): document[shown] = labels.first.map { .string($0) } ?? missing
            case .digest: document["_sha256"] = digest.map { .string($0.description) } ?? missing
            case .set: document["_set_name"] = WireNames.setName(ofClass: known.name).map { .string($0) }
            case .missing(let shown): document[shown] = missing
            }
        }
        return document
    }

    /// What stands for a property that an entity does not have.
    private var missing: Value { names.dialect == .vdms ? "Missing property" : .null }
}

extension Value {
    /// As replies have it: a time is `{"_date": "…"}`.
    var wire: Value {
        if case .dateTime(let time) = self { ["_date": .string(time.iso8601)] } else { self }
    }
}
