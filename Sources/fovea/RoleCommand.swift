import ArgumentParser
import Base
import Engine
import Server

struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Manage roles: names for what users may do.",
        discussion: """
            Every store has the roles admin, editor and reader, which stay as they are. What a role does not \
            name is denied. Permissions are JSON: 'objects' (entities, images, connections, descriptors), \
            'indexes' and 'access_control' (users and roles), each true, false, or an object of create, read, \
            update and delete; 'objects' may name classes.

            Examples:
              fovea role list
              fovea role add looker '{"objects": {"read": true}}'
              fovea role change looker '{"indexes": {"read": true}}'
              fovea role remove looker
            """,
        subcommands: [
            RoleListCommand.self, RoleAddCommand.self, RoleChangeCommand.self, RoleRemoveCommand.self,
        ])
}

struct RoleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the roles, what they allow, and who has them.",
        discussion: """
            Example:
              fovea role list --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let roles = try await AccessCall(store, output).list("/v1/roles", "roles")
        if output.json { return roles.forEach { Terminal.print($0.json) } }
        for role in roles {
            let users = EntityTable.text(role["users"])
            Terminal.print("\(EntityTable.text(role["name"]))\(users.isEmpty ? "" : "  (\(users))")")
            for line in PermissionText.lines(role["permissions"]?.objectValue ?? [:]) {
                Terminal.print("  \(line)")
            }
        }
    }
}

struct RoleAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a role.",
        discussion: """
            Example:
              fovea role add looker '{"objects": {"read": true}}'
            """)

    @Argument(help: "The role's name.")
    var name: String
    @Argument(help: "What it allows, as JSON.")
    var permissions: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await AccessCall(store, output).run(
            .createRole, try PermissionText.parameters(name, permissions), "added the role \(name)")
    }
}

struct RoleChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change what a role allows.",
        discussion: """
            What is not named stays as it is. It acts on the next request of everybody who has the role.

            Example:
              fovea role change looker '{"objects": {"Person": {"read": true}}}'
            """)

    @Argument(help: "The role's name.")
    var name: String
    @Argument(help: "What changes, as JSON.")
    var permissions: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await AccessCall(store, output).run(
            .updateRole, try PermissionText.parameters(name, permissions), "changed the role \(name)")
    }
}

struct RoleRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a role, and take it from all who have it.",
        discussion: """
            Example:
              fovea role remove looker
            """)

    @Argument(help: "The role's name.")
    var name: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await AccessCall(store, output).run(
            .removeRole, ["name": .string(name)], "removed the role \(name)")
    }
}
