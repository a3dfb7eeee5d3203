/// Sessions, users, roles and tokens.
public enum AccessCommand: Sendable, Hashable {
    /// `Authenticate`: opens a session, by password or by token.
    case authenticate(username: String?, credential: Credential)
    /// `RefreshToken`: goes on with a session.
    case refreshToken(String)
    /// `CreateRole`.
    case createRole(RoleDefinition)
    /// `UpdateRole`: what is given replaces what was.
    case updateRole(RoleDefinition)
    /// `RemoveRole`.
    case removeRole(name: String)
    /// `CreateUser`.
    case createUser(UserDefinition)
    /// `UpdateUser`: what is given replaces what was.
    case updateUser(UserDefinition)
    /// `RemoveUser`.
    case removeUser(username: String)
    /// `GetUserDetails`; without a name, of who asks.
    case getUserDetails(username: String?)
    /// `GenerateToken`.
    case generateToken

    /// What opens a session.
    public enum Credential: Sendable, Hashable {
        case password(String)
        case token(String)
    }

    /// Whether it changes what the store keeps of users and roles.
    public var changesStore: Bool {
        switch self {
        case .authenticate, .refreshToken, .getUserDetails: false
        default: true
        }
    }
}

/// A user, or what is to change of one: `nil` and empty lists leave as it is.
public struct UserDefinition: Sendable, Hashable {
    /// Who.
    public var username: String
    /// The password.
    public var password: String?
    /// The address.
    public var email: String?
    /// The roles, all of them.
    public var roles: [String]?
    /// Roles besides those there are.
    public var addedRoles: [String] = []
    /// Roles taken away.
    public var removedRoles: [String] = []
    /// Tokens that open a session for this user.
    public var addedTokens: [String] = []
    /// Tokens that no longer do, by their first 13 characters or whole.
    public var removedTokens: [String] = []

    /// A user of that name.
    public init(username: String) { self.username = username }
}

/// A role, or what is to change of one: `nil` leaves as it is, and denies in a new role.
public struct RoleDefinition: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// What it may do with entities and connections.
    public var objects: RolePermissions?
    /// What it may do with indexes.
    public var indexes: RolePermissions?
    /// What it may do with users and roles.
    public var accessControl: RolePermissions?

    /// A role of that name.
    public init(name: String) { self.name = name }
}

/// What a role may do with one kind of thing; `nil` leaves as it is, and denies in a new role.
public struct RolePermissions: Sendable, Hashable {
    public var create: RoleGrant?
    public var read: RoleGrant?
    public var update: RoleGrant?
    public var delete: RoleGrant?

    /// Nothing said yet.
    public init() {}

    /// The same for all four.
    public init(all: RoleGrant) {
        create = all
        read = all
        update = all
        delete = all
    }
}

/// Whether something is allowed.
public enum RoleGrant: Sendable, Hashable {
    /// For every class, or for none.
    case everything(Bool)
    /// For the classes named; others are denied.
    case classes([String: Bool])
}
