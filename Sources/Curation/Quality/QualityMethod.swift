/// How labels are scored.
public enum QualityMethod: String, Sendable, CaseIterable {
    /// Boxes, by ``BoxQuality``.
    case objectLab = "objectlab"
    /// Boxes, by ``LabelSetVerdict``: the predicted ones are taken for the truth.
    case regions
    /// Boxes, by ``Agreement/meanBestIoU(_:_:threshold:)``, of boxes of one class.
    case agreement
    /// Classes, by ``ClassQuality/selfConfidence(given:_:)``.
    case selfConfidence = "self-confidence"
    /// Classes, by ``ClassQuality/normalisedMargin(given:_:)``.
    case normalisedMargin = "normalised-margin"
    /// Classes: those that ``ConfidentJoint`` flags are listed, and scored by their self-confidence.
    case confidentLearning = "confident-learning"

    /// What it is, in a line.
    public var summary: String {
        switch self {
        case .objectLab: "boxes: overlooked, badly located and swapped ones (ObjectLab)"
        case .regions: "boxes: those of --predicted are the truth, each given one must lie within a margin"
        case .agreement: "boxes: how well those of two people agree (mean best IoU)"
        case .selfConfidence: "classes: the probability of the given class"
        case .normalisedMargin: "classes: how far the given class lies above the likeliest other"
        case .confidentLearning: "classes: those that count for another class (confident learning)"
        }
    }
}
