public import Base

/// That a source has looked at an entity, and what came of it, the last time.
///
/// A model that finds nothing leaves no label: this is how one knows that it looked.
public struct Examination: Sendable, Hashable {
    /// What looked, such as `model:yolox-nano@1`.
    public var source: String
    /// What it looked at.
    public var target: EntityID
    /// The run within which it looked, and with which it is forgotten; `nil` for none.
    public var run: RunID?
    /// How many labels it made of the entity.
    public var labelCount: Int
    /// Why it could not look; `nil` where it could.
    public var error: String?
    /// When it looked.
    public var time: DateTime

    public init(
        source: String, target: EntityID, run: RunID?, labelCount: Int, error: String? = nil, time: DateTime
    ) {
        self.source = source
        self.target = target
        self.run = run
        self.labelCount = labelCount
        self.error = error
        self.time = time
    }
}

/// Which examinations are asked for.
public enum ExaminationOutcome: Sendable, Hashable {
    case any
    /// The source could look, whatever it found.
    case succeeded
    /// The source could not look.
    case failed
}
