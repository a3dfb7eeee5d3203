/// Which entities or connections a command means. All that is given must hold.
public struct CommandSelection: Sendable, Hashable {
    /// What they are.
    public var subject: CommandSubject
    /// Their class, of an entity or a connection; `nil` for every class. For an entity without a class that
    /// is every entity there is, images and the rest included.
    public var className: String?
    /// An earlier result that they are among (`ref`).
    public var within: Int?
    /// What their properties must be. A comparison never matches a missing property.
    public var filter: Filter
    /// What they must be connected to.
    public var link: LinkCondition?
    /// Of connections: the earlier result that they begin in.
    public var source: Int?
    /// Of connections: the earlier result that they end in.
    public var destination: Int?
    /// Of regions, clips and frames: the earlier result of images or videos that they belong to
    /// (`image_ref`, `video_ref`).
    public var owner: Int?
    /// Of descriptors: the set they are in. Of descriptor sets: the set's name.
    public var setName: String?
    /// The label they have (`with_label`).
    public var label: String?
    /// Of regions: a rectangle that contains them whole.
    public var inRectangle: RegionRectangle?
    /// Of clips and frames: a stretch of the video that they lie in.
    public var inSpan: VideoSpan?
    /// Whether anything but exactly one is an error.
    public var isUnique: Bool

    /// All of `subject`; narrow it down by the properties.
    public init(_ subject: CommandSubject) {
        self.subject = subject
        filter = .all
        isUnique = false
    }
}
