public import Base

/// Puts one thing in; of descriptors, several of one blob.
public struct AddCommand: Sendable, Hashable {
    /// What is put in, with what only such a thing has.
    public var content: NewContent
    /// The number by which later commands know it, or what was there instead.
    public var reference: Int?
    /// Its properties. Dates are ``Value/dateTime(_:)``; names that begin with `_` are not among them.
    public var properties: Document
    /// Connections made with it.
    public var connections: [NewConnection]
    /// Where something of its class satisfies this, nothing is put in, and that is the result. `nil`: always
    /// put in.
    public var ifNotFound: Filter?
    /// VDMS's `_expiration`: seconds from now after which it may be removed.
    public var expirationSeconds: Int64?

    /// Makes a command that puts in `content`.
    public init(_ content: NewContent) {
        self.content = content
        properties = Document()
        connections = []
    }

    /// What kind of thing is put in.
    public var subject: CommandSubject {
        switch content {
        case .entity: .entity
        case .connection: .connection
        case .image: .image
        case .video: .video
        case .blob: .blob
        case .boundingBox: .boundingBox
        case .polygon: .polygon
        case .clip: .clip
        case .frame: .frame
        case .descriptor: .descriptor
        case .descriptorSet: .descriptorSet
        }
    }
}

/// What is put in.
public enum NewContent: Sendable, Hashable {
    /// An entity of a class of the user's own; with `hasBlob`, VDMS's `blob: true`, bytes go with it.
    case entity(className: String, hasBlob: Bool)
    /// Connections from each entity of one earlier result to each of another.
    case connection(className: String, source: Int, destination: Int)
    /// An image.
    case image(NewMedia)
    /// A video.
    case video(NewMedia)
    /// Bytes.
    case blob(NewMedia)
    /// A rectangle; `owner` is the earlier result, of one image or frame, that it belongs to (`image_ref`).
    case boundingBox(RegionRectangle, label: String?, owner: Int?)
    /// Polygons that are one region; `owner` as for a bounding box.
    case polygon(RegionPolygons, label: String?, owner: Int?)
    /// A stretch of a video.
    case clip(VideoSpan, label: String?, owner: Int?)
    /// A picture of a video.
    case frame(VideoPosition, label: String?, owner: Int?)
    /// A vector, or several.
    case descriptor(NewDescriptor)
    /// A set of vectors.
    case descriptorSet(NewDescriptorSet)
}

/// Where the bytes of an image, a video or a blob come from, and what is done with them first.
public struct NewMedia: Sendable, Hashable {
    /// Where bytes come from.
    public enum Source: Sendable, Hashable {
        /// The query's next blob.
        case blob
        /// A file that the server reads, below the folder that it was allowed to.
        case serverFile(String)
        /// An address: `s3://`, `gs://`, `http://`.
        case url(String)
    }

    /// Where they come from.
    public var source: Source
    /// The format that it is kept in, such as `png` or `jpg`; `nil` for as it came.
    public var format: String?
    /// The codec that a video is kept in; `nil` for as it came.
    public var codec: String?
    /// The container that a video is kept in; `nil` for as it came.
    public var container: String?
    /// What is done before it is kept, in order.
    public var operations: [RequestedOperation]
    /// VDMS's `index_frames`: whether the key frames of a video are entities too.
    public var indexesFrames: Bool

    /// Bytes from `source`, kept as they came.
    public init(_ source: Source) {
        self.source = source
        operations = []
        indexesFrames = false
    }
}

/// A connection made between a new thing and the entities of an earlier result.
public struct NewConnection: Sendable, Hashable {
    /// The number of the earlier result.
    public var reference: Int
    /// Which way: `outgoing` from the new thing to the earlier result, `incoming` the other way round.
    public var direction: LinkDirection
    /// The connection's class; `nil` where VDMS gives one by the kind of thing (`VD:IMGLINK`).
    public var className: String?
    /// Its properties.
    public var properties: Document

    /// A connection to the result `reference`.
    public init(
        _ reference: Int, direction: LinkDirection = .outgoing, className: String? = nil,
        properties: Document = Document()
    ) {
        self.reference = reference
        self.direction = direction
        self.className = className
        self.properties = properties
    }
}

/// A vector put into a set, or several.
public struct NewDescriptor: Sendable, Hashable {
    /// The set.
    public var setName: String
    /// Its label; `nil` for none.
    public var label: String?
    /// VDMS's `batch_properties`: the properties of each of several vectors, which the one blob holds in this
    /// order. `nil` for one vector.
    public var batch: [Document]?

    /// A vector in the set of that name.
    public init(setName: String, label: String? = nil, batch: [Document]? = nil) {
        self.setName = setName
        self.label = label
        self.batch = batch
    }
}

/// A new set of vectors.
public struct NewDescriptorSet: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// How many numbers a vector has.
    public var dimensions: Int
    /// What searches may measure by, the default first; at least one.
    public var metrics: [DescriptorMetric]
    /// How searches may find, as written, the default first; at least one.
    public var engines: [DescriptorEngine]

    /// A set of that name.
    public init(
        name: String, dimensions: Int, metrics: [DescriptorMetric] = [.l2],
        engines: [DescriptorEngine] = [.flat]
    ) {
        self.name = name
        self.dimensions = dimensions
        self.metrics = metrics
        self.engines = engines
    }
}
