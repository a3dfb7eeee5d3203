/// A set of descriptors that entities are joined with, as far as a search by a picture must know it.
public struct EmbeddingSet: Sendable, Hashable {
    public var name: String
    /// The id of the model whose vectors these are: the set's property `model`, or its name.
    public var model: String
    public var dimensions: Int
}
