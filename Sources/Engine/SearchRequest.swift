public import Query

/// A search by words.
public struct SearchRequest: Sendable {
    public var entityClass: String
    public var text: String
    /// Which entities are looked at.
    public var filter: Filter
    public var skip: Int
    public var limit: Int

    public init(entityClass: String, text: String, filter: Filter, skip: Int = 0, limit: Int = 25) {
        self.entityClass = entityClass
        self.text = text
        self.filter = filter
        self.skip = skip
        self.limit = limit
    }
}

/// What turns texts into vectors, as whoever has a model hands it down.
public struct TextEmbedder: Sendable {
    /// The model's id and version.
    public var model: String
    /// The vector of a text, of length 1. Blocks.
    public var embed: @Sendable (String) throws -> [Float]

    public init(model: String, embed: @escaping @Sendable (String) throws -> [Float]) {
        self.model = model
        self.embed = embed
    }
}
