import Base
import Driver
import Query

/// Bytes as queries of both dialects: what is refused says why and where, what is read stays as it is when
/// its JSON is written anew, its conditions are put to documents, and a small store carries it out.
@main enum FuzzCommands {
    static func main() throws {
        let rehearsal = try Rehearsal()
        Fuzzer.run { bytes in
            for dialect in CommandDialect.allCases { query(bytes, dialect, rehearsal) }
        }
    }

    private static func query(_ bytes: [UInt8], _ dialect: CommandDialect, _ rehearsal: Rehearsal) {
        let query: CommandQuery
        do throws(CommandError) {
            query = try CommandQuery.parse(bytes, dialect: dialect)
        } catch {
            Fuzzer.require(!error.message.isEmpty, "an error without a message")
            let reply = error.reply(in: dialect)
            Fuzzer.require((try? JSON.parse(reply.json)) == reply, "no JSON: \(reply.json)")
            return
        }
        let again = (try? JSON.parse(bytes)).flatMap { try? CommandQuery.parse($0.json, dialect: dialect) }
        Fuzzer.require(again == query, "another query, written anew")
        Fuzzer.require(query.blobCount <= query.commands.count, "more blobs than commands")
        var numbers: Set<Int> = []
        for (index, command) in query.commands.enumerated() {
            Fuzzer.require(command.index == index, "command \(index) has the index \(command.index)")
            for number in used(by: command) {
                Fuzzer.require(numbers.contains(number), "\(number) is used before it is given")
            }
            if let number = command.reference {
                Fuzzer.require(numbers.insert(number).inserted, "\(number) is given twice")
            }
            for filter in filters(of: command) { put(filter) }
        }
        rehearsal.perform(query, json: bytes)
    }

    /// The numbers of earlier results that a command uses.
    private static func used(by command: Command) -> [Int] {
        switch command.action {
        case .add(let add):
            var numbers = add.connections.map(\.reference)
            if case .connection(_, let source, let destination) = add.content {
                numbers += [source, destination]
            }
            return numbers
        case .find(let find): return used(by: find.selection)
        case .update(let update): return used(by: update.selection) + update.connections.map(\.reference)
        case .delete(let delete): return used(by: delete.selection)
        case .regionIoU(let regions): return [regions.first, regions.second]
        case .extractFrames(let extract): return [extract.video]
        case .getSchema(let schema): return schema.within.map { [$0] } ?? []
        default: return []
        }
    }

    private static func used(by selection: CommandSelection) -> [Int] {
        [selection.within, selection.source, selection.destination, selection.owner].compactMap(\.self)
            + (selection.link?.links.map(\.reference) ?? [])
    }

    private static func filters(of command: Command) -> [Filter] {
        switch command.action {
        case .add(let add): add.ifNotFound.map { [$0] } ?? []
        case .find(let find): [find.selection.filter] + (find.selection.link?.links.map(\.filter) ?? [])
        case .update(let update): [update.selection.filter]
        case .delete(let delete): [delete.selection.filter]
        default: []
        }
    }

    private static func put(_ filter: Filter) {
        // A filter's own language has no spelling for every value, and counts levels otherwise.
        if let again = try? Filter.parse(filter.text) {
            Fuzzer.require(again == filter, "another filter: \(filter.text)")
        }
        for document in documents { _ = filter.matches(document) }
    }

    private static let documents: [Document] = [
        "{}", #"{"a":1,"name":"Ada","_uniqueid":"1.0.1"}"#, #"{"a":[1,"x",null],"name":{"x":1}}"#,
    ].compactMap { try? JSON.parse($0).objectValue }
}
