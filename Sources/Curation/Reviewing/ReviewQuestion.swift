public import Engine

/// Which labels somebody is to be asked about.
public struct ReviewQuestion: Sendable {
    /// Of which entities, in which order, and what the labels must say. Its limit counts labels.
    public var labels: LabelRequest
    public var sample: LabelSample
    /// In `0...100`: of a hundred labels so many whose answer is known.
    public var honeypotPercent: Double
    /// In `0...1`: labels of which reviews so far show that they are right so often need none, and are left
    /// out (``ReviewThreshold``). `nil` to leave none out.
    public var precision: Double?

    public init(
        labels: LabelRequest, sample: LabelSample = LabelSample(), honeypotPercent: Double = 0,
        precision: Double? = nil
    ) {
        self.labels = labels
        self.sample = sample
        self.honeypotPercent = honeypotPercent
        self.precision = precision
    }
}
