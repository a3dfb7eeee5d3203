import Base
public import Catalog
import Engine
public import Media

/// Something that looks at pictures and says what it sees: a model, or taggers.
public protocol Examiner: Sendable {
    /// What kind of run its labels make: `model` or `tagger`.
    var kind: String { get }
    /// What the run names as its source.
    var source: String { get }
    /// What its labels name as their sources.
    var sources: [String] { get }
    /// The set that its vectors go to; `nil` where it gives none.
    var descriptorSet: String? { get }
    /// How many pictures it looks at at the same time.
    var concurrency: Int { get }

    /// What each of ``sources`` says of a picture, in their order. Computes, and blocks its thread.
    /// - Throws: where it cannot look.
    func examine(_ picture: Raster) throws -> [Finding]
}

/// What a source says of a picture.
public struct Finding: Sendable {
    public var labels: [NewLabel]
    public var vector: [Float]?

    public init(labels: [NewLabel] = [], vector: [Float]? = nil) {
        self.labels = labels
        self.vector = vector
    }
}
