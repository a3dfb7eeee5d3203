import ArgumentParser
import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import Server

/// A command about users and roles on its way to the store.
struct AccessCall: Sendable {
    private let store: StoreOption
    private let isJSON: Bool

    init(_ store: StoreOption, _ output: OutputOption) {
        self.store = store
        isJSON = output.json
    }

    /// Has it carried out, and says so.
    func run(_ command: AccessCommand, _ parameters: Document, _ report: String) async throws {
        let answer = try await answer(command, parameters)
        if isJSON { Terminal.print(answer.json) } else { Terminal.report(report) }
    }

    func answer(_ command: AccessCommand, _ parameters: Document) async throws -> Document {
        try await store.withClient { try await answer(command, parameters, $0) }
    }

    func answer(
        _ command: AccessCommand, _ parameters: Document, _ client: StoreClient
    ) async throws -> Document {
        try await client.call("POST", "/v1/access/\(command.rawValue)", parameters)
    }

    /// The objects below `name` that the store answers with.
    func list(_ path: String, _ name: String) async throws -> [Document] {
        let answer = try await store.withClient { try await $0.call("GET", path) }
        return (answer[name]?.arrayValue ?? []).compactMap(\.objectValue)
    }
}

/// Where a password comes from: never the command line, which every user of the machine can read.
struct PasswordOption: ParsableArguments {
    @Flag(help: "Read the password from standard input: its first line.")
    var passwordStdin = false
    @Flag(help: "Take a password that is easily guessed.")
    var allowWeakPassword = false

    /// Adds the password to the parameters of a command.
    /// - Returns: whether there is one.
    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no line of UTF-8.
    func read(into parameters: inout Document) throws -> Bool {
        guard passwordStdin else { return false }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.count <= PasswordOption.longestLine {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, byte != 0x0A else { break }
            line.append(byte)
        }
        if line.last == 0x0D { line.removeLast() }
        guard !line.isEmpty, line.count <= PasswordOption.longestLine,
            let password = String(validating: line, as: UTF8.self)
        else {
            throw EngineError(
                .invalidRequest, "standard input has no password: a line of text is expected there")
        }
        parameters["password"] = .string(password)
        if allowWeakPassword { parameters["allow_weak_password"] = true }
        return true
    }

    private static let longestLine = 4_096
}

/// Permissions as people write and read them.
enum PermissionText {
    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no JSON object.
    static func parameters(_ name: String, _ text: String) throws -> Document {
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(text)
        } catch {
            throw EngineError(.invalidRequest, "the permissions are no JSON: \(error)", cause: error)
        }
        guard let object = value.objectValue, object["name"] == nil else {
            throw EngineError(
                .invalidRequest, "the permissions must be an object of objects, indexes and access_control")
        }
        return Document([("name", .string(name))] + object.members.map { ($0.key, $0.value) })
    }

    /// A line for each part, and for each class that differs.
    static func lines(_ permissions: Document) -> [String] {
        var lines: [String] = []
        for (part, value) in permissions.members {
            let actions = value.objectValue ?? [:]
            let allowed = actions.members.filter { $0.value.booleanValue == true }.map(\.key)
            let text = allowed.count == 4 ? "all" : allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
            lines.append("\(part): \(text)")
            for (name, exception) in actions["classes"]?.objectValue?.members ?? [] {
                let words = (exception.objectValue ?? [:]).members.map { action, value in
                    value.booleanValue == true ? action : "no \(action)"
                }
                lines.append("  \(Terminal.clean(name)): \(words.joined(separator: ", "))")
            }
        }
        return lines
    }
}
