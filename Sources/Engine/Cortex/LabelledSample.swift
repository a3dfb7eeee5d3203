import Annotations
import Base
import Catalog

/// Makes of images the documents of Cortex's later interface.
struct LabelledSample {
    let snapshot: CatalogSnapshot
    let roles: AnalysisRoles

    static let properties = [
        "url", "height", "width", SampleField.qualityProperty, SampleField.timeProperty,
    ]

    /// `object_detection` has, for each class, the boxes as `[x1, y1, x2, y2]` in parts of the image's width
    /// and height.
    func document(_ row: EntityRow) throws -> Document {
        let analysis = try SampleDocument(snapshot: snapshot, roles: roles).analysis(of: row.id)
        let width = row.properties["width"]?.floatValue ?? 0
        let height = row.properties["height"]?.floatValue ?? 0
        var detection = Document()
        for (label, box) in analysis.boxes where width > 0 && height > 0 {
            let corners: [Value] = [
                .float(box.x / width), .float(box.y / height), .float(box.right / width),
                .float(box.bottom / height),
            ]
            let name = label.name ?? ""
            detection[name] = .array((detection[name]?.arrayValue ?? []) + [.array(corners)])
        }
        return [
            "_id": .string(row.key.sampleID), "url": row.properties["url"] ?? .null,
            "datetime": .string(SampleField.time(row.properties[SampleField.timeProperty], row.key)),
            "width": row.properties["width"] ?? .null,
            "height": row.properties["height"] ?? .null,
            "hash": row.digest.map { .string($0.description) } ?? .null,
            "object_detection": .object(detection),
            "label_quality_score": row.properties[SampleField.qualityProperty] ?? .null,
        ]
    }
}
