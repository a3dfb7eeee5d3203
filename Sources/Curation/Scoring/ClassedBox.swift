public import Annotations

/// A box with what it is said to show.
public struct ClassedBox: Sendable, Hashable {
    public var box: Box
    /// The place of the class in a list of the caller's.
    public var classIndex: Int
    /// In `0...1`; 1 where whoever labelled gave none.
    public var confidence: Double

    public init(_ box: Box, _ classIndex: Int, confidence: Double = 1) {
        self.box = box
        self.classIndex = classIndex
        self.confidence = confidence
    }
}
