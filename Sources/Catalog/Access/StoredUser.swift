public import Base

/// A user as the catalog keeps it.
public struct StoredUser: Sendable, Hashable {
    /// Unique among the users that there are; a later user may get the number of one that was removed.
    public var id: Int64
    public var name: String
    /// What a one-way function made of the password, in a form that names the function; `nil` where the user
    /// has none, and logs in with tokens alone.
    public var password: String?
    public var email: String?
    /// The names of the user's roles, sorted.
    public var roles: [String]
    /// The user's tokens, oldest first.
    public var tokens: [StoredToken]
    public var created: DateTime
    /// The commit that changed the user last, in whatever way: a session that began before it is over.
    public var changedCommit: UInt64

    public init(
        id: Int64, name: String, password: String?, email: String?, roles: [String], tokens: [StoredToken],
        created: DateTime, changedCommit: UInt64
    ) {
        self.id = id
        self.name = name
        self.password = password
        self.email = email
        self.roles = roles
        self.tokens = tokens
        self.created = created
        self.changedCommit = changedCommit
    }
}

/// A token of a user, without the token.
public struct StoredToken: Sendable, Hashable {
    /// The SHA-256 of the token's text.
    public var digest: SHA256Digest
    /// The token's first characters, by which people know it.
    public var prefix: String
    public var created: DateTime

    public init(digest: SHA256Digest, prefix: String, created: DateTime) {
        self.digest = digest
        self.prefix = prefix
        self.created = created
    }
}

/// A role as the catalog keeps it: a name for permissions, which are the engine's to read.
public struct StoredRole: Sendable, Hashable {
    public var name: String
    public var permissions: Document

    public init(name: String, permissions: Document) {
        self.name = name
        self.permissions = permissions
    }
}
