import Base
import Engine
import Query
import TestSupport
import Testing

/// The declarative cases of commands, asked of a store in this process.
@Suite struct CommandCaseRunTests {
    @Test("cases are answered as they say", arguments: try CommandCaseFile.all().flatMap(\.cases))
    func answers(test: CommandCaseFile.Case) async throws {
        let dialect = try #require(CommandDialect(rawValue: test.dialect))
        let temporary = try await TemporaryStore()
        var pattern = CommandReplyPattern()
        func ask(_ step: CommandCaseFile.Step) async throws -> (reply: Value, blobs: [[UInt8]]) {
            let blobs = try step.blobs.map { try #require(test.blobs[$0], "no blob \($0)") }
            let answer = await temporary.store.answer(
                CommandMessage(json: Array(pattern.filled(step.query).utf8), blobs: blobs), dialect: dialect,
                principal: .owner)
            return (try JSON.parse(answer.json), answer.blobs)
        }
        for step in test.setup {
            let reply = try await ask(step).reply
            #expect(!reply.json.contains("\"status\":-"), "\(reply.json)")
        }
        for step in test.steps {
            let (reply, blobs) = try await ask(step)
            if let expected = step.reply {
                let difference = pattern.difference(reply, expected)
                #expect(difference == nil, "\(test.place): \(difference ?? "") in \(reply.json)")
            }
            guard let names = step.returned else { continue }
            #expect(blobs.count == names.count, "\(test.place)")
            for (blob, name) in zip(blobs, names) where name != "*" {
                #expect(blob == test.blobs[name], "\(test.place): blob \(name)")
            }
        }
    }
}
