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
        let text = message.text.prefix(10_000)
        let metadata: Logger.Metadata = ["user": "\(service.principal.name)"]
        switch message.level {
        case .info: service.logger.info("\(text)", metadata: metadata)
        case .warning: service.logger.warning("\(text)", metadata: metadata)
        case .error: service.logger.error("\(text)", metadata: metadata)
        }
        return ["status": 0]
    }
}
