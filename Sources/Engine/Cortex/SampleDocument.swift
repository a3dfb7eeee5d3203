import Base
import Catalog

/// Makes of images the documents that Cortex's clients know.
struct SampleDocument {
    let snapshot: CatalogSnapshot
    let roles: AnalysisRoles

    /// - Parameter wantsLabels: whether what depends on labels is wanted; without it those fields say
    ///   nothing that counts.
    func document(_ row: EntityRow, wantsLabels: Bool = true) throws -> Document {
        let analysis = wantsLabels ? try analysis(of: row.id) : ObjectAnalysis([])
        var document: Document = ["_id": .string(row.key.sampleID)]
        func append(_ field: SampleField, _ value: Value?) {
            if let value { document.append(field.rawValue, value) }
        }
        append(.url, row.properties["url"])
        append(.datetime, .string(SampleField.time(row.properties[SampleField.timeProperty], row.key)))
        append(.objectsProcessed, SampleDocument.flag(analysis.isProcessed))
        append(.posesProcessed, SampleDocument.flag(analysis.hasPoses))
        append(.facesProcessed, SampleDocument.flag(analysis.hasFaces))
        append(.source, row.properties["source"])
        append(.type, .string(SampleField.image))
        append(.height, row.properties["height"])
        append(.width, row.properties["width"])
        append(.hash, row.digest.map { .string($0.description) })
        append(.objects, analysis.value)
        append(.quality, row.properties[SampleField.qualityProperty])
        return document
    }

    /// What is known of an image's objects.
    func analysis(of image: EntityID) throws -> ObjectAnalysis {
        ObjectAnalysis(try snapshot.labels(of: image), try snapshot.examinations(of: image), roles)
    }

    /// A flag is a text, as it was in Cortex.
    static func flag(_ isSet: Bool) -> Value { .string(isSet ? "true" : "false") }
}
