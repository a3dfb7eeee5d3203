import Base

/// The parameters of a command about users and roles.
struct AccessRequest: Sendable {
    /// Of the user or the role.
    var name: String?
    /// As it came, and then its hash.
    var password: String?
    var email: String?
    var roles: [String]?
    var addedTokens: [AccessToken] = []
    /// What the tokens begin with.
    var removedTokens: [String] = []
    /// What a role may do.
    var permissions = Document()

    private static let tokenLimit = 100
    private static let roleLimit = 100

    /// - Throws: ``EngineError/Code/invalidRequest`` with the path of what is wrong.
    init(_ command: AccessCommand, _ parameters: Document) throws(EngineError) {
        let isOfRole = command.isOfRole
        let known: [String] =
            switch command {
            case .createRole, .updateRole: ["name"] + Permissions.parts
            case .removeRole: ["name"]
            case .createUser, .updateUser:
                ["username", "password", "email", "roles", "add_tokens", "remove_tokens"]
            case .removeUser, .getUserDetails: ["username"]
            case .generateToken: []
            }
        if let unknown = parameters.keys.first(where: { !known.contains($0) }) {
            let there = known.isEmpty ? "none" : known.joined(separator: ", ")
            throw EngineError(
                .invalidRequest,
                "'\(unknown.prefix(100))' is no parameter of \(command.rawValue); there are: \(there)",
                path: String(unknown.prefix(100)))
        }
        let key = isOfRole ? "name" : "username"
        name = try AccessRequest.text(key, in: parameters)
        if let name {
            // Whom a later version of the rule would not admit can still be changed and removed.
            let isNew = command == .createUser || command == .createRole
            if isNew { try AccessRequest.check(name: name, path: key) }
        } else if command != .getUserDetails, command != .generateToken {
            throw EngineError(.invalidRequest, "\(command.rawValue) needs '\(key)'", path: key)
        }
        password = try AccessRequest.text("password", in: parameters)
        email = try AccessRequest.text("email", in: parameters)
        if let email, email.utf8.count > 320 || email.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw EngineError(.invalidRequest, "'email' is no address", path: "email")
        }
        roles = try AccessRequest.texts("roles", in: parameters, limit: AccessRequest.roleLimit)
        let added =
            try AccessRequest.texts("add_tokens", in: parameters, limit: AccessRequest.tokenLimit) ?? []
        for (index, text) in added.enumerated() {
            addedTokens.append(try .user(text, path: "add_tokens[\(index)]"))
        }
        let removed =
            try AccessRequest.texts("remove_tokens", in: parameters, limit: AccessRequest.tokenLimit) ?? []
        removedTokens = removed.map(AccessToken.prefix)
        if isOfRole {
            permissions = parameters
            permissions["name"] = nil
        }
    }

    // MARK: - Private

    /// What a name must be like that people type, programs quote, and HTTP's Basic scheme can carry.
    private static func check(name: String, path: String) throws(EngineError) {
        let isAllowed = name.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0 != ":" && $0.value != 0x7F && !$0.properties.isWhitespace
                && !$0.properties.isBidiControl && $0.properties.generalCategory != .control
        }
        guard (1...64).contains(name.utf8.count), name.utf8.first != UInt8(ascii: "_"), isAllowed else {
            throw EngineError(
                .invalidRequest,
                "a name has 1 to 64 bytes, no white space, no colon, and no underscore at its beginning",
                path: path)
        }
    }

    private static func text(_ key: String, in parameters: Document) throws(EngineError) -> String? {
        guard let value = parameters[key] else { return nil }
        guard let text = value.stringValue else {
            // The value may be a password: it is not repeated.
            throw EngineError(.invalidRequest, "'\(key)' must be a text", path: key)
        }
        return text
    }

    private static func texts(
        _ key: String, in parameters: Document, limit: Int
    ) throws(EngineError) -> [String]? {
        guard let value = parameters[key] else { return nil }
        guard let elements = value.arrayValue, elements.count <= limit else {
            throw EngineError(.invalidRequest, "'\(key)' must be a list of at most \(limit) texts", path: key)
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.stringValue else {
                throw EngineError(
                    .invalidRequest, "'\(key)' must be a list of texts", path: "\(key)[\(index)]")
            }
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }
}

extension AccessCommand {
    fileprivate var isOfRole: Bool { [.createRole, .updateRole, .removeRole].contains(self) }
}

extension Principal {
    /// Whether it is that user.
    func isUser(_ name: String) -> Bool { kind == .user && self.name == name }

    /// - Throws: ``EngineError/Code/invalidRequest`` where it is no user.
    func ownName() throws(EngineError) -> String {
        guard kind == .user else {
            throw EngineError(.invalidRequest, "'username' must be given", path: "username")
        }
        return name
    }
}
