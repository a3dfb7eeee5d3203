import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Manage who may log in, and what they may do.",
        discussion: """
            Users log in over the network. Whoever may open the store's files needs no user: this command \
            line, too.

            Examples:
              fovea user add ann --role admin --password-stdin < password.txt
              fovea user token ann
              fovea user list
              fovea user audit --limit 20
            """,
        subcommands: [
            UserAddCommand.self, UserListCommand.self, UserShowCommand.self, UserRoleCommand.self,
            UserPasswordCommand.self, UserTokenCommand.self, UserRevokeCommand.self,
            UserRemoveCommand.self, UserAuditCommand.self,
        ])
}

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user.",
        usage: "fovea user add <name> [--role <role> ...] [<options>]",
        discussion: """
            Roles that every store has: admin may do everything; editor all but users and roles; reader may \
            look. 'fovea role' makes others. Without --password-stdin the user has no password, and logs in \
            with tokens ('fovea user token').

            Examples:
              fovea user add ann --role admin --password-stdin < password.txt
              fovea user add robot --role reader
            """)

    @Argument(help: "The user's name.")
    var name: String
    @Option(name: .customLong("role"), help: "A role of the user; may be given several times.")
    var roles: [String] = []
    @Option(help: "The user's mail address.")
    var email: String?
    @OptionGroup var password: PasswordOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var parameters: Document = [
            "username": .string(name), "roles": .array(roles.map { .string($0) }),
        ]
        if let email { parameters["email"] = .string(email) }
        let hasPassword = try password.read(into: &parameters)
        let means = hasPassword ? "" : "; no password: 'fovea user token \(name)' makes a token"
        try await AccessCall(store, output).run(
            .createUser, parameters, "added the user \(name)\(means)")
    }
}

struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users.",
        discussion: """
            Example:
              fovea user list --json
            """)

    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let users = try await AccessCall(store, output).list("/v1/users", "users")
        if output.json { return users.forEach { Terminal.print($0.json) } }
        guard !users.isEmpty else { return Terminal.report("there are no users: 'fovea user add' adds one") }
        var table = Table(["user", "roles", "password", "tokens", "email"], rightAligned: [3])
        table.rows = users.map { user in
            [
                EntityTable.text(user["username"]), EntityTable.text(user["roles"]),
                user["has_password"]?.booleanValue == true ? "yes" : "no",
                String(user["tokens"]?.arrayValue?.count ?? 0),
                EntityTable.text(user["email"]?.isNull == true ? nil : user["email"]),
            ]
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct UserShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a user: roles, what they allow, tokens.",
        discussion: """
            Of tokens there is only what they begin with.

            Example:
              fovea user show ann
            """)

    @Argument(help: "The user's name.")
    var name: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var user = try await AccessCall(store, output).answer(.getUserDetails, ["username": .string(name)])
        user["status"] = nil
        if output.json { return Terminal.print(user.json) }
        for (key, value) in user.members where key != "permissions" && !value.isNull {
            Terminal.print("\(key)  \(EntityTable.text(value))")
        }
        for line in PermissionText.lines(user["permissions"]?.objectValue ?? [:]) { Terminal.print(line) }
    }
}

struct UserRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give a user other roles.",
        discussion: """
            The roles named take the place of those that the user has. The user's sessions end.

            Examples:
              fovea user role ann editor
              fovea user role ann reader annotator
              fovea user role ann --none
            """)

    @Argument(help: "The user's name.")
    var name: String
    @Argument(help: "All roles that the user has from now on.")
    var roles: [String] = []
    @Flag(help: "Take all roles away.")
    var none = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if roles.isEmpty != none { throw ValidationError("Name the roles, or say --none.") }
    }

    func run() async throws {
        let list = roles.isEmpty ? "no role" : roles.joined(separator: ", ")
        try await AccessCall(store, output).run(
            .updateUser,
            ["username": .string(name), "roles": .array(roles.map { .string($0) })], "\(name): \(list)")
    }
}

struct UserPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Give a user another password.",
        usage: "fovea user password <name> --password-stdin [<options>]",
        discussion: """
            The user's sessions end; tokens stay good.

            Example:
              fovea user password ann --password-stdin < password.txt
            """)

    @Argument(help: "The user's name.")
    var name: String
    @OptionGroup var password: PasswordOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var parameters: Document = ["username": .string(name)]
        guard try password.read(into: &parameters) else {
            throw ValidationError("Say --password-stdin, and give the password on standard input.")
        }
        try await AccessCall(store, output).run(.updateUser, parameters, "\(name) has a new password")
    }
}

struct UserTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a token that a user can log in with.",
        discussion: """
            It is printed once, and not kept: the store knows only its hash. It is good until it is revoked. \
            The user's sessions end.

            Examples:
              fovea user token robot > robot.token
              export APERTUREDB_KEY=$(fovea user token robot --key localhost:55555)
            """)

    @Argument(help: "The user's name.")
    var name: String
    @Option(help: "Print a key of ApertureDB's clients for the query port at host:port.")
    var key: String?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let name = name
        let call = AccessCall(store, output)
        let address = try key.map { text in
            guard let address = ServerConfiguration.Address(text) else {
                throw ValidationError("--key '\(text)' must be host:port, an IPv6 host in brackets.")
            }
            return address
        }
        let token = try await store.withClient { client in
            let answer = try await call.answer(.generateToken, [:], client)
            guard let token = answer["token"]?.stringValue else {
                throw EngineError(.failed, "the store generated no token")
            }
            _ = try await call.answer(
                .updateUser, ["username": .string(name), "add_tokens": [.string(token)]], client)
            return token
        }
        let authority = store.directory.absolute.appending("tls").appending("ca.pem")
        let key = address.map {
            ApertureKey(address: $0, authority: authority.string, token: token).text
        }
        guard output.json else { return Terminal.print(key ?? token) }
        var line: Document = ["username": .string(name), "token": .string(token)]
        if let key { line["key"] = .string(key) }
        Terminal.print(line.json)
    }
}

struct UserRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a token from a user.",
        discussion: """
            The token is named by its first 13 characters, which 'fovea user show' lists. The user's sessions \
            end.

            Example:
              fovea user revoke robot adbp_Ty7bK2Lq
            """)

    @Argument(help: "The user's name.")
    var name: String
    @Argument(help: "What the token begins with.")
    var token: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await AccessCall(store, output).run(
            .updateUser, ["username": .string(name), "remove_tokens": [.string(token)]],
            "\(name) has that token no more")
    }
}

struct UserRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user, with all tokens and sessions.",
        discussion: """
            The last user who may do everything stays.

            Example:
              fovea user remove ann
            """)

    @Argument(help: "The user's name.")
    var name: String
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        try await AccessCall(store, output).run(
            .removeUser, ["username": .string(name)], "removed the user \(name)")
    }
}

struct UserAuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show the audit log, newest first.",
        discussion: """
            Logins and failed ones, changes of users and roles, and commands that were denied: when, who, and \
            from where. The log keeps its newest 100,000 entries.

            Examples:
              fovea user audit
              fovea user audit --limit 1000 --json
            """)

    @Option(help: "How many entries at most.")
    var limit = 50
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        guard (1...100_000).contains(limit) else {
            throw ValidationError("--limit \(limit) must be from 1 to 100000.")
        }
    }

    func run() async throws {
        let entries = try await AccessCall(store, output).list("/v1/audit?limit=\(limit)", "entries")
        if output.json { return entries.forEach { Terminal.print($0.json) } }
        guard !entries.isEmpty else { return Terminal.report("the audit log is empty") }
        let columns = ["time", "event", "who", "origin", "subject", "details"]
        var table = Table(columns)
        table.rows = entries.map { entry in
            columns.map { name in
                let text = EntityTable.text(entry[name])
                return name == "time" ? String(text.prefix(19)) : text
            }
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}
