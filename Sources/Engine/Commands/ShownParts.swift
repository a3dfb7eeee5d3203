import Annotations
import Base
import Catalog
import Query

/// What a find command tells of regions and of sets of descriptors beside their properties.
struct ShownParts {
    private let shown: ShownFields
    private let list: [String]
    private let dialect: CommandDialect

    init(_ find: FindCommand, dialect: CommandDialect) {
        shown = find.results.shown
        list = find.results.list ?? []
        self.dialect = dialect
    }

    private static let derived = [
        "_coordinates", "_area", "_bounds", "_vertices", "_hull", "_decomposition",
    ]

    /// The fields of a class that its rows tell of.
    func fields(_ fields: [String], of known: ClassSchema) -> [String] {
        guard RegionClass(rawValue: known.name) != nil else {
            return known.name == "DescriptorSet" ? fields.filter { !ShownParts.ofSets.contains($0) } : fields
        }
        return fields.filter { !ShownParts.derived.contains($0) }
    }

    /// Whether anything of the regions' geometry is told.
    var needsRegions: Bool {
        !shown.isDisjoint(with: [.coordinates, .areas, .bounds, .vertices, .hulls, .decompositions])
            || list.contains { ShownParts.derived.contains($0) }
    }

    func add(_ region: Region, to document: inout Document) {
        let bounds = region.geometry.bounds
        if asks(.coordinates, "_coordinates") { document["_coordinates"] = .object(rectangle(bounds)) }
        if asks(.bounds, "_bounds") { document["_bounds"] = .object(rectangle(bounds)) }
        let polygon: Polygon
        switch region.geometry {
        case .box(let box):
            if asks(.areas, "_area") { document["_area"] = number(box.area) }
            polygon = Polygon(box)
        case .polygon(let shape):
            if asks(.areas, "_area") { document["_area"] = number(shape.area) }
            polygon = shape
        }
        if asks(.vertices, "_vertices") { document["_vertices"] = rings(polygon.rings) }
        if asks(.hulls, "_hull") { document["_hull"] = points(polygon.hull) }
        if asks(.decompositions, "_decomposition") {
            document["_decomposition"] = rings(polygon.convexParts)
        }
    }

    private static let ofSets = ["_name", "_metrics", "_engines", "_dimensions", "_count"]

    /// Whether it is told how many descriptors sets have.
    var needsCounts: Bool { asks(.counts, "_count") }

    func addSet(
        _ id: EntityID, of known: ClassSchema, to document: inout Document, in snapshot: CatalogSnapshot
    ) throws {
        guard let row = try snapshot.entities(of: known, [id.local]).first else { return }
        let properties = row.properties
        if list.contains("_name") || dialect == .aperture { document["_name"] = properties["_name"] }
        if asks(.metrics, "_metrics") { document["_metrics"] = properties["_metrics"] }
        if asks(.engines, "_engines") { document["_engines"] = properties["_engines"] }
        if asks(.dimensions, "_dimensions") { document["_dimensions"] = properties["_dimensions"] }
        if needsCounts, let name = properties["_name"]?.stringValue {
            let members = WireNames.descriptorClass(ofSet: name, in: snapshot.schema)
            document["_count"] = .integer(Int64(members.map { snapshot.count(of: $0) } ?? 0))
        }
    }

    // MARK: - Private

    private func asks(_ flag: ShownFields, _ name: String) -> Bool {
        shown.contains(flag) || list.contains(name)
    }

    /// VDMS's clients know the size as `w` and `h`.
    private func rectangle(_ box: Box) -> Document {
        let isVDMS = dialect == .vdms
        return [
            "x": number(box.x), "y": number(box.y), isVDMS ? "w" : "width": number(box.width),
            isVDMS ? "h" : "height": number(box.height),
        ]
    }

    private func number(_ value: Double) -> Value {
        Int64(exactly: value).map { .integer($0) } ?? .float(value)
    }

    private func points(_ points: [Point]) -> Value {
        .array(points.map { .array([number($0.x), number($0.y)]) })
    }

    private func rings(_ rings: [[Point]]) -> Value { .array(rings.map(points)) }
}
