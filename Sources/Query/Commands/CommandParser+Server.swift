import Base

/// Commands about the server: indexes, the schema, the log, users and roles.
extension CommandParser {
    func bindServerCommand(
        _ binding: CommandBinding, _ arguments: CommandArguments
    ) throws(CommandError) -> CommandAction {
        switch binding {
        case .createIndex: return .createIndex(try index(arguments))
        case .removeIndex: return .removeIndex(try index(arguments))
        case .getIndexes:
            var selection = IndexSelection()
            selection.target = arguments.word("target", as: IndexTarget.self)
            selection.className = arguments.text("class")
            selection.property = arguments.text("property")
            selection.kind = arguments.word("kind", as: IndexKind.self)
            return .getIndexes(selection)
        case .getSchema:
            var schema = GetSchemaCommand()
            schema.target = arguments.text("type").map { $0.hasPrefix("entit") ? .entity : .connection }
            schema.within = try reference("ref", arguments, to: .selection(.entity))
            return .getSchema(schema)
        case .deleteExpired: return .deleteExpired(try results(arguments))
        case .userLogMessage:
            let level = arguments.word("type", as: UserLogMessage.Level.self)
            return .userLogMessage(UserLogMessage(arguments.text("text") ?? "", level: level ?? .info))
        case .getStatus: return .getStatus
        default: return .access(try accessCommand(binding, arguments))
        }
    }

    /// An index, by the names of clients up to 0.4 or of later ones.
    private func index(_ arguments: CommandArguments) throws(CommandError) -> IndexDefinition {
        func given(_ name: String, _ older: String) throws(CommandError) -> String {
            guard !(arguments.has(name) && arguments.has(older)) else {
                throw arguments.invalid(older, "\(older) is the old name of \(name); give one of them")
            }
            guard let text = arguments.text(name) ?? arguments.text(older) else {
                throw arguments.place.commandError(.missingParameter, "an index needs \(name)")
            }
            return text
        }
        let target = try given("target", "index_type")
        return IndexDefinition(
            target: target == "entity" ? .entity : .connection, className: arguments.text("class") ?? "",
            property: try given("property", "property_key"),
            kind: arguments.word("kind", as: IndexKind.self) ?? .ordered)
    }

    // MARK: - Access

    private func accessCommand(
        _ binding: CommandBinding, _ arguments: CommandArguments
    ) throws(CommandError) -> AccessCommand {
        switch binding {
        case .authenticate: return try authenticate(arguments)
        case .refreshToken: return .refreshToken(arguments.text("refresh_token") ?? "")
        case .createRole: return .createRole(try role(arguments))
        case .updateRole: return .updateRole(try role(arguments))
        case .removeRole: return .removeRole(name: arguments.text("name") ?? "")
        case .createUser: return .createUser(user(arguments))
        case .updateUser: return .updateUser(user(arguments))
        case .removeUser: return .removeUser(username: arguments.text("username") ?? "")
        case .getUserDetails: return .getUserDetails(username: arguments.text("username"))
        default: return .generateToken
        }
    }

    private func authenticate(_ arguments: CommandArguments) throws(CommandError) -> AccessCommand {
        let (password, token) = (arguments.text("password"), arguments.text("token"))
        let username = arguments.text("username")
        switch (password, token) {
        case (let password?, nil):
            guard username != nil else {
                throw arguments.place.commandError(
                    .missingParameter, "a password is given with its username")
            }
            return .authenticate(username: username, credential: .password(password))
        case (nil, let token?): return .authenticate(username: username, credential: .token(token))
        default:
            throw arguments.place.commandError(
                .invalidParameter, "Authenticate takes either a password or a token")
        }
    }

    private func user(_ arguments: CommandArguments) -> UserDefinition {
        var user = UserDefinition(username: arguments.text("username") ?? "")
        user.password = arguments.text("password")
        user.email = arguments.text("email")
        user.roles = arguments.texts("roles")
        user.addedRoles = arguments.texts("add_roles") ?? []
        user.removedRoles = arguments.texts("remove_roles") ?? []
        user.addedTokens = arguments.texts("add_tokens") ?? []
        user.removedTokens = arguments.texts("remove_tokens") ?? []
        return user
    }

    private func role(_ arguments: CommandArguments) throws(CommandError) -> RoleDefinition {
        var role = RoleDefinition(name: arguments.text("name") ?? "")
        role.objects = try permissions("objects", arguments)
        role.indexes = try permissions("indexes", arguments)
        role.accessControl = try permissions("access_control", arguments)
        return role
    }

    private func permissions(
        _ name: String, _ arguments: CommandArguments
    ) throws(CommandError) -> RolePermissions? {
        if let all = arguments.boolean(name) { return RolePermissions(all: .everything(all)) }
        guard let block = arguments.block(name) else { return nil }
        var permissions = RolePermissions()
        for (action, value) in block.document.members {
            let place = block.place.key(action)
            let grant = try grant(value, at: place)
            switch action {
            case "create": permissions.create = grant
            case "read": permissions.read = grant
            case "update": permissions.update = grant
            case "delete": permissions.delete = grant
            default:
                throw place.commandError(
                    .unknownParameter, "a role may create, read, update and delete, not \(shortened(action))")
            }
        }
        return permissions
    }

    private func grant(_ value: Value, at place: Place) throws(CommandError) -> RoleGrant {
        switch value {
        case .boolean(let flag): return .everything(flag)
        case .object(let document):
            var classes: [String: Bool] = [:]
            for (name, flag) in document.members {
                guard case .boolean(let allowed) = flag else {
                    throw place.key(name).commandError(
                        .invalidParameter, "true or false, this is \(flag.kindWithArticle)")
                }
                classes[name] = allowed
            }
            return .classes(classes)
        default:
            throw place.commandError(
                .invalidParameter, "true, false or {\"Class\": true, …}, this is \(value.kindWithArticle)")
        }
    }
}
