/// What a command is about. System classes that are found by name (`_Image`, `VD:IMG`) are subjects too.
public enum CommandSubject: String, Sendable, Hashable, CaseIterable {
    /// A class of the user's own; in a search without a class, entities of every kind.
    case entity
    /// A connection between two entities.
    case connection
    /// An image.
    case image
    /// Bytes that the engine does not look into.
    case blob
    /// A video.
    case video
    /// A stretch of a video.
    case clip
    /// One picture of a video.
    case frame
    /// A rectangle, mostly of an image.
    case boundingBox
    /// One or several polygons, mostly of an image.
    case polygon
    /// A vector in a descriptor set.
    case descriptor
    /// A set of vectors of one length.
    case descriptorSet

    /// The system class by which ApertureDB's users know it (`_Image`); `nil` for entities and connections.
    public var apertureClass: String? {
        switch self {
        case .entity, .connection: nil
        case .image: "_Image"
        case .blob: "_Blob"
        case .video: "_Video"
        case .clip: "_Clip"
        case .frame: "_Frame"
        case .boundingBox: "_BoundingBox"
        case .polygon: "_Polygon"
        case .descriptor: "_Descriptor"
        case .descriptorSet: "_DescriptorSet"
        }
    }

    /// The tag by which VDMS's users know it (`VD:IMG`); `nil` for what VDMS has not.
    public var vdmsClass: String? {
        switch self {
        case .entity, .connection, .clip, .polygon: nil
        case .image: "VD:IMG"
        case .blob: "VD:BLOB"
        case .video: "VD:VID"
        case .frame: "VD:KF"
        case .boundingBox: "VD:ROI"
        case .descriptor: "VD:DESC"
        case .descriptorSet: "VD:DESCSET"
        }
    }

    /// The subject that a system class names in `dialect`; `nil` for a class of the user's own.
    public init?(systemClass name: String, dialect: CommandDialect) {
        let found = CommandSubject.allCases.first {
            (dialect == .vdms ? $0.vdmsClass : $0.apertureClass) == name
        }
        guard let found else { return nil }
        self = found
    }
}
