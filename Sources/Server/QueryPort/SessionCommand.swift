import Base

/// A request that begins a session: `Authenticate` or `RefreshToken`, which stand alone in their message and
/// are answered before anybody is known.
enum SessionCommand: Equatable {
    case password(username: String, password: String)
    case token(username: String?, token: String)
    case refresh(token: String)

    /// What is wrong with a request that would be one.
    struct Fault: Error, Equatable {
        var message: String
    }

    static let authenticate = "Authenticate"
    static let refreshToken = "RefreshToken"
    /// More than any name, password and token need.
    private static let longest = 64 << 10

    /// The command that a request is, by its first word; `nil` where it is another one. Looks at no more than
    /// that.
    static func name(in json: [UInt8]) -> String? {
        var rest = json[...]
        for punctuation in [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\"")] {
            rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
            guard rest.popFirst() == punctuation else { return nil }
        }
        return [authenticate, refreshToken].first { rest.starts(with: Array("\($0)\"".utf8)) }
    }

    /// Reads a request that ``name(in:)`` says is one.
    init(_ name: String, json: [UInt8]) throws(Fault) {
        let value: Value
        do {
            value = try JSON.parse(json, limits: JSON.Limits(byteCount: SessionCommand.longest, depth: 8))
        } catch {
            throw Fault(message: "the query is no JSON: \(error)")
        }
        guard let commands = value.arrayValue, commands.count == 1, let command = commands[0].objectValue,
            command.count == 1, let parameters = command[name]?.objectValue
        else { throw Fault(message: "\(name) must be the only command of its query") }
        func text(_ key: String) throws(Fault) -> String? {
            switch parameters[key] {
            case nil, .null: return nil
            case .string(let text): return text
            default: throw Fault(message: "\(name): '\(key)' must be text")
            }
        }
        if name == SessionCommand.refreshToken {
            guard let token = try text("refresh_token") else {
                throw Fault(message: "RefreshToken needs a 'refresh_token'")
            }
            self = .refresh(token: token)
            return
        }
        let username = try text("username").flatMap { $0.isEmpty ? nil : $0 }
        switch (try text("password"), try text("token")) {
        case (let password?, nil):
            guard let username else { throw Fault(message: "Authenticate needs a 'username'") }
            self = .password(username: username, password: password)
        case (nil, let token?): self = .token(username: username, token: token)
        default: throw Fault(message: "Authenticate needs either a 'password' or a 'token'")
        }
    }
}
