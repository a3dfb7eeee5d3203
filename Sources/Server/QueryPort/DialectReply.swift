import Base
import Engine
import Query

/// Replies that are made here, in the shapes that clients of each dialect look for.
enum DialectReply {
    /// The whole request failed. ApertureDB's clients know that by an object in the place of an array; VDMS's
    /// by one command that failed, for which `Transaction` stands.
    static func failure(
        _ reason: String, dialect: CommandDialect, status: Int64 = -1, code: String? = nil
    ) -> CommandMessage {
        switch dialect {
        case .aperture:
            var object: Document = ["status": .integer(status), "info": .string(reason)]
            if let code { object["code"] = .string(code) }
            return message(.object(object))
        case .vdms:
            return message([["FailedCommand": "Transaction", "info": .string(reason), "status": -1]])
        }
    }

    /// There is no session, or it has expired: clients log in and ask again. Older ones know it by the text,
    /// newer ones by the code.
    static var unauthenticated: CommandMessage {
        failure("Not Authenticated!", dialect: .aperture, code: "unauthenticated")
    }

    /// What a command of the session layer comes to: an array with one answer.
    static func answer(to command: String, _ result: Document) -> CommandMessage {
        message([.object([command: .object(result)])])
    }

    private static func message(_ value: Value) -> CommandMessage {
        var writer = JSONWriter(capacity: 256)
        writer.write(value)
        return CommandMessage(json: writer.take())
    }
}
