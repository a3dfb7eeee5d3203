/// What became of the frames of a video in a cascade.
public struct CascadeReport: Sendable, Hashable {
    /// What a stage did.
    public struct Stage: Sendable, Hashable {
        public var name: String
        public var framesIn = 0
        public var framesOut = 0
        /// Frames at which it failed. Such a frame goes on to the next stage; the last stage keeps none.
        public var failed = 0
        public var seconds = 0.0
        /// What the first failure said.
        public var failure: String?
    }

    /// How what was dropped was looked at again.
    public struct Audit: Sendable, Hashable {
        public var targetRecall: Double
        public var confidence: Double
        /// Frames that earlier stages had dropped.
        public var dropped = 0
        /// Frames that were kept without asking and about which the last stage was asked after all, and those
        /// of them that it did not keep.
        public var heldAudited = 0, heldWrong = 0
        /// Those of the dropped that were chosen at random, and that the last stage was asked about.
        public var audited = 0
        /// Those of them that were taken back because the bound was too low without.
        public var takenBack = 0
        /// What the last stage kept of both.
        public var found = 0
        /// Frames of both at which it failed, which counts as not kept.
        public var failed = 0
        public var rounds = 0
        public var seconds = 0.0
        /// With the confidence asked for, at least this share of the frames that the last stage would keep
        /// was found.
        public var recallBound = 1.0
        /// Whether that reaches what was asked for.
        public var isMet: Bool { recallBound >= targetRecall }
    }

    /// Frames that the first stage was given.
    public var lookedAt = 0
    public var stages: [Stage] = []
    public var audit: Audit?
    /// Those of ``frames`` that were kept without asking the last stage.
    public var heldCount = 0
    /// Frames that the last stage kept, rising.
    public var frames: [Int] = []
    /// What the last stage found in each of ``frames``.
    public var findings: [[CascadeFinding]] = []
    /// What counts of all that models of any stage found, by frame, also of frames that a later stage did not
    /// keep; `nil` where nobody asked for it.
    var recorded: [Int: [CascadeFinding]]?
}
