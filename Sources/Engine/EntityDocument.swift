import Annotations
import Base
import Catalog

/// An entity as every face shows it and as filters see it: its properties, and what is known of it beside
/// them.
///
/// Before the properties come `_uniqueid` and, for an entity with bytes, `sha256`; after them `label`, the
/// name of its class label (a list where there are several), and `labels`, all its labels with their
/// provenance.
struct EntityDocument {
    /// Names of fields that are not properties.
    static let systemFields = ["_uniqueid", "_key", "sha256", "label", "labels"]

    /// Which of the fields that cost a look-up of their own are wanted.
    var wantsLabels: Bool
    var wantsDetails: Bool

    func document(_ row: EntityRow, in snapshot: CatalogSnapshot) throws -> Document {
        var document: Document = [
            "_uniqueid": .string(row.id.description), "_key": .string(row.key.description),
        ]
        for (name, value) in row.properties.members { document.append(name, value) }
        if let digest = row.digest { document.append("sha256", .string(digest.description)) }
        if wantsLabels {
            let labels = try snapshot.labels(of: row.id)
            let names = labels.filter { $0.kind == .class }.compactMap(\.name).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            if names.count == 1 { document.append("label", .string(names[0])) }
            if names.count > 1 { document.append("label", .array(names.map { .string($0) })) }
            if !labels.isEmpty {
                let size = ImageSize(row.properties)
                document.append("labels", .array(labels.map { .object($0.document(within: size)) }))
            }
        }
        if wantsDetails {
            for (name, value) in try snapshot.details(of: row.id).members { document.append(name, value) }
        }
        return document
    }
}

extension Label {
    /// As a member of an entity's `labels`.
    /// - Parameter size: of the image; where it is known, a box or polygon has its `area_fraction`.
    func document(within size: ImageSize?) -> Document {
        var document: Document = ["id": .integer(id), "kind": .string(kind.description)]
        if let name { document.append("class", .string(name)) }
        if case .json(let geometry)? = geometry {
            document.append("geometry", geometry)
            if let measured = geometry.measured(by: kind) { document.append("value", measured) }
        }
        if let size, case .json(let value)? = geometry,
            let region = RegionClass(kind).flatMap({ Region.Geometry(value, $0) })
        {
            document.append("area_fraction", .float(size.fraction(of: region)))
        }
        if let confidence { document.append("confidence", .float(confidence)) }
        document.append("source", .string(source))
        if let run { document.append("run", .integer(run)) }
        document.append("time", .dateTime(time))
        if let parent { document.append("parent", .integer(parent)) }
        return document
    }
}

extension Value {
    /// The number that a tagger has measured, as the geometry of its class label has it.
    fileprivate func measured(by kind: LabelKind) -> Value? {
        guard kind == .class, let value = objectValue?["value"] else { return nil }
        switch value {
        case .integer, .float: return value
        default: return nil
        }
    }
}

/// How large the image is that labels are on.
struct ImageSize {
    /// What an entity's properties must include for its size to be known.
    static let properties = ["width", "height"]

    var width, height: Double

    /// `nil` where the properties have no width and height greater than 0.
    init?(_ properties: Document) {
        guard let width = properties["width"]?.floatValue, let height = properties["height"]?.floatValue,
            width > 0, height > 0
        else { return nil }
        self.width = width
        self.height = height
    }

    /// The part of the image that a region covers, in `0...1`: of a box what lies within the image, of a
    /// polygon its area, which may be no larger than the image's.
    func fraction(of region: Region.Geometry) -> Double {
        let area: Double
        switch region {
        case .box(let box):
            let within = (
                width: min(box.right, width) - max(box.x, 0), height: min(box.bottom, height) - max(box.y, 0)
            )
            area = max(within.width, 0) * max(within.height, 0)
        case .polygon(let polygon): area = polygon.area
        }
        return min(area / (width * height), 1)
    }
}
