import Catalog

/// A name for permissions that users can be given.
public struct Role: Sendable, Hashable {
    public var name: String
    public var permissions: Permissions
    /// Whether it is one of those that every store has, which stay as they are.
    public var isBuiltIn: Bool

    public init(name: String, permissions: Permissions, isBuiltIn: Bool = false) {
        self.name = name
        self.permissions = permissions
        self.isBuiltIn = isBuiltIn
    }

    /// The roles that every store has: `admin` may do everything, `editor` everything with objects and
    /// indexes, `reader` may read both.
    public static let builtIn = [
        Role(name: "admin", permissions: .all, isBuiltIn: true),
        Role(name: "editor", permissions: Permissions(objects: .all, indexes: .all), isBuiltIn: true),
        Role(name: "reader", permissions: Permissions(objects: .read, indexes: .read), isBuiltIn: true),
    ]

    static func builtIn(_ name: String) -> Role? { builtIn.first { $0.name == name } }

    /// - Throws: ``EngineError/Code/corrupt`` where the stored permissions are none.
    init(_ stored: StoredRole) throws(EngineError) {
        self.init(name: stored.name, permissions: .none)
        do throws(EngineError) {
            try permissions.apply(stored.permissions)
        } catch {
            throw EngineError(.corrupt, "the role '\(stored.name)' cannot be read: \(error)", cause: error)
        }
    }
}
