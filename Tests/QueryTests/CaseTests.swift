import Base
import Query
import TestSupport
import Testing

@Suite struct CaseTests {
    @Test("the declarative cases hold", arguments: try FilterCaseFile.all().flatMap(\.cases))
    func holds(test: FilterCaseFile.Case) throws {
        if let expected = test.expectedError {
            let error = #expect(throws: FilterError.self) { _ = try CaseTests.answer(test) }
            #expect(error?.code.rawValue == expected.code, "\(error?.message ?? "")")
            if let path = expected.path { #expect(error?.path == path, "\(error?.message ?? "")") }
            return
        }
        let answer = try CaseTests.answer(test)
        if let names = test.expectedNames { #expect(answer.names == names) }
        if let count = test.expectedCount { #expect(answer.count == count) }
        if let documents = test.expectedDocuments {
            #expect(answer.documents.map { Value.object($0) } == documents)
        }
        #expect(test.expectedNames != nil || test.expectedCount != nil || test.expectedDocuments != nil)
    }

    @Test func `there are cases, each with a name of its own`() throws {
        let names = try FilterCaseFile.all().flatMap(\.cases).map(\.name)
        #expect(names.count > 200)
        #expect(Set(names).count == names.count)
    }

    /// What a scan of the documents answers.
    private static func answer(
        _ test: FilterCaseFile.Case
    ) throws -> (names: [String], documents: [Document], count: Int) {
        let filter = try Filter.parse(test.filter)
        let order = try test.sort.map { try SortOrder.parse($0) } ?? SortOrder()
        let projection = try test.projection.map { try Projection.parse($0) } ?? .all
        let found = test.documents.all.enumerated().filter { filter.matches($0.element.document) }
            .map { (place: $0.offset, name: $0.element.name, document: $0.element.document) }
            .sorted { left, right in
                let decided = order.compare(left.document, right.document)
                return decided == 0 ? left.place < right.place : decided < 0
            }
        let page = found.dropFirst(test.skip).prefix(test.limit == 0 ? .max : test.limit)
        let documents = page.map { item in
            projection.apply(
                to: Document(
                    [("_uniqueid", .string(item.name))] + item.document.members.map { ($0.key, $0.value) }))
        }
        return (page.map(\.name), documents, found.count)
    }
}
