import Base
@testable import Catalog
import Columns
import SystemPackage
import TestSupport
import Testing

@Suite struct IndexFileTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        try catalog.write { transaction in
            var images: [EntityID] = []
            for number in 0..<300 {
                let properties: Document = [
                    "n": .integer(Int64(number)), "f": .float(Double(number) / 8),
                    "s": .string("text \(number % 7)"),
                    "b": .boolean(number % 2 == 0), "d": .dateTime(DateTime(microseconds: Int64(number))),
                    "j": ["k": [.integer(Int64(number)), .null]], "z": .null,
                ]
                images.append(try transaction.insert("Image", properties))
                try transaction.addLabel(
                    NewLabel(.class, "l\(number % 5)", source: "human:me"), to: images[number])
            }
            for number in 0..<300 {
                try transaction.connect(
                    "near", from: images[number], to: images[number * 7 % 300],
                    ["p": .float(Double(number) / 300)])
            }
        }
        try catalog.buildAllIndexes()
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            _ = try snapshot.path(known, try #require(known["j"]), ["k"])
        }
        catalog.close()
    }

    private var columnFiles: [FilePath] {
        get throws { try store.files().filter { $0.string.contains("/columns/") } }
    }

    /// 7 properties, a path, keys, labels, what was examined, and connections both ways.
    private static let indexCount = 13

    @Test func `indexes are there at once after reopening, and say what the tables say`() throws {
        #expect(try columnFiles.count == IndexFileTests.indexCount)
        for access in [CatalogAccess.readOnly, .readWrite] {
            let catalog = try Catalog.open(store.directory, access: access)
            #expect(catalog.ring.newest.indexes.count == IndexFileTests.indexCount)
            #expect(try catalog.findings() == [])
            catalog.close()
            #expect(try columnFiles.count == IndexFileTests.indexCount)
        }
        // They are kept up, and written again, as if they had never been files.
        let catalog = try Catalog.open(store.directory)
        try catalog.write { transaction in
            try transaction.delete([3, 4], of: "Image", by: "human:me")
            try transaction.insert("Image", ["n": 7, "s": "new", "j": ["k": 1]])
        }
        #expect(try catalog.findings() == [])
        catalog.close()
        let again = try Catalog.open(store.directory)
        #expect(again.ring.newest.indexes.count == IndexFileTests.indexCount)
        #expect(try again.findings() == [])
    }

    @Test func `indexes of an older commit are not used`() throws {
        let old = try columnFiles.map { ($0, try store.bytes(of: $0)) }
        var options = CatalogOptions()
        options.savesColumns = false
        let catalog = try Catalog.open(store.directory, options: options)
        try catalog.write { _ = try $0.update(EntityID(classNumber: 1, local: 0), set: ["n": 1_000]) }
        catalog.close()
        for (path, bytes) in old { try store.write(bytes, to: path) }
        let again = try Catalog.open(store.directory)
        #expect(again.ring.newest.indexes.isEmpty)
        #expect(try columnFiles.isEmpty)
        #expect(try again.findings() == [])
    }

    @Test func `damaged files are not used, wherever the damage is`() throws {
        let old = try columnFiles.map { ($0, try store.bytes(of: $0)) }
        var random = SeededGenerator(seed: 3)
        for round in 0..<12 {
            for (path, bytes) in old {
                var damaged = bytes
                switch round % 3 {
                case 0:
                    damaged[Int.random(in: 0..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                case 1: damaged.removeLast(Int.random(in: 1...bytes.count, using: &random))
                default: damaged += [UInt8](repeating: 0, count: Int.random(in: 1...9, using: &random))
                }
                try store.write(damaged, to: path)
            }
            var options = CatalogOptions()
            options.savesColumns = false
            let catalog = try Catalog.open(store.directory, options: options)
            #expect(catalog.ring.newest.indexes.isEmpty, "round \(round)")
            #expect(try catalog.findings() == [])
            catalog.close()
        }
    }

    @Test func `files of another store are not used`() throws {
        let other = try TemporaryStore()
        let catalog = try Catalog.create(other.directory)
        try catalog.write { _ = try $0.insert("Image", ["n": 5]) }
        catalog.close()
        let columns = other.directory.appending("columns")
        try FilePath.makeDirectory(columns)
        for path in try columnFiles {
            try store.write(try store.bytes(of: path), to: columns.appending(path.lastComponent!.string))
        }
        let again = try Catalog.open(other.directory)
        #expect(again.ring.newest.indexes.isEmpty)
        #expect(try again.findings() == [])
    }

    @Test func `what does not fit into the budget is not loaded`() throws {
        var options = CatalogOptions()
        options.columnBudget = ByteCount(1)
        let catalog = try Catalog.open(store.directory, options: options)
        #expect(catalog.ring.newest.indexes.isEmpty)
        #expect(try catalog.findings() == [])
    }
}
