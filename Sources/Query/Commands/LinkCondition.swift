/// What an entity must be connected to: one link, or several joined.
public indirect enum LinkCondition: Sendable, Hashable {
    /// By such a connection to an earlier result.
    case link(Link)
    /// By each of them.
    case all([LinkCondition])
    /// By at least one of them.
    case any([LinkCondition])

    /// The links, in the order they were written.
    public var links: [Link] {
        switch self {
        case .link(let link): [link]
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.links)
        }
    }
}

/// A connection to any entity of an earlier result.
public struct Link: Sendable, Hashable {
    /// The number of the earlier result.
    public var reference: Int
    /// Which way the connection goes.
    public var direction: LinkDirection
    /// The connection's class; `nil` for any.
    public var connectionClass: String?
    /// What the connection's properties must be.
    public var filter: Filter

    /// A link to the result `reference`.
    public init(
        _ reference: Int, direction: LinkDirection = .either, connectionClass: String? = nil,
        filter: Filter = .all
    ) {
        self.reference = reference
        self.direction = direction
        self.connectionClass = connectionClass
        self.filter = filter
    }
}

/// Which way a connection goes, seen from the earlier result.
public enum LinkDirection: String, Sendable, Hashable, CaseIterable {
    /// It leaves the earlier result: earlier result → what is looked for.
    case outgoing = "out"
    /// It enters the earlier result: what is looked for → earlier result.
    case incoming = "in"
    /// Either way.
    case either = "any"
}
