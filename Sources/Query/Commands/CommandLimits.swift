/// What a query of commands may cost. All limits hold before memory is taken.
public struct CommandLimits: Sendable, Hashable {
    /// Bytes of the JSON text.
    public var byteCount = 64 << 20
    /// Arrays and objects within one another.
    public var depth = 160
    /// Values of the JSON text, those within others included.
    public var valueCount = 4_000_000
    /// Commands of one query.
    public var commandCount = 10_000
    /// Conditions of one command, those on its connections included.
    public var conditionCount = 10_000
    /// Elements of one list: of values, of names, of vertices, of frames, and any within a property.
    public var listCount = 1_000_000
    /// UTF-8 bytes of one name: of a class, a property, a set, a role, a user.
    public var nameByteCount = 256
    /// Properties of one object.
    public var propertyCount = 10_000
    /// Links within one another, and groups of conditions within one another.
    public var nesting = 64
    /// Neighbours that one search may ask for.
    public var neighbourCount = 1_000_000

    /// The limits as they are shown; change those that should differ.
    public init() {}
}
