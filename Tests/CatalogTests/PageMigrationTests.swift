import Base
@testable import Catalog
import SystemPackage
import Testing

@Suite struct PageMigrationTests {
    private let store: TemporaryStore
    private var file: FilePath { store.directory.appending("catalog.sqlite") }

    /// A store of format 1.
    init() throws {
        store = try TemporaryStore()
        let fixture = FilePath(#filePath).removingLastComponent().appending("Fixtures/v1/catalog.sqlite")
        try store.write(try store.bytes(of: fixture), to: file)
    }

    @Test func `a store of format 1 gets a checksum on every page when it is opened for writing`() throws {
        #expect(try store.bytes(of: file)[20] == 0)
        // What an attempt that a crash ended has left.
        try store.write([1, 2, 3], to: store.directory.appending("catalog.sqlite.new"))
        try Catalog.open(store.directory).close()
        let bytes = try store.bytes(of: file)
        #expect(bytes[20] == 8)
        #expect(PageJudge.wrongPages(bytes) == [])
        #expect(try store.files().map { $0.lastComponent?.string } == ["catalog.sqlite"])
        let again = try Catalog.open(store.directory, access: .readOnly)
        try FixtureStore.check(try Catalog.open(store.directory))
        #expect(try again.damagedPages() == [])
    }

    @Test func `commits in a log that was left beside a store of format 1 come along`() throws {
        let writer = try SQLiteConnection(path: file.string, mode: .readWrite)
        try writer.execute("PRAGMA journal_mode = WAL; UPDATE texts SET text = 'changed' WHERE id = 1")
        let copy = try TemporaryStore()
        for name in ["catalog.sqlite", "catalog.sqlite-wal"] {
            try copy.write(
                try store.bytes(of: store.directory.appending(name)), to: copy.directory.appending(name))
        }
        let catalog = try Catalog.open(copy.directory)
        catalog.close()
        let bytes = try copy.bytes(of: copy.directory.appending("catalog.sqlite"))
        #expect(bytes.contains(Array("changed".utf8)))
        #expect(PageJudge.wrongPages(bytes) == [])
    }

    @Test func `read only, a store of format 1 is left as it is, and told what to do`() throws {
        let before = try store.bytes(of: file)
        let error = #expect(throws: CatalogError.self) {
            _ = try Catalog.open(store.directory, access: .readOnly)
        }
        #expect(error?.code == .needsMigration)
        #expect(error?.message.contains("open it once for writing") == true)
        #expect(try store.bytes(of: file) == before)
        #expect(try Catalog.damagedPages(in: store.directory) == [])
    }

    @Test func `without room for a second copy nothing is begun, and both numbers are told`() {
        let error = #expect(throws: CatalogError.self) {
            try PageChecksumMigration.checkRoom(
                needed: 3_400_000_000, available: 1_200_000_000, path: "/s/catalog.sqlite")
        }
        #expect(error?.code == .diskFull)
        #expect(error?.message.contains("3.4 GB") == true && error?.message.contains("1.2 GB") == true)
    }
}
