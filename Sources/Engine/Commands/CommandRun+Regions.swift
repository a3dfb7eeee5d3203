import Annotations
import Base
import Catalog
import Query

/// `RegionIoU`.
extension CommandRun {
    func perform(_ comparison: RegionIoUCommand) throws -> Document {
        try read { snapshot in
            let rows = try regions(comparison.first, in: snapshot)
            let columns = try regions(comparison.second, in: snapshot)
            guard rows.count * columns.count <= service.maxComparisons else {
                throw EngineError(
                    .limitExceeded,
                    "\(rows.count) × \(columns.count) regions would be compared, the limit is \(service.maxComparisons)"
                )
            }
            let matrix = try rows.map { row -> Value in
                try cancellation.check()
                return .array(columns.map { .float(row.iou(with: $0)) })
            }
            return ["status": 0, "IoU": .array(matrix)]
        }
    }

    private func regions(_ reference: Int, in snapshot: CatalogSnapshot) throws -> [Region.Geometry] {
        let ids = try result(reference).members(snapshot.schema)
        return try inClasses(ids, in: snapshot) { known, locals in
            guard RegionClass(rawValue: known.name) != nil else {
                throw EngineError(
                    .invalidRequest,
                    "RegionIoU compares bounding boxes and polygons; the result \(reference) holds '\(names.wireClass(known.name))'"
                )
            }
            return try snapshot.regions(of: known, locals).map(\.geometry)
        }
    }
}

extension Region.Geometry {
    /// Intersection over union with another region, in `0...1`.
    func iou(with other: Region.Geometry) -> Double {
        switch (self, other) {
        case (.box(let box), .box(let other)): box.iou(with: other)
        case (.box(let box), .polygon(let other)): Polygon(box).iou(with: other)
        case (.polygon(let polygon), .box(let other)): polygon.iou(with: Polygon(other))
        case (.polygon(let polygon), .polygon(let other)): polygon.iou(with: other)
        }
    }
}
