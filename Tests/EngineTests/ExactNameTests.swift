import Base
import TestSupport
import Testing

@testable import Engine

/// Names that Unicode calls equivalent and whose bytes differ: a composed `é`, and `e` with an accent.
@Suite struct ExactNameTests {
    private let composed = "caf\u{e9}", decomposed = "cafe\u{301}"

    @Test func `users of such names have each their own roles and tokens`() async throws {
        let access = try await AccessStore()
        try await access.addUser(composed, roles: ["admin"])
        try await access.addUser(decomposed, roles: ["reader"])
        for (name, create) in [(composed, true), (decomposed, false)] {
            let principal = try await access.principal(try await access.logIn(name))
            #expect(principal.permissions.objects.contains(.create) == create)
            #expect(principal.name.hasSameBytes(as: name))
        }
    }

    @Test func `the schema tells such classes and properties apart`() async throws {
        let client = try await CommandClient()
        let schema = try await client.first(
            """
            [{"AddEntity": {"class": "\(composed)", "properties": {"\(composed)": 1, "\(decomposed)": 2}}},
             {"AddEntity": {"class": "\(decomposed)"}}, {"GetSchema": {}}]
            """, at: 2)
        let classes = try #require(schema["entities"]?.objectValue?["classes"]?.objectValue)
        #expect(classes.count == 2)
        let properties = classes[composed]?.objectValue?["properties"]?.objectValue
        #expect(
            properties?[composed] == [1, false, "Number"] && properties?[decomposed] == [1, false, "Number"])
    }

    @Test func `sums of such properties are told apart`() async throws {
        let client = try await CommandClient()
        let found = try await client.first(
            """
            [{"AddEntity": {"class": "C", "properties": {"\(composed)": 1, "\(decomposed)": 20}}},
             {"FindEntity": {"with_class": "C", "results": {"sum": ["\(composed)", "\(decomposed)"]}}}]
            """, at: 1)
        let sums = found["sum"]?.objectValue
        #expect(sums?[composed] == 1 && sums?[decomposed] == 20)
    }

    @Test func `such labels have each their own votes`() async throws {
        let client = try await CommandClient()
        let zero: [UInt8] = [0, 0, 0, 0], one: [UInt8] = [0, 0, 0x80, 0x3F]
        let reply = try await client.first(
            """
            [{"AddDescriptorSet": {"name": "d", "dimensions": 1}},
             {"AddDescriptor": {"set": "d", "label": "\(composed)"}},
             {"AddDescriptor": {"set": "d", "label": "other"}},
             {"AddDescriptor": {"set": "d", "label": "other"}},
             {"AddDescriptor": {"set": "d", "label": "\(decomposed)"}},
             {"ClassifyDescriptor": {"set": "d", "k_neighbors": 4}}]
            """, [zero, one, one, zero, zero], at: 5)
        #expect(reply["label"] == "other", "two votes against one and one")
    }
}
