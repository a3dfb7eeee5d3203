import Base
import Query
import TestSupport
import Testing

/// The declarative cases of commands, as far as they go without a store.
@Suite struct CommandCaseTests {
    @Test(
        "queries of the cases parse, or are refused as they say",
        arguments: try CommandCaseFile.all().flatMap(\.cases))
    func parses(test: CommandCaseFile.Case) throws {
        let dialect = try #require(CommandDialect(rawValue: test.dialect))
        for step in test.setup + test.steps {
            for name in step.blobs { #expect(test.blobs[name] != nil, "no blob \(name)") }
            if let expected = step.error {
                let error = #expect(throws: CommandError.self) {
                    _ = try CommandQuery.parse(step.query, dialect: dialect)
                }
                #expect(error?.code.rawValue == expected.code, "\(error?.message ?? "")")
                if let path = expected.path { #expect(error?.path == path) }
                if let error, let reply = step.reply {
                    var pattern = CommandReplyPattern()
                    #expect(pattern.difference(error.reply(in: dialect), reply) == nil)
                }
                continue
            }
            let query = try CommandQuery.parse(step.query, dialect: dialect)
            if query.blobCount == step.blobs.count { continue }
            let error = #expect(throws: CommandError.self) {
                try query.checkBlobs(received: step.blobs.count)
            }
            var pattern = CommandReplyPattern()
            #expect(
                pattern.difference(try #require(error).reply(in: dialect), try #require(step.reply)) == nil)
        }
    }

    @Test func `there are cases of both dialects, each with a name of its own`() throws {
        let cases = try CommandCaseFile.all().flatMap(\.cases)
        for dialect in CommandDialect.allCases {
            let names = cases.filter { $0.dialect == dialect.rawValue }.map(\.name)
            #expect(names.count >= 25)
            #expect(Set(names).count == names.count)
        }
        #expect(cases.allSatisfy { !$0.steps.isEmpty && $0.steps.allSatisfy { $0.reply != nil } })
    }

    @Test func `patterns find what differs`() {
        func difference(_ reply: Value, _ pattern: Value) -> String? {
            var comparison = CommandReplyPattern()
            return comparison.difference(reply, pattern)
        }
        #expect(difference(["a": 1, "b": "x"], ["a": 1.000001, "b": "*text"]) == nil)
        #expect(difference(["a": 1], ["a": 2]) == ".a is 1.0, not 2.0")
        #expect(difference(["a": 1], ["b": "*"]) == ".b is missing")
        #expect(difference(["a": 1, "b": 2], ["a": 1]) == " has b besides")
        #expect(difference(["a": 1, "b": 2], ["a": 1, "...": true]) == nil)
        #expect(difference([1, 2, 3], [1, "..."]) == nil)
        #expect(difference([1, 2], [1]) == " has 2 elements, not 1")
        #expect(difference(["1.0.1", "1.0.1"], ["<id>", "<id>"]) == nil)
        #expect(difference(["1.0.1", "1.0.2"], ["<id>", "<id>"]) != nil)
        #expect(difference([["status": -1]], "*failure") == nil)
        #expect(difference(["status": 0], "*failure") != nil)
        var comparison = CommandReplyPattern()
        _ = comparison.difference(["1.0.1"], ["<id>"])
        #expect(comparison.filled(#"["==", "<id>"]"#) == #"["==", "1.0.1"]"#)
    }
}
