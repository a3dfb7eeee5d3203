import Base
import Query

/// How the vectors of a set are, and how they are searched.
struct DescriptorSetShape: Sendable {
    var dimensions: Int
    /// The first is the set's own.
    var metrics: [DescriptorMetric]
    var engines: [DescriptorEngine]

    /// From the properties of the set's entity.
    init?(_ properties: Document) {
        guard let dimensions = properties["_dimensions"]?.integerValue else { return nil }
        self.dimensions = Int(dimensions)
        metrics = (properties["_metrics"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap(DescriptorMetric.init(rawValue:))
        }
        engines = (properties["_engines"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap(DescriptorEngine.init(rawValue:))
        }
    }
}
