public import Annotations
public import Base
public import Catalog

/// What rules look at: an entity, usually an image, with its labels.
public struct CheckedImage: Sendable {
    /// A label with its geometry, read once for all rules.
    public struct Entry: Sendable {
        public var label: Label
        /// Of a box or a polygon; `nil` where it cannot be read.
        public var region: Region.Geometry?
        public var track: Track?
        public var keyPoints: KeyPoints?
        /// What a mask is the size of; `nil` where that cannot be read.
        public var maskSize: MaskSize?

        /// The least box that holds the region.
        public var bounds: Box? { region?.bounds }
    }

    public var id: EntityID
    /// In pixels; `nil` where it is not known.
    public var width: Double?
    public var height: Double?
    public var entries: [Entry]

    public init(_ id: EntityID, width: Double?, height: Double?, labels: [Label]) {
        self.id = id
        self.width = width
        self.height = height
        entries = labels.map {
            Entry(
                label: $0, region: $0.region, track: $0.track, keyPoints: $0.keyPoints, maskSize: $0.maskSize)
        }
    }

    /// The whole image; `nil` where its size is not known.
    public var frame: Box? {
        guard let width, let height else { return nil }
        return Box(x: 0, y: 0, width: width, height: height)
    }
}
