public import Base

/// One page of samples.
public struct SamplePage: Sendable {
    /// The samples, as documents.
    public var samples: [Document]
    /// All that match, on every page together.
    public var count: Int
}
