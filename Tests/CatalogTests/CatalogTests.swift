import Base
import Catalog
import SystemPackage
import Testing

@Suite struct CatalogTests {
    let store: TemporaryStore
    let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
    }

    @Test func `an entity is read back as it was written, over a reopening`() throws {
        let noon = try #require(DateTime(iso8601: "2024-05-06T12:00:00.25+02:00"))
        let local = try #require(DateTime(iso8601: "2024-05-06T12:00:00", defaultZone: .local))
        let properties: Document = [
            "width": 640, "ratio": 1.5, "whole": 2.0, "flag": true, "name": "caf\u{e9} \u{0} \"quoted\"",
            "empty": "", "nothing": .null, "taken": .dateTime(noon), "clock": .dateTime(local),
            "list": [1, 2.5, "x", .null, [true]], "object": ["b": 1, "a": ["c": 2]], "none": [],
            "least": .integer(.min), "greatest": .integer(.max), "tiny": .float(.leastNonzeroMagnitude),
            "a header, spaced": 1,
        ]
        let id = try catalog.write { try $0.insert("Image", properties, blob: BlobEntry(number: 7)) }
        #expect(id == EntityID(classNumber: 1, local: 0))
        catalog.close()

        let reopened = try Catalog.open(store.directory)
        try reopened.read { snapshot in
            let row = try #require(try snapshot.entity(id))
            #expect(row.properties == properties)
            #expect(row.digest == SHA256Digest(number: 7))
            #expect(row.byteCount == 99)
            #expect(row.created == 1)
            #expect(snapshot.commit == 1)
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(known["width"]?.types == [.init(.integer)])
            #expect(known["list"]?.types == [.init(.json)])
            #expect(snapshot.count(of: known) == 1)
            #expect(try snapshot.entities(of: known, digest: SHA256Digest(number: 7)) == [0])
            #expect(try snapshot.entities(of: known, digest: SHA256Digest(number: 8)) == [])
            #expect(try snapshot.entity(of: known, key: row.key) == 0)
            #expect(try snapshot.blob(of: id) == BlobEntry(number: 7))
            #expect(try snapshot.verify() == [])
        }
    }

    @Test func `a body that throws leaves nothing behind, and its local ids are given out again`() throws {
        struct Refused: Error {}
        try catalog.write { _ = try $0.insert("Image", ["a": 1]) }
        #expect(throws: Refused.self) {
            try catalog.write { transaction in
                try transaction.insert("Image", ["a": 2, "b": "new"])
                try transaction.insert("Camera", ["c": 1.5])
                throw Refused()
            }
        }
        let id = try catalog.write { try $0.insert("Image", ["a": 3]) }
        #expect(id.local == 1)
        try catalog.read { snapshot in
            #expect(snapshot.commit == 2)
            #expect(snapshot.schema.entityClass("Camera") == nil)
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(known["b"] == nil)
            #expect(try snapshot.entities(of: known, [0, 1, 2]).map(\.properties) == [["a": 1], ["a": 3]])
        }
    }

    @Test func `a transaction sees what it wrote`() throws {
        try catalog.write { transaction in
            let image = try transaction.insert("Image", ["a": 1], blob: BlobEntry(number: 1))
            let tag = try transaction.insert("Tag", ["name": "cat"])
            let edge = try transaction.connect("tagged", from: image, to: tag, ["p": 0.5])
            try transaction.update(image, set: ["b": 2], remove: ["a"])
            #expect(try transaction.properties(of: image) == ["b": 2])
            #expect(try transaction.properties(of: edge) == ["p": 0.5])
            #expect(try transaction.entities(of: "Image", digest: SHA256Digest(number: 1)) == [image])
            #expect(try transaction.entity(of: "Tag", where: "name", equals: "cat") == tag)
            #expect(try transaction.delete(tag, by: "human:me"))
            #expect(try !transaction.exists(tag))
            #expect(try !transaction.exists(edge))
            #expect(try !transaction.delete(tag, by: "human:me"))
        }
        #expect(try catalog.findings() == [])
    }

    @Test func `a value of another type takes the place of the one before`() throws {
        let id = try catalog.write { try $0.insert("Image", ["x": 1]) }
        for value: Value in ["one", 1.5, .null, [1], true, .dateTime(DateTime(microseconds: 5)), 7] {
            try catalog.write { try $0.update(id, set: ["x": value]) }
            #expect(try catalog.properties(id) == ["x": value])
        }
        try catalog.write { try $0.update(id, set: [:], remove: ["x", "never"]) }
        #expect(try catalog.properties(id) == [:])
        #expect(try catalog.read { $0.schema.entityClass("Image")?["x"]?.types.list.count } == 7)
        #expect(try catalog.findings() == [])
    }

    @Test func `a unique property refuses a second entity with its value, numbers as numbers`() throws {
        try catalog.write { transaction in
            try transaction.declareUnique("email", of: "User")
            try transaction.insert("User", ["email": "a@b.c"])
            try transaction.insert("User", ["email": .null])
            try transaction.insert("User", ["email": .null])
            try transaction.insert("User", ["email": 1])
        }
        for taken: Value in ["a@b.c", 1, 1.0] {
            let error = #expect(throws: CatalogError.self) {
                try catalog.write { try $0.insert("User", ["email": taken]) }
            }
            #expect(error?.code == .uniqueViolation)
            #expect(error?.message.contains("'email'") == true)
        }
        let next = try catalog.write { transaction in
            // A violation that the body deals with does not cost a local id.
            #expect(throws: CatalogError.self) { try transaction.insert("User", ["email": "a@b.c"]) }
            return try transaction.insert("User", ["email": "d@e.f"])
        }
        #expect(next.local == 4)
        let other = try catalog.write { try $0.entity(of: "User", where: "email", equals: 1.0) }
        #expect(other?.local == 3)
        try catalog.write { _ = try $0.insert("Image", ["k": 1]) }
        try catalog.write { _ = try $0.insert("Image", ["k": 1.0]) }
        let late = #expect(throws: CatalogError.self) {
            try catalog.write { try $0.declareUnique("k", of: "Image") }
        }
        #expect(late?.code == .uniqueViolation)
        #expect(try catalog.findings() == [])
    }

    @Test(
        "names that are refused",
        arguments: ["", "_key", "$a", "a.b", "a\nb", String(repeating: "x", count: 256)])
    func name(refused: String) throws {
        let property = #expect(throws: CatalogError.self) {
            try catalog.write { try $0.insert("Image", Document([(refused, 1)])) }
        }
        #expect(property?.code == .invalidName)
        let known = #expect(throws: CatalogError.self) { try catalog.write { try $0.insert(refused) } }
        #expect(known?.code == .invalidName)
    }

    @Test func `values that cannot be stored are refused before anything is written`() throws {
        var options = CatalogOptions()
        options.valueLimit = ByteCount(10)
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory, options: options)
        func code(_ value: Value) throws -> CatalogError.Code? {
            #expect(throws: CatalogError.self) { try catalog.write { try $0.insert("Image", ["x": value]) } }?
                .code
        }
        #expect(try code(.float(.nan)) == .invalidValue)
        #expect(try code(.float(.infinity)) == .invalidValue)
        #expect(try code([1, .float(.nan)]) == .invalidValue)
        #expect(try code(["a": [.float(-.infinity)]]) == .invalidValue)
        #expect(try code("12345678901") == .limitExceeded)
        #expect(try code(["1234567890"]) == .limitExceeded)
        let deep = (0..<129).reduce(Value.null) { value, _ in [value] }
        #expect(try code(deep) == .limitExceeded)
        try catalog.write { _ = try $0.insert("Image", ["x": "1234567890"]) }
    }

    @Test("an entity is found by its key", arguments: [false, true])
    func key(isBuilt: Bool) throws {
        let given = EntityKey(seconds: 5, random: .max)
        let twin = EntityKey(seconds: 6, random: .max)
        let first = try catalog.write { transaction in
            _ = try transaction.insert("Image")
            return try transaction.insert("Image", key: given)
        }
        if isBuilt { try catalog.buildAllIndexes() }
        let (second, third) = try catalog.write { transaction in
            let second = try transaction.insert("Image", key: twin)
            let third = try transaction.insert("Image")
            #expect(try transaction.entity(of: "Image", key: given) == first)
            #expect(try transaction.entity(of: "Image", key: twin) == second)
            #expect(try transaction.entity(of: "Image", key: EntityKey(seconds: 7, random: .max)) == nil)
            try transaction.delete(first, by: "human:ann")
            #expect(try transaction.entity(of: "Image", key: given) == nil)
            return (second, third)
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            #expect(try snapshot.entity(of: known, key: given) == nil)
            #expect(try snapshot.entity(of: known, key: twin) == second.local)
            #expect(
                try snapshot.entity(of: known, key: try #require(try snapshot.entity(third)).key)
                    == third.local)
        }
    }

    @Test func `a store copied between two of its writes is whole, and has all that was acknowledged`() throws
    {
        // What a crash leaves: the files as they are, the log not yet emptied into the database.
        for number in 0..<20 {
            let id = try catalog.write { try $0.insert("Image", ["n": .integer(Int64(number))]) }
            let copy = try TemporaryStore()
            for path in try store.files() where !path.string.hasSuffix("-shm") {
                try copy.write(
                    try store.bytes(of: path), to: copy.directory.appending(path.lastComponent!.string))
            }
            let recovered = try Catalog.open(copy.directory)
            #expect(try recovered.properties(id) == ["n": .integer(Int64(number))])
            #expect(try recovered.read { $0.commit } == UInt64(number) + 1)
            #expect(try recovered.findings() == [])
        }
    }

    @Test func `what does not exist is said not to`() throws {
        let image = try catalog.write { try $0.insert("Image") }
        let absent = EntityID(classNumber: 1, local: 9)
        let old = EntityID(classNumber: 1, generation: 1, local: 0)
        func code(_ body: @escaping @Sendable (Transaction) throws -> Void) -> CatalogError.Code? {
            #expect(throws: CatalogError.self) { try catalog.write { try body($0) } }?.code
        }
        #expect(code { try $0.update(absent, set: ["a": 1]) } == .notFound)
        #expect(code { try $0.update(old, set: ["a": 1]) } == .notFound)
        #expect(code { try $0.connect("e", from: image, to: absent) } == .notFound)
        #expect(code { try $0.connect("e", from: absent, to: image) } == .notFound)
        #expect(
            code { try $0.addLabel(NewLabel(.class, "cat", source: "human:me"), to: absent) } == .notFound)
        #expect(code { try $0.finishRun(3) } == .notFound)
        #expect(code { try $0.revert(run: 3, source: "human:me") } == .notFound)
        #expect(try catalog.write { try $0.delete(absent, by: "human:me") } == false)
        #expect(try catalog.write { try $0.disconnect(absent) } == false)
        #expect(try catalog.properties(absent) == nil)
        #expect(try catalog.properties(old) == nil)
        #expect(try catalog.read { try $0.tombstone(of: absent) } == nil)
    }
}
