import Base
@testable import Catalog
import SystemPackage
import Testing

@Suite struct ExaminedTests {
    private static let model = "model:m@1"

    /// A store with `count` images, and their class.
    private static func catalog(_ store: TemporaryStore, images count: Int) throws -> (Catalog, [EntityID]) {
        let catalog = try Catalog.create(store.directory)
        let ids = try catalog.write { transaction in
            try (0..<count).map { try transaction.insert("Image", ["n": .integer(Int64($0))]) }
        }
        return (catalog, ids)
    }

    private static func examined(
        _ catalog: Catalog, by source: String = model, _ outcome: ExaminationOutcome = .any
    ) throws -> IdSet {
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            return try snapshot.examined(known, by: source, outcome)
        }
    }

    @Test func `what a source has looked at is a set, whether it found anything or could not look`() throws {
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 5)
        defer { catalog.close() }
        #expect(try Self.examined(catalog) == [])
        let run = try catalog.write { transaction in
            let run = try transaction.beginRun("model", source: Self.model)
            try transaction.noteExamined(ids[3], by: Self.model, run: run, labels: 2)
            try transaction.noteExamined(ids[1], by: Self.model, run: run, labels: 0)
            try transaction.noteExamined(ids[4], by: Self.model, run: run, labels: 0, error: "cut short")
            try transaction.noteExamined(ids[0], by: "tagger:blur@1", run: nil, labels: 1)
            return run
        }
        #expect(try Self.examined(catalog) == [1, 3, 4])
        #expect(try Self.examined(catalog, .succeeded) == [1, 3])
        #expect(try Self.examined(catalog, .failed) == [4])
        #expect(try Self.examined(catalog, by: "tagger:blur@1") == [0])
        #expect(try Self.examined(catalog, by: "model:other@1") == [])
        let found = try catalog.read { try $0.examinations(of: ids[4]) }
        #expect(found.map(\.source) == [Self.model] && found.map(\.run) == [run])
        #expect(found.map(\.error) == ["cut short"] && found.map(\.labelCount) == [0])
        #expect(try catalog.read { try $0.examiningSources() } == [Self.model, "tagger:blur@1"])
        #expect(try catalog.findings() == [])
    }

    @Test func `looking again takes the place of what was noted, and the set follows every commit`() throws {
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 3)
        defer { catalog.close() }
        // Builds the postings, which the commits below have to keep up.
        #expect(try Self.examined(catalog) == [])
        try catalog.write { try $0.noteExamined(ids[0], by: Self.model, run: nil, labels: 0, error: "gone") }
        #expect(try Self.examined(catalog, .failed) == [0])
        try catalog.write { transaction in
            try transaction.noteExamined(ids[0], by: Self.model, run: nil, labels: 0, error: "still gone")
            try transaction.noteExamined(ids[0], by: Self.model, run: nil, labels: 4)
            try transaction.noteExamined(ids[2], by: Self.model, run: nil, labels: 4)
            #expect(try transaction.forgetExamined(ids[2], by: Self.model))
            #expect(try !transaction.forgetExamined(ids[2], by: Self.model))
        }
        #expect(try Self.examined(catalog) == [0] && Self.examined(catalog, .failed) == [])
        let found = try catalog.read { try $0.examinations(of: ids[0]) }
        #expect(found.map(\.labelCount) == [4] && found.map(\.error) == [nil])
        #expect(try catalog.findings() == [])
    }

    @Test func `what does not exist cannot be looked at, and a transaction that fails leaves nothing`() throws
    {
        struct Broken: Error {}
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 1)
        defer { catalog.close() }
        let code = #expect(throws: CatalogError.self) {
            try catalog.write {
                let nobody = EntityID(
                    classNumber: ids[0].classNumber, generation: ids[0].generation, local: 9)
                try $0.noteExamined(nobody, by: Self.model, run: nil, labels: 0)
            }
        }
        #expect(code?.code == .notFound)
        #expect(throws: CatalogError.self) {
            try catalog.write { try $0.noteExamined(ids[0], by: Self.model, run: 7, labels: 0) }
        }
        #expect(throws: Broken.self) {
            try catalog.write { transaction in
                try transaction.noteExamined(ids[0], by: Self.model, run: nil, labels: 0)
                throw Broken()
            }
        }
        #expect(try Self.examined(catalog) == [])
        #expect(try catalog.findings() == [])
    }

    @Test func `reverting a run forgets what it looked at, deleting and purging an entity what looked at it`()
        throws
    {
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 6)
        defer { catalog.close() }
        let runs = try catalog.write { transaction in
            let runs = try (0..<2).map { _ in try transaction.beginRun("model", source: Self.model) }
            for (index, id) in ids.enumerated() {
                try transaction.noteExamined(id, by: Self.model, run: runs[index % 2], labels: 0)
                try transaction.noteExamined(id, by: "tagger:blur@1", run: nil, labels: 0)
            }
            return runs
        }
        #expect(try Self.examined(catalog) == [0, 1, 2, 3, 4, 5])
        try catalog.write { try $0.revert(run: runs[0], source: "human:ann") }
        #expect(try Self.examined(catalog) == [1, 3, 5])
        try catalog.write { try $0.delete(ids[1], by: "human:ann") }
        _ = try catalog.write { try $0.purge([ids[3].local], of: "Image", by: "human:ann") }
        #expect(try Self.examined(catalog) == [5])
        #expect(try Self.examined(catalog, by: "tagger:blur@1") == [0, 2, 4, 5])
        #expect(try catalog.findings() == [])
    }

    @Test func `the set outlives the process`() throws {
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 300)
        try catalog.write { transaction in
            for id in ids where id.local % 3 == 0 {
                try transaction.noteExamined(id, by: Self.model, run: nil, labels: 0)
            }
        }
        let expected = IdSet((0..<300).filter { $0 % 3 == 0 }.map(LocalID.init))
        #expect(try Self.examined(catalog) == expected)
        catalog.close()
        let again = try Catalog.open(store.directory)
        defer { again.close() }
        #expect(try Self.examined(again) == expected)
        #expect(try again.findings() == [])
    }

    @Test func `verification finds examinations of what does not exist`() throws {
        let store = try TemporaryStore()
        let (catalog, ids) = try Self.catalog(store, images: 1)
        try catalog.write { try $0.noteExamined(ids[0], by: Self.model, run: nil, labels: 0) }
        catalog.close()
        let connection = try SQLiteConnection(
            path: store.directory.appending("catalog.sqlite").string, mode: .readWrite)
        try connection.execute("UPDATE examined SET local = 40, run = 12, source = 99, labels = -1")
        let broken = try Catalog.open(store.directory)
        defer { broken.close() }
        let messages = try broken.findings().map(\.message).joined(separator: "\n")
        for complaint in ["a source that does not", "a run that does not", "fewer labels", "does not exist"] {
            #expect(messages.contains(complaint))
        }
    }
}
