public import Annotations
public import Base

/// A part of an image that somebody has marked: the entity that stands for a current label with a geometry,
/// so that it can have properties and connections of its own.
public struct Region: Sendable, Hashable {
    /// What marks the part.
    public enum Geometry: Sendable, Hashable {
        case box(Box)
        case polygon(Polygon)

        /// The least box that holds it.
        public var bounds: Box {
            switch self {
            case .box(let box): box
            case .polygon(let polygon): polygon.bounds
            }
        }
    }

    public var id: EntityID
    /// The entity that it is a part of.
    public var image: EntityID
    /// The current label that it stands for.
    public var label: LabelID
    /// The label class; `nil` where the label names none.
    public var name: String?
    public var geometry: Geometry
}

/// The two classes of regions.
public enum RegionClass: String, Sendable, CaseIterable {
    case box = "BoundingBox"
    case polygon = "Polygon"

    /// The kind of the labels that its members stand for.
    public var kind: LabelKind { self == .box ? .box : .polygon }

    /// The class of the connections that lead from images to its members.
    public var connectionClass: String { "_ImageTo\(rawValue)" }

    /// The class whose members stand for labels of a kind; `nil` where none does.
    public init?(_ kind: LabelKind) {
        guard let found = RegionClass.allCases.first(where: { $0.kind == kind }) else { return nil }
        self = found
    }
}

extension Region.Geometry {
    /// As the label log has it: `{"x", "y", "width", "height"}`, or `{"polygons": [[[x, y], …], …]}`.
    public var value: Value {
        switch self {
        case .box(let box):
            [
                "x": .float(box.x), "y": .float(box.y), "width": .float(box.width),
                "height": .float(box.height),
            ]
        case .polygon(let polygon):
            [
                "polygons": .array(
                    polygon.rings.map { ring in
                        .array(ring.map { .array([.float($0.x), .float($0.y)]) })
                    })
            ]
        }
    }

    /// Reads what ``value`` writes; `nil` for a geometry of another form, which no region stands for.
    public init?(_ value: Value, _ regionClass: RegionClass) {
        guard let document = value.objectValue else { return nil }
        switch regionClass {
        case .box:
            guard let x = document["x"]?.floatValue, let y = document["y"]?.floatValue,
                let width = document["width"]?.floatValue, let height = document["height"]?.floatValue
            else { return nil }
            self = .box(Box(x: x, y: y, width: width, height: height))
        case .polygon:
            guard let rings = document["polygons"]?.arrayValue else { return nil }
            var polygon = Polygon(rings: [])
            for ring in rings {
                guard let points = ring.arrayValue else { return nil }
                var read: [Point] = []
                read.reserveCapacity(points.count)
                for point in points {
                    guard let pair = point.arrayValue, pair.count == 2, let x = pair[0].floatValue,
                        let y = pair[1].floatValue
                    else { return nil }
                    read.append(Point(x: x, y: y))
                }
                polygon.rings.append(read)
            }
            self = .polygon(polygon)
        }
    }

    /// What a region's row says of its place, for memory columns to answer from.
    var properties: Document {
        let bounds = bounds
        let area: Double
        switch self {
        case .box(let box): area = box.area
        case .polygon(let polygon): area = polygon.area
        }
        return [
            "_x": .float(bounds.x), "_y": .float(bounds.y), "_width": .float(bounds.width),
            "_height": .float(bounds.height), "_right": .float(bounds.right),
            "_bottom": .float(bounds.bottom), "_area": .float(area),
        ]
    }
}
