import Base
import Catalog
import Logging
import Query

/// Users, roles, and lines for the log.
extension CommandRun {
    func perform(_ access: Query.AccessCommand, _ command: Command) throws -> Document {
        guard let prepared = prepared[command.index] else {
            throw EngineError(
                .invalidRequest, "\(command.name) begins a session, and must be the only command of its query"
            )
        }
        switch ground {
        case .transaction(let transaction): return try prepared.run(in: transaction)
        case .snapshot(let snapshot): return try prepared.run(in: snapshot)
        }
    }

    func log(_ message: UserLogMessage) -> Document {
        // One message is one line of the log, and none that looks like another's.
        let text = message.text.prefix(10_000).escapingControls
        let metadata: Logger.Metadata = ["user": "\(service.principal.name)"]
        switch message.level {
        case .info: service.logger.info("\(text)", metadata: metadata)
        case .warning: service.logger.warning("\(text)", metadata: metadata)
        case .error: service.logger.error("\(text)", metadata: metadata)
        }
        return ["status": 0]
    }
}

extension StringProtocol {
    /// The text with control characters, and what else ends a line or turns the direction of writing, as
    /// escapes of Unicode: `\u{a}`.
    var escapingControls: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                escaped += "\\u{\(String(scalar.value, radix: 16))}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
