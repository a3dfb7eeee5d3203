/// Who asks, and what they may do.
public struct Principal: Sendable, Hashable {
    /// How somebody came to be who they are.
    public enum Kind: Sendable, Hashable {
        /// Whoever may open the store's files: the command line, the holder's socket, a server that nobody
        /// has to log in to.
        case owner
        /// A user who has logged in.
        case user
        /// Whoever connects where nobody has to log in, with the permissions of a role.
        case anonymous
    }

    public var kind: Kind
    /// The user's name, or what stands in the audit log instead.
    public var name: String
    /// What all the user's roles allow together.
    public var permissions: Permissions
    /// Where the requests come from, as the audit log has it: a network address, or the name of a socket.
    public var origin: String

    public init(kind: Kind, name: String, permissions: Permissions, origin: String) {
        self.kind = kind
        self.name = name
        self.permissions = permissions
        self.origin = origin
    }

    /// May do everything.
    public static let owner = Principal(kind: .owner, name: "owner", permissions: .all, origin: "local")

    /// - Throws: ``EngineError/Code/forbidden`` unless that may be done with objects of the class.
    public func check(_ action: Permissions.Action, class name: String) throws(EngineError) {
        guard !permissions[class: name].contains(action) else { return }
        throw EngineError(
            .forbidden, "\(self) may not \(action.rawValue) objects of the class '\(name)'")
    }

    /// - Throws: ``EngineError/Code/forbidden`` unless objects of the class may be deleted, and what goes
    ///   with
    ///   them: with a set of descriptors its descriptors.
    public func checkDeletion(ofClass name: String) throws(EngineError) {
        try check(.delete, class: name)
        if Permissions.key(name) == Permissions.key("_DescriptorSet") {
            try check(.delete, class: "_Descriptor")
        }
    }

    /// - Throws: ``EngineError/Code/forbidden`` unless that may be done with objects of every class: what a
    ///   command needs that does not say which class it is about.
    public func checkEverywhere(_ action: Permissions.Action) throws(EngineError) {
        guard !permissions.allowsEverywhere(action) else { return }
        let exceptions = permissions.objects.contains(action) ? "all of the classes" : "objects"
        throw EngineError(.forbidden, "\(self) may not \(action.rawValue) \(exceptions): name a class")
    }

    /// - Throws: ``EngineError/Code/forbidden`` unless that may be done with indexes.
    public func checkIndexes(_ action: Permissions.Action) throws(EngineError) {
        guard !permissions.indexes.contains(action) else { return }
        throw EngineError(.forbidden, "\(self) may not \(action.rawValue) indexes")
    }

    /// - Throws: ``EngineError/Code/forbidden`` unless that may be done with users and roles. Nobody may
    ///   anonymously.
    public func checkAccessControl(_ action: Permissions.Action) throws(EngineError) {
        guard kind == .anonymous || !permissions.accessControl.contains(action) else { return }
        throw EngineError(.forbidden, "\(self) may not \(action.rawValue) users and roles")
    }
}

extension Principal {
    /// As the audit log names them. No user's name has a colon in it.
    var auditName: String { kind == .anonymous ? "anonymous:\(name)" : name }
}

extension Principal: CustomStringConvertible {
    /// As messages name them.
    public var description: String {
        switch kind {
        case .owner: "the owner of the store"
        case .user: "the user '\(name)'"
        case .anonymous: "an anonymous user with the role '\(name)'"
        }
    }
}
