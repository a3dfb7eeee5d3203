import Base
import Catalog
import TestSupport
import Testing

@testable import Engine
@testable import Server

/// The declarative cases of filters, sort orders and projections, asked of a server over HTTP.
@Suite struct FilterCaseFaceTests {
    @Test(
        "cases are answered as they say over HTTP, with the request as the body and in the query string",
        arguments: try FilterCaseFile.all())
    func answers(file: FilterCaseFile) async throws {
        try await ServedStore.run { served in
            var names: [String: [String: String]] = [:]
            for test in file.cases where !Self.unstorable.contains(test.name) {
                let documents = test.documents
                if names[documents.name] == nil {
                    names[documents.name] = try add(documents, to: served)
                }
                let ids = try #require(names[documents.name])
                let path = "/v1/entities/\(documents.name)/find"
                check(try await served.answer("POST", path, json: body(of: test)), test, ids)
                check(try await served.answer("GET", "\(path)?\(items(of: test))"), test, ids)
            }
        }
    }

    // MARK: - Private

    /// Cases about documents that no entity is like: a property has a name, without dots (``CatalogName``).
    private static let unstorable: Set = [
        "a key may be empty", "a name between dots may be empty", "a dot in a key is not a path",
    ]

    /// Stores the documents as entities of a class of their own, straight in the catalog: commands hold a
    /// property to one type, and know no nulls; lists of images bring both.
    /// - Returns: their names by their ids.
    private func add(
        _ documents: FilterCaseFile.Documents, to served: ServedStore
    ) throws -> [String: String] {
        try served.store.catalog.write { transaction in
            var names: [String: String] = [:]
            for (name, document) in documents.all {
                names[try transaction.insert(documents.name, document).description] = name
            }
            return names
        }
    }

    private func check(_ answer: RawClient.Answer, _ test: FilterCaseFile.Case, _ ids: [String: String]) {
        if let expected = test.expectedError {
            let error = answer.json?["error"]?.objectValue
            #expect(answer.status == 400, "\(test)")
            // Of a filter the path leads to what is wrong in it; of the rest it names the member.
            let member = test.projection != nil ? "projection" : test.sort != nil ? "sort" : nil
            #expect(error?["code"] == (member == nil ? "invalid_filter" : "invalid_request"), "\(test)")
            if let path = member ?? expected.path { #expect(error?["path"] == .string(path), "\(test)") }
            return
        }
        #expect(answer.status == 200, "\(test): \(answer.text)")
        let entities = (answer.json?["entities"]?.arrayValue ?? []).compactMap(\.objectValue)
        if let names = test.expectedNames, test.projection == nil {
            let found = entities.map { $0["_uniqueid"]?.stringValue.flatMap { ids[$0] } ?? "?" }
            #expect(found == names, "\(test)")
        }
        if let count = test.expectedCount {
            #expect(answer.json?["count"] == .integer(Int64(count)), "\(test)")
        }
        if let documents = test.expectedDocuments {
            #expect(entities.map { Value.object(shown($0, ids)) } == documents, "\(test)")
        }
    }

    /// An entity without its key, which no document has, and with its name as its id.
    private func shown(_ entity: Document, _ ids: [String: String]) -> Document {
        Document(
            entity.members.filter { $0.key != "_key" }.map { key, value in
                guard key == "_uniqueid", let name = value.stringValue.flatMap({ ids[$0] }) else {
                    return (key, value)
                }
                return (key, .string(name))
            })
    }

    /// The request as JSON. A filter that is no JSON goes as text, which is allowed as well.
    private func body(of test: FilterCaseFile.Case) -> String {
        let isJSON = (try? JSON.parse(test.filter)) != nil
        var members = ["\"filter\": \(isJSON ? test.filter : Value.string(test.filter).json)"]
        if let sort = test.sort { members.append("\"sort\": \(Value.string(sort).json)") }
        if let projection = test.projection { members.append("\"projection\": \(projection)") }
        members.append("\"skip\": \(test.skip), \"limit\": \(test.limit), \"count\": true")
        return "{\(members.joined(separator: ", "))}"
    }

    /// The request as a query string.
    private func items(of test: FilterCaseFile.Case) -> String {
        var items = [
            ("filter", test.filter), ("skip", "\(test.skip)"), ("limit", "\(test.limit)"), ("count", "true"),
        ]
        if let sort = test.sort { items.append(("sort", sort)) }
        if let projection = test.projection { items.append(("projection", projection)) }
        return items.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
}
