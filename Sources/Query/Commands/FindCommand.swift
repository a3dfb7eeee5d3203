/// Reads what is selected.
public struct FindCommand: Sendable, Hashable {
    /// What is looked for.
    public var selection: CommandSelection
    /// The number by which later commands know the result.
    public var reference: Int?
    /// What is told of it.
    public var results: ResultRequest
    /// What is done with each image or video before it is returned, in order.
    public var operations: [RequestedOperation]
    /// The format that images are returned in, such as `png` or `jpg`; `nil` for as they are kept.
    public var format: String?
    /// Of images that are returned in JPEG or WebP, from 1 to 100; without a format it means JPEG. `nil` for
    /// 95 in JPEG (90 where the format is that of the file) and 80 in WebP.
    public var quality: Int?
    /// The codec that videos are returned in.
    public var codec: String?
    /// The container that videos are returned in.
    public var container: String?
    /// Of descriptors: the nearest to the command's blob.
    public var neighbours: NeighbourSearch?
    /// Of videos, VDMS's `FindFrames`: which frames are returned.
    public var frames: FrameSelection?
    /// VDMS's constraint `"_deletion": ["==", 1]`: what is found is removed as well.
    public var marksForDeletion: Bool

    /// A search for what is selected.
    public init(_ selection: CommandSelection) {
        self.selection = selection
        results = ResultRequest()
        operations = []
        marksForDeletion = false
    }

    /// What is looked for.
    public var subject: CommandSubject { selection.subject }

    /// Whether blobs are returned.
    ///
    /// Where the query does not say: in VDMS, those of images, blobs and videos are. In ApertureDB they are
    /// in the two places in which its older clients rely on it: if there is neither `results` nor `_ref`, or
    /// if `batch` has a `batch_size`.
    public func returnsBlobs(in dialect: CommandDialect) -> Bool {
        if let blobs = results.blobs { return blobs }
        guard [.image, .blob, .video].contains(subject) else { return frames != nil }
        switch dialect {
        case .vdms: return true
        case .aperture: return !results.isGiven && reference == nil || results.batch?.size != nil
        }
    }
}
