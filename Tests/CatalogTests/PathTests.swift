import Base
import Catalog
import Columns
import Testing

/// The candidates that dotted paths lead to, after MongoDB's rules.
@Suite struct PathTests {
    /// `é` as one scalar, and as `e` with an accent: the same to `String`, and others to whoever wrote them.
    @Test func `names that look alike are different classes, properties and parts of a path`() throws {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        var locals: [LocalID] = []
        func check(_ catalog: Catalog) throws {
            try catalog.read { snapshot in
                for (index, name) in [composed, decomposed].enumerated() {
                    let number = Int64(index + 1)
                    let known = try #require(snapshot.schema.entityClass(name))
                    #expect(Array(known.name.utf8) == Array(name.utf8))
                    #expect(known[composed]?.name.utf8.count == 2)
                    #expect(known[decomposed]?.name.utf8.count == 3)
                    let nested = try #require(known["nested"])
                    for (part, offset) in [(composed, Int64(10)), (decomposed, 20)] {
                        let path = try snapshot.path(known, nested, [part])
                        #expect(path.values.values(at: locals[index]) == [.integer(number + offset)])
                    }
                }
            }
            #expect(try catalog.findings() == [])
        }
        locals = try catalog.write { transaction in
            try [(composed, Int64(1)), (decomposed, 2)].map { name, number in
                try transaction.insert(
                    name,
                    Document([
                        (composed, .integer(number)), (decomposed, .string("x")),
                        (
                            "nested",
                            .object(
                                Document([
                                    (composed, .integer(number + 10)), (decomposed, .integer(number + 20)),
                                ]))
                        ),
                    ])
                ).local
            }
        }
        try check(catalog)
        catalog.close()
        let again = try Catalog.open(store.directory)
        try check(again)
        again.close()
    }

    @Test(
        "candidates of a path",
        arguments: [
            // value of the property `a`, rest of the path, scalars, other candidates
            ([4], "b", [], []),
            (["b": 4], "b", [4], []),
            (["c": 4], "b", [], [.missing]),
            ([1, "x", .null, [2]], "", [1, "x"], [.null, .array]),
            ([], "", [], [.array]),
            (["b": 1], "", [], [.object]),
            ([5, [2, 4]], "1", [], [.array]),
            ([5, [["b": 4]]], "1.b", [4], []),
            ([5, ["1": 4]], "1", [4], [.object]),
            ([["b": 1], ["c": 2], 7], "b", [1], [.missing]),
            ([[["classname": "cat"]]], "classname", [], []),
            ([[["classname": "cat"]]], "0.classname", ["cat"], []),
            ([["b": [1, 2]], ["b": 3]], "b", [1, 2, 3], [.array]),
            (["b": ["c": [.null]]], "b.c", [], [.null, .array]),
            (["b": 4], "b.c", [], [.missing]),
            ([1, 2], "2", [], []),
            ([1, 2], "01", [], []),
            (["": 1], "", [], [.object]),
        ] as [(Value, String, [Value], [PathColumn.Candidate])])
    func candidates(value: Value, rest: String, scalars: [Value], others: [PathColumn.Candidate]) throws {
        let components =
            rest.isEmpty ? [] : rest.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // Built from what is there, and kept up as it comes.
        for isBuiltFirst in [false, true] {
            let store = try TemporaryStore()
            let catalog = try Catalog.create(store.directory)
            try catalog.write { _ = try $0.insert("Image", ["a": ["other"], "b": 1]) }
            func path() throws -> PathColumn {
                try catalog.read { snapshot in
                    let known = try #require(snapshot.schema.entityClass("Image"))
                    return try snapshot.path(known, try #require(known["a"]), components)
                }
            }
            if isBuiltFirst { _ = try path() }
            let id = try catalog.write { try $0.insert("Image", ["a": value]) }
            let built = try path()
            #expect(built.values.values(at: id.local) == scalars.compactMap(ColumnValue.init))
            for candidate in PathColumn.Candidate.allCases {
                #expect(
                    built.members(with: candidate).contains(id.local) == others.contains(candidate),
                    "\(candidate)")
            }
            #expect(try catalog.findings() == [])
            try catalog.write { try $0.update(id, set: ["a": 1]) }
            #expect(try path().values.values(at: id.local) == [])
            #expect(try catalog.findings() == [])
        }
    }

    @Test func `a property that has had no arrays and objects has no candidates, until it has`() throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        try catalog.write { _ = try $0.insert("Image", ["a": 1]) }
        func count() throws -> Int {
            try catalog.read { snapshot in
                let known = try #require(snapshot.schema.entityClass("Image"))
                return try snapshot.path(known, try #require(known["a"]), ["b"]).values.count
            }
        }
        #expect(try count() == 0)
        try catalog.write { _ = try $0.insert("Image", ["a": ["b": 1]]) }
        #expect(try count() == 1)
        #expect(try catalog.findings() == [])
    }
}
