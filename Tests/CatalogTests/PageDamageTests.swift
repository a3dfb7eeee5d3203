import Base
@testable import Catalog
import SystemPackage
import TestSupport
import Testing

/// What becomes of a bit that turns in a file of the catalog.
@Suite(.onOwnThreads) struct PageDamageTests {
    private let store: TemporaryStore
    private var file: FilePath { store.directory.appending("catalog.sqlite") }
    private var log: FilePath { store.directory.appending("catalog.sqlite-wal") }

    init() throws { store = try TemporaryStore() }

    @Test func `every page of a store carries the checksum that the format describes`() throws {
        let catalog = try Catalog.create(store.directory)
        for batch in 0..<4 { try RichStore.fill(catalog, count: 100, from: batch * 100) }
        let image = try #require(try catalog.read { $0.schema.entityClass("Image") })
        try catalog.write { transaction in
            for local in 0..<60 { try transaction.delete(image.entityID(LocalID(local)), by: "human:ann") }
        }
        #expect(try catalog.damagedPages() == [])
        catalog.close()
        let bytes = try store.bytes(of: file)
        #expect(bytes[20] == 8)
        #expect(PageJudge.wrongPages(bytes) == [])
        let copy = try TemporaryStore()
        let again = try Catalog.open(store.directory)
        try again.read { try $0.backUp(to: copy.directory.appending("catalog.sqlite").string) }
        #expect(PageJudge.wrongPages(try store.bytes(of: copy.directory.appending("catalog.sqlite"))) == [])
        let restored = try Catalog.open(copy.directory, access: .readOnly)
        #expect(try RichStore.text(restored) == RichStore.text(again))
    }

    @Test(arguments: [UInt64.random(in: 0...UInt64.max)])
    func `a bit turned anywhere in the database is named with its page, and never changes an answer`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 400)
        let expected = try RichStore.text(catalog)
        catalog.close()
        for columns in try store.files() where columns.string.hasSuffix(".column") {
            try store.remove(columns)
        }
        let sound = try store.bytes(of: file)
        let pageSize = 4096
        // The header's fields are tried one by one, the rest at random.
        let places =
            (0..<100).map { ($0, Int.random(in: 0..<8, using: &generator)) }
            + (0..<80).map { _ in
                (Int.random(in: 0..<sound.count, using: &generator), Int.random(in: 0..<8, using: &generator))
            }
        for (place, bit) in places {
            var bytes = sound
            bytes[place] ^= 1 << UInt8(bit)
            try store.write(bytes, to: file)
            let page = place / pageSize + 1
            let findings = try Catalog.damagedPages(in: store.directory)
            #expect(
                findings.contains { $0.kind == .page && $0.message.contains("page \(page) ") },
                "seed \(seed), bit \(bit) of byte \(place): \(findings)")
            for access in [CatalogAccess.readOnly, .readWrite] {
                do {
                    let damaged = try Catalog.open(store.directory, access: access)
                    defer { damaged.close() }
                    #expect(try !damaged.damagedPages().isEmpty, "seed \(seed), bit \(bit) of byte \(place)")
                    let found = try RichStore.text(damaged)
                    #expect(found == expected, "seed \(seed), bit \(bit) of byte \(place)")
                } catch let error as CatalogError {
                    #expect(error.code == .corrupt, "seed \(seed), bit \(bit) of byte \(place): \(error)")
                }
            }
        }
    }

    @Test func `a damaged page is named in the error, and what does not need it is answered and checked`()
        throws
    {
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 400)
        catalog.close()
        var bytes = try store.bytes(of: file)
        // A page of the longest text, which only its own entity needs.
        let needle = Array("note 350 note 350 note 350".utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: needle) })
        bytes[place] ^= 4
        try store.write(bytes, to: file)
        let page = place / 4096 + 1
        let damaged = try Catalog.open(store.directory)
        let image = try #require(try damaged.read { $0.schema.entityClass("Image") })
        #expect(try damaged.properties(image.entityID(1))?["n"] == 1)
        let error = #expect(throws: CatalogError.self) { _ = try damaged.properties(image.entityID(350)) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("catalog.sqlite is damaged: page \(page) ") == true)
        let findings = try damaged.read { try $0.verify(hasDamagedPages: true) }
        #expect(findings.allSatisfy { $0.kind == .page }, "\(findings)")
    }

    @Test(arguments: [UInt64.random(in: 0...UInt64.max)])
    func `a bit turned in the log is named, never changes an answer, and never undoes a commit`(
        seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let catalog = try Catalog.create(store.directory)
        for batch in 0..<6 { try RichStore.fill(catalog, count: 20, from: batch * 20) }
        let expected = try RichStore.text(catalog)
        let sound = try store.bytes(of: log)
        let database = try store.bytes(of: file)
        // What an earlier, longer log has left behind the last frame is not looked at.
        let length = sound.count
        #expect(try catalog.damagedPages() == [])
        for _ in 0..<60 {
            let place = Int.random(in: 0..<length, using: &generator)
            var bytes = sound
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try store.write(bytes, to: log)
            #expect(try !catalog.damagedPages().isEmpty, "seed \(seed), byte \(place)")
            // As a process that ended without closing leaves it, opened by the next.
            let next = try TemporaryStore()
            try next.write(database, to: next.directory.appending("catalog.sqlite"))
            try next.write(bytes, to: next.directory.appending("catalog.sqlite-wal"))
            do {
                let opened = try Catalog.open(next.directory)
                defer { opened.close() }
                #expect(try RichStore.text(opened) == expected, "seed \(seed), byte \(place)")
            } catch let error as CatalogError {
                #expect(error.code == .corrupt && error.message.contains("catalog.sqlite-wal"), "\(error)")
            }
            // Readers that come now find the pages in the log.
            do {
                let reader = try Catalog.open(store.directory, access: .readOnly)
                defer { reader.close() }
                #expect(try RichStore.text(reader) == expected, "seed \(seed), byte \(place)")
            } catch let error as CatalogError {
                #expect(error.code == .corrupt, "seed \(seed), byte \(place): \(error)")
            }
            try store.write(sound, to: log)
        }
        catalog.close()
    }

    @Test func `a checkpoint does not copy a damaged page of the log into the database`() throws {
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 50)
        var bytes = try store.bytes(of: log)
        let place = 32 + 24 + 4096 / 2
        bytes[place] ^= 1
        try store.write(bytes, to: log)
        // Closing empties the log into the database, or would.
        catalog.close()
        #expect(PageJudge.wrongPages(try store.bytes(of: file)) == [])
        let error = #expect(throws: CatalogError.self) { _ = try Catalog.open(store.directory) }
        #expect(error?.code == .corrupt)
        bytes[place] ^= 1
        try store.write(bytes, to: log)
        let reopened = try Catalog.open(store.directory)
        #expect(try reopened.findings() == [])
        #expect(try reopened.read { $0.count(of: try #require($0.schema.entityClass("Image"))) } == 50)
    }

    @Test func `a log that a crash cut short gives what was committed before`() throws {
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 10)
        let expected = try RichStore.text(catalog)
        let whole = try store.bytes(of: log).count
        try RichStore.fill(catalog, count: 10, from: 10)
        let bytes = try store.bytes(of: log)
        let database = try store.bytes(of: file)
        let frame = 24 + 4096
        for length in [whole, whole + 10, whole + frame, bytes.count - frame / 2, bytes.count - 1] {
            // Cut off, and with zeros where writes did not arrive.
            for rest in [[], [UInt8](repeating: 0, count: bytes.count - length)] {
                let cut = Array(bytes[..<length]) + rest
                // The bytes that were lost may have been zeros.
                if cut == bytes { continue }
                let next = try TemporaryStore()
                try next.write(database, to: next.directory.appending("catalog.sqlite"))
                try next.write(cut, to: next.directory.appending("catalog.sqlite-wal"))
                let opened = try Catalog.open(next.directory)
                #expect(try opened.damagedPages() == [])
                #expect(try RichStore.text(opened) == expected, "\(length) of \(bytes.count)")
                opened.close()
            }
        }
    }

    @Test func `a cut short log is no damage where one of its frames is wrong by just one bit`() throws {
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 10)
        let expected = try RichStore.text(catalog)
        let whole = try store.bytes(of: log).count
        try RichStore.fill(catalog, count: 10, from: 10)
        let sound = try store.bytes(of: log)
        let database = try store.bytes(of: file)
        catalog.close()
        func open(_ bytes: [UInt8]) throws -> String {
            let next = try TemporaryStore()
            try next.write(database, to: next.directory.appending("catalog.sqlite"))
            try next.write(bytes, to: next.directory.appending("catalog.sqlite-wal"))
            let opened = try Catalog.open(next.directory)
            defer { opened.close() }
            return try RichStore.text(opened)
        }
        let frames = Array(stride(from: whole, to: sound.count, by: 24 + 4096))
        try #require(frames.count > 2)
        for frame in frames {
            // A bit of the page, and one of either sum, of a commit that is whole otherwise.
            for place in [frame + 24 + 31, frame + 19, frame + 20] {
                var bytes = sound
                bytes[place] ^= 1
                let error = #expect(throws: CatalogError.self) { try open(bytes) }
                #expect(error?.code == .corrupt, "byte \(place)")
                // Of another of its frames a sector did not arrive.
                guard let other = frames.last(where: { $0 > frame }) else { continue }
                bytes.replaceSubrange(other + 24..<other + 24 + 512, with: repeatElement(0, count: 512))
                #expect(try open(bytes) == expected, "byte \(place)")
            }
        }
    }

    @Test func `pages that a long transaction writes twice are no damage`() throws {
        let connection = try SQLiteConnection(path: file.string, mode: .create)
        try connection.reservePageChecksums()
        try connection.execute(
            "PRAGMA journal_mode = WAL; PRAGMA cache_size = 10; CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        for round in 0..<4 {
            try connection.execute("BEGIN")
            for _ in 0..<4 {
                try connection.execute(
                    """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                    INSERT OR REPLACE INTO t SELECT i * 7919 % 1000, randomblob(900) FROM n
                    """)
                #expect(try connection.integer("SELECT count(*) FROM t WHERE length(a) = 900") == 500)
            }
            try connection.execute(round == 1 ? "ROLLBACK" : "COMMIT")
        }
        #expect(
            try connection.integer(
                "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0)
        #expect(try PageAudit(connection: connection).findings(Cancellation()) == [])
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(PageJudge.wrongPages(try store.bytes(of: file)) == [])
    }

    @Test(arguments: [UInt64.random(in: 0...UInt64.max)])
    func `a bit turned in a column's file never changes an answer`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let catalog = try Catalog.create(store.directory)
        try RichStore.fill(catalog, count: 300)
        func ask(_ catalog: Catalog) throws -> [IdSet] {
            try catalog.read { snapshot in
                let image = try #require(snapshot.schema.entityClass("Image"))
                let number = try #require(image["n"])
                let label = try snapshot.select(image, number, having: [.init(.integer)]).ids
                let path = try snapshot.select(image, try #require(image["path"]), having: [.init(.string)])
                    .ids
                return [label, path]
            }
        }
        let expected = try ask(catalog)
        catalog.close()
        let files = try store.files().filter { $0.string.hasSuffix(".column") }
        #expect(!files.isEmpty)
        for _ in 0..<60 {
            let column = try #require(files.randomElement(using: &generator))
            let sound = try store.bytes(of: column)
            var bytes = sound
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try store.write(bytes, to: column)
            let opened = try Catalog.open(store.directory, access: .readOnly)
            #expect(try ask(opened) == expected, "seed \(seed), byte \(place) of \(column)")
            #expect(try opened.findings() == [], "seed \(seed), byte \(place) of \(column)")
            opened.close()
            try store.write(sound, to: column)
        }
    }
}
