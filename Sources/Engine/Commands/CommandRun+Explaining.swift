import Base
import Catalog
import Query

/// How the commands of a query are answered, without changing anything.
extension CommandRun {
    /// Finds what the commands would find, and tells how: for each command its name, how many it found, and
    /// the steps. What would be added is not there for later commands.
    func explain() throws -> [Document] {
        try query.commands.map { command in
            do {
                try cancellation.check()
                return try translating { try explain(command) }
            } catch let error as EngineError {
                throw CommandFailure(command, error)
            } catch let error as AbortedQuery {
                throw CommandFailure(command, EngineError(.conflict, error.message), status: error.status)
            }
        }
    }

    private func explain(_ command: Command) throws -> Document {
        steps = []
        let start = ContinuousClock.now
        var count: Int?
        switch command.action {
        case .find(let find) where find.neighbours != nil:
            _ = try perform(find, command)
        case .find(let find):
            count = try explain(find.selection, as: find.reference)
        case .update(let update): count = try explain(update.selection, as: update.reference)
        case .delete(let delete): count = try explain(delete.selection, as: nil)
        default:
            if let reference = command.reference { note(FoundSet(), as: reference) }
        }
        var told: Document = ["command": .string(command.name)]
        if let count { told["count"] = .integer(Int64(count)) }
        told["ms"] = .float(((ContinuousClock.now - start) / .microseconds(1)).rounded() / 1_000)
        told["steps"] = .array(steps.map { .object($0.document) })
        return told
    }

    private func explain(_ selection: CommandSelection, as reference: Int?) throws -> Int {
        try read { snapshot in
            let found = try select(selection, in: snapshot)
            note(found, as: reference)
            return found.count
        }
    }
}
