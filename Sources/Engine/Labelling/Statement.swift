public import Base
public import Catalog

/// What a source says of one entity, having looked at it; or why it could not look.
public struct Statement: Sendable {
    public var target: EntityID
    /// What looked, such as `model:yolox-nano@1`.
    public var source: String
    /// Labels of the entity. Their source and run follow from the commit.
    public var labels: [NewLabel] = []
    /// A vector of the entity, for the set ``StatementCommit/descriptorSet``.
    public var vector: [Float]?
    /// Of a video, what is said of single frames: those become entities. What the source said of other frames
    /// of it gives way; `nil` where it never speaks of frames.
    public var frames: [FrameLabels]?
    /// Why it could not look.
    public var failure: String?

    public init(
        _ target: EntityID, by source: String, labels: [NewLabel] = [], vector: [Float]? = nil,
        frames: [FrameLabels]? = nil, failure: String? = nil
    ) {
        self.target = target
        self.source = source
        self.labels = labels
        self.vector = vector
        self.frames = frames
        self.failure = failure
    }
}

/// How statements are committed.
public struct StatementCommit: Sendable {
    /// `model`, `tagger` or `rule`.
    public var kind: String
    /// What the run as a whole names as its source.
    public var source: String
    /// What the run was asked to do.
    public var parameters: Document
    /// The set that vectors go to; made where it is not there. Its descriptors are joined with what they are
    /// of by connections of the class `has_descriptor`.
    public var descriptorSet: String?
    /// Whether what a source said of an entity before gives way; otherwise an entity that the source has
    /// looked at already is passed over, unless it could not look.
    public var replaces: Bool
    /// Whether labels stay that another version of the source gave an entity; otherwise they give way to
    /// those of the version that looked last.
    public var keepsOlder: Bool
    /// The run, once it has begun.
    public var run: RunID?
    /// The job whose counts are kept with what is committed.
    public var job: JobID?

    public init(
        kind: String, source: String, parameters: Document = Document(), descriptorSet: String? = nil,
        replaces: Bool = false, keepsOlder: Bool = false, run: RunID? = nil, job: JobID? = nil
    ) {
        self.kind = kind
        self.source = source
        self.parameters = parameters
        self.descriptorSet = descriptorSet
        self.replaces = replaces
        self.keepsOlder = keepsOlder
        self.run = run
        self.job = job
    }
}

/// What a commit made of one statement.
public enum StatementOutcome: Sendable, Hashable {
    /// So many labels and vectors hold by it now.
    case labelled(Int)
    /// The source has looked at the entity already.
    case known
    /// The source could not look: it is noted.
    case failed(String)
    /// The entity is not there any more.
    case gone
}
