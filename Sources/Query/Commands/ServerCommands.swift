/// Whether entities or connections are meant.
public enum IndexTarget: String, Sendable, Hashable, CaseIterable {
    case entity
    case connection
}

/// Which kind of index.
public enum IndexKind: String, Sendable, Hashable, CaseIterable {
    /// For equality, ranges and order.
    case ordered
    /// For parts of texts.
    case trigram
}

/// An index of one property of one class.
public struct IndexDefinition: Sendable, Hashable {
    /// What the class is of.
    public var target: IndexTarget
    /// The class, of the user's own or of the system (`_Image`).
    public var className: String
    /// The property.
    public var property: String
    /// The kind.
    public var kind: IndexKind

    /// Makes a definition.
    public init(target: IndexTarget, className: String, property: String, kind: IndexKind = .ordered) {
        self.target = target
        self.className = className
        self.property = property
        self.kind = kind
    }
}

/// Which indexes `GetIndexes` tells of: those that fit all that is given.
public struct IndexSelection: Sendable, Hashable {
    /// What the class is of.
    public var target: IndexTarget?
    /// The class.
    public var className: String?
    /// The property.
    public var property: String?
    /// The kind.
    public var kind: IndexKind?

    /// All of them.
    public init() {}
}

/// `GetSchema`.
public struct GetSchemaCommand: Sendable, Hashable {
    /// Whether only entities, or only connections, are told of; `nil` for both.
    public var target: IndexTarget?
    /// An earlier result whose classes alone are told of.
    public var within: Int?

    /// The whole schema.
    public init() {}
}

/// `UserLogMessage`.
public struct UserLogMessage: Sendable, Hashable {
    /// How grave it is.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
    }

    /// The line.
    public var text: String
    /// How grave it is.
    public var level: Level

    /// Makes a message.
    public init(_ text: String, level: Level = .info) {
        self.text = text
        self.level = level
    }
}
