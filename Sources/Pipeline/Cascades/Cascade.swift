/// Models in a row, cheap ones first, each of which looks only at the frames that the one before kept.
///
/// The models of the last stage say what is so. Those before them save it work, and may drop frames that it
/// would have kept; how many at most is stated by ``targetRecall``, and held by ``CascadeRun``.
public struct Cascade: Sendable, Hashable {
    /// Class names, and whether they are the ones that count or the ones that do not.
    public struct ClassRestriction: Sendable, Hashable {
        public var classes: Set<String>
        public var keeps: Bool

        public init(_ classes: Set<String>, keeps: Bool = true) {
            self.classes = classes
            self.keeps = keeps
        }

        /// Whether a class counts.
        public func allows(_ name: String) -> Bool { classes.contains(name) == keeps }
    }

    /// Something that looks at a frame.
    public struct Model: Sendable, Hashable {
        /// `motion`, or the id of a model.
        public var name: String
        public var version: String?
        /// What a finding's confidence must be at the least for a frame to be kept.
        public var threshold: Double
        /// Which of its findings count; `nil` for all.
        public var finding: ClassRestriction?
        /// What models of earlier stages must have found in a frame for it to be looked at; `nil` for
        /// anything. Of no consequence where none of them gives classes.
        public var taking: ClassRestriction?

        public init(
            _ name: String, version: String? = nil, threshold: Double, finding: ClassRestriction? = nil,
            taking: ClassRestriction? = nil
        ) {
            self.name = name
            self.version = version
            self.threshold = threshold
            self.finding = finding
            self.taking = taking
        }
    }

    /// Models that look at the same frames: what one of them keeps is kept.
    public struct Stage: Sendable, Hashable {
        public var models: [Model]

        public init(_ models: [Model]) { self.models = models }

        /// The names of its models.
        public var name: String { models.map(\.name).joined(separator: "+") }
    }

    /// The name of the stage that pixels and packets decide.
    public static let motion = "motion"

    public var name: String
    /// At least one, each with at least one model.
    public var stages: [Stage]
    /// How many of the frames that the last stage would keep are to be found at the least, in `0..<1`; `nil`
    /// where nothing is promised, and nothing of what was dropped is looked at again.
    public var targetRecall: Double?
    /// How sure that is to be, in `0.5..<1`.
    public var confidence: Double
    public var seed: UInt64
    /// Frames a second that are looked at; `nil` for all.
    public var framesPerSecond: Double?
    /// Between two frames that are kept and at most so many seconds apart, all are kept without asking the
    /// last stage; 0 for asking about each.
    public var hold: Double

    public init(
        name: String = "", stages: [Stage], targetRecall: Double? = nil, confidence: Double = 0.95,
        seed: UInt64 = 0,
        framesPerSecond: Double? = nil, hold: Double = 0
    ) {
        self.name = name
        self.stages = stages
        self.targetRecall = targetRecall
        self.confidence = confidence
        self.seed = seed
        self.framesPerSecond = framesPerSecond
        self.hold = hold
    }
}
