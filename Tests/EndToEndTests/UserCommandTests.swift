import Base
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThreads) struct UserCommandTests {
    private let password = "correct horse 1!"

    private func run(_ fovea: Fovea, _ arguments: String..., input: String? = nil) throws -> Fovea.Outcome {
        try fovea.run(arguments, input: input)
    }

    @Test func `users and roles are made, shown, changed and removed`() throws {
        let fovea = try Fovea()
        #expect(try fovea.run("user", "list").errors == "there are no users: 'fovea user add' adds one\n")
        let added = try run(
            fovea, "user", "add", "ann", "--role", "admin", "--password-stdin", input: password + "\n")
        #expect(added.status == 0 && added.errors == "added the user ann\n")
        let role = try run(
            fovea, "role", "add", "looker", #"{"objects": {"read": true, "P": {"read": false}}}"#)
        #expect(role.status == 0)
        let robot = try run(fovea, "user", "add", "robot", "--role", "looker", "--email", "r@example.org")
        #expect(robot.errors.contains("no password"))
        let users = try run(fovea, "user", "list", "--json").lines()
        #expect(users.map { $0["username"] } == ["ann", "robot"])
        #expect(users.map { $0["has_password"] } == [true, false])
        let table = try run(fovea, "user", "list").text.split(separator: "\n")
        #expect(table.count == 3 && table[0].hasPrefix("user") && table[2].contains("r@example.org"))
        let token = try run(fovea, "user", "token", "robot").text.trimmingCharacters(in: .newlines)
        #expect(token.hasPrefix("adbp_") && token.utf8.count == 48)
        let shown = try run(fovea, "user", "show", "robot").text
        #expect(shown.contains(token.prefix(13)) && !shown.contains(token))
        #expect(shown.contains("objects: read\n  P: no read\n") && shown.contains("access_control: none"))
        #expect(try run(fovea, "user", "revoke", "robot", String(token.prefix(13))).status == 0)
        #expect(try run(fovea, "user", "revoke", "robot", String(token.prefix(13))).status == 2)
        #expect(
            try run(fovea, "user", "role", "robot", "reader", "editor").errors == "robot: reader, editor\n")
        #expect(try run(fovea, "user", "role", "robot", "--none").errors == "robot: no role\n")
        #expect(try run(fovea, "role", "change", "looker", #"{"indexes": true}"#).status == 0)
        let roles = try run(fovea, "role", "list").text
        #expect(roles.contains("looker\n  objects: read\n    P: no read\n  indexes: all\n"))
        #expect(roles.contains("admin  (ann)\n"))
        #expect(try run(fovea, "role", "remove", "looker").status == 0)
        #expect(try run(fovea, "user", "remove", "robot").errors == "removed the user robot\n")
        let last = try run(fovea, "user", "remove", "ann")
        #expect(last.status == 2 && last.errors.contains("nobody who may do everything"))
        let audit = try run(fovea, "user", "audit", "--limit", "2", "--json").lines()
        #expect(audit.map { $0["event"] } == ["user_removed", "role_removed"])
        #expect(audit.first?["who"] == .string(NSUserName()))
        #expect(try run(fovea, "verify").status == 0)
    }

    @Test func `a password comes from standard input, keeps the rule, and is told nowhere`() throws {
        let fovea = try Fovea()
        let none = try run(fovea, "user", "add", "ann", "--password-stdin")
        #expect(none.status == 64 && none.errors.contains("standard input has no password"))
        let weak = try run(fovea, "user", "add", "ann", "--password-stdin", input: "admin\n")
        #expect(weak.status == 64 && weak.errors.contains("10 characters, a digit, a symbol"))
        #expect(try run(fovea, "user", "list", "--json").text.isEmpty)
        let allowed = try run(
            fovea, "user", "add", "ann", "--password-stdin", "--allow-weak-password", input: "admin\n")
        #expect(allowed.status == 0)
        let changed = try run(fovea, "user", "password", "ann", "--password-stdin", input: password + "\r\n")
        #expect(changed.status == 0 && !changed.errors.contains(password))
        #expect(try run(fovea, "user", "password", "ann").status == 64)
        let text = try run(fovea, "user", "audit").text
        #expect(!text.contains("admin") && !text.contains("horse") && text.contains("user_changed"))
    }

    @Test func `beside a server the same commands work through it, and count at once`() throws {
        let fovea = try Fovea()
        let server = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"])
        defer { server.process.terminate() }
        #expect(try server.firstLine()?.contains("\"http\"") == true)
        #expect(
            try run(
                fovea, "user", "add", "ann", "--role", "admin", "--password-stdin", input: password + "\n"
            ).status
                == 0)
        #expect(try run(fovea, "user", "list", "--json").lines().map { $0["username"] } == ["ann"])
        #expect(try run(fovea, "user", "token", "ann", "--json").lines().first?["username"] == "ann")
    }

    @Test(
        "what is wrong with a command line is said",
        arguments: [
            (["user", "add", "a b"], 64, "no white space"),
            (["user", "add", "ann", "--role", "x"], 2, "no role 'x'"),
            (["role", "add", "x", "{"], 64, "no JSON"),
            (["role", "add", "x", "[]"], 64, "must be an object"),
            (["role", "add", "x", #"{"object": true}"#], 64, "'object' is no parameter"),
            (["role", "change", "admin", "{}"], 2, "built in"),
            (["user", "show", "eve"], 2, "no user 'eve'"),
            (["user", "role", "ann"], 64, "--none"), (["user", "audit", "--limit", "0"], 64, "from 1 to"),
        ] as [([String], Int32, String)])
    func wrong(arguments: [String], status: Int32, text: String) throws {
        let outcome = try Fovea().run(arguments)
        #expect(outcome.status == status && outcome.errors.contains(text), "\(outcome.errors)")
    }

    @Test func `the help of each command has an example, and lines of at most 80 columns`() throws {
        let fovea = try Fovea()
        let users = ["add", "list", "show", "role", "password", "token", "revoke", "remove", "audit"]
        let roles = ["list", "add", "change", "remove"]
        let commands = [["user"], ["role"]] + users.map { ["user", $0] } + roles.map { ["role", $0] }
        for command in commands {
            let help = try fovea.run(command + ["--help"], environment: ["COLUMNS": "80"]).text
            #expect(help.contains("fovea \(command.joined(separator: " "))"))
            #expect(help.contains("Example"))
            for line in help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
    }
}
