public import Base
public import Query

/// Which entities are to be deleted or purged, and who wants it.
public struct DeletionRequest: Sendable {
    /// How the entities are named.
    public enum Target: Sendable {
        case ids([EntityID])
        /// Those that match when the request is looked at.
        case filter(Filter)
    }

    public var entityClass: String
    public var target: Target
    /// Whether to say only how many there are.
    public var isDryRun: Bool
    /// What the tombstones name: a user, or the face that the request came by.
    public var who: String

    /// Whether the filter is `{}`, or says as little: then all entities of the class go.
    public var isOfEverything: Bool {
        if case .filter(let filter) = target { filter.isOfEverything } else { false }
    }

    public init(entityClass: String, target: Target, isDryRun: Bool = false, by who: String) {
        self.entityClass = entityClass
        self.target = target
        self.isDryRun = isDryRun
        self.who = who
    }
}

extension Filter {
    fileprivate var isOfEverything: Bool {
        switch self {
        case .all: true
        case .and(let parts): parts.allSatisfy(\.isOfEverything)
        case .or(let parts): parts.contains(where: \.isOfEverything)
        case .nor, .not, .field: false
        }
    }
}
