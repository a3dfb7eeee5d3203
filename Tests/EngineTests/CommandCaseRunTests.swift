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
        let differences = try await test.differences { json, blobs in
            let answer = await temporary.store.answer(
                CommandMessage(json: json, blobs: blobs), dialect: dialect, principal: .owner)
            return (try JSON.parse(answer.json), answer.blobs)
        }
        #expect(differences == [])
    }
}
