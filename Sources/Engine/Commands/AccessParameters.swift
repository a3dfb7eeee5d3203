import Base
import Query

/// A command about users and roles, as its parameters stand in a request.
struct AccessParameters {
    let command: AccessCommand
    let parameters: Document

    /// - Returns: `nil` for the commands that begin and renew sessions, which the session layer answers.
    init?(_ command: Query.AccessCommand) throws {
        switch command {
        case .authenticate, .refreshToken: return nil
        case .createRole(let role): (self.command, parameters) = (.createRole, role.parameters)
        case .updateRole(let role): (self.command, parameters) = (.updateRole, role.parameters)
        case .removeRole(let name): (self.command, parameters) = (.removeRole, ["name": .string(name)])
        case .createUser(let user): (self.command, parameters) = (.createUser, try user.parameters())
        case .updateUser(let user): (self.command, parameters) = (.updateUser, try user.parameters())
        case .removeUser(let name): (self.command, parameters) = (.removeUser, ["username": .string(name)])
        case .getUserDetails(let name):
            self.command = .getUserDetails
            parameters = name.map { ["username": .string($0)] } ?? [:]
        case .generateToken: (self.command, parameters) = (.generateToken, [:])
        }
    }
}

extension RoleDefinition {
    fileprivate var parameters: Document {
        var parameters: Document = ["name": .string(name)]
        if let objects { parameters["objects"] = .object(objects.document) }
        if let indexes { parameters["indexes"] = .object(indexes.document) }
        if let accessControl { parameters["access_control"] = .object(accessControl.document) }
        return parameters
    }
}

extension RolePermissions {
    fileprivate var document: Document {
        var document = Document()
        for (name, grant) in [("create", create), ("read", read), ("update", update), ("delete", delete)] {
            switch grant {
            case nil: break
            case .everything(let flag)?: document[name] = .boolean(flag)
            case .classes(let classes)?:
                document[name] = .object(
                    Document(classes.sorted { $0.key < $1.key }.map { ($0.key, .boolean($0.value)) }))
            }
        }
        return document
    }
}

extension UserDefinition {
    fileprivate func parameters() throws -> Document {
        guard addedRoles.isEmpty, removedRoles.isEmpty else {
            throw EngineError(
                .invalidRequest, "roles are given as a whole: use 'roles', with all that the user is to have")
        }
        var parameters: Document = ["username": .string(username)]
        if let password { parameters["password"] = .string(password) }
        if let email { parameters["email"] = .string(email) }
        if let roles { parameters["roles"] = .array(roles.map { .string($0) }) }
        if !addedTokens.isEmpty { parameters["add_tokens"] = .array(addedTokens.map { .string($0) }) }
        if !removedTokens.isEmpty { parameters["remove_tokens"] = .array(removedTokens.map { .string($0) }) }
        return parameters
    }
}
