import Base
import Catalog
import SystemPackage
import Testing

@Suite struct DeletionTests {
    let store: TemporaryStore
    let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
    }

    @Test func `a deleted entity leaves a tombstone and takes its connections and labels along`() throws {
        let (image, other) = try catalog.write { transaction in
            let image = try transaction.insert("Image", ["a": 1], blob: BlobEntry(number: 1))
            let other = try transaction.insert("Image", ["a": 2])
            let tag = try transaction.insert("Tag")
            try transaction.connect("tagged", from: image, to: tag)
            try transaction.connect("near", from: other, to: image)
            try transaction.connect("near", from: image, to: image)
            try transaction.addLabel(NewLabel(.class, "cat", source: "human:ann"), to: image)
            try transaction.setDetails(["histogram": [1, 2, 3]], of: image)
            return (image, other)
        }
        #expect(try catalog.write { try $0.delete(image, by: "human:ann") })
        try catalog.read { snapshot in
            #expect(try snapshot.entity(image) == nil)
            #expect(try !snapshot.exists(image))
            let tombstone = try #require(try snapshot.tombstone(of: image))
            #expect(tombstone.digest == SHA256Digest(number: 1) && tombstone.commit == 2)
            #expect(tombstone.who == "human:ann" && !tombstone.isPurged)
            for known in snapshot.schema.connectionClasses { #expect(snapshot.count(of: known) == 0) }
            #expect(try snapshot.labels(of: image) == [])
            #expect(try snapshot.details(of: image) == [:])
            // The bytes stay until they are collected.
            #expect(try snapshot.blob(SHA256Digest(number: 1)) == BlobEntry(number: 1))
            #expect(try snapshot.verify() == [])
        }
        let next = try catalog.write { try $0.insert("Image") }
        #expect(next.local == other.local + 1, "local ids are never given out again")
    }

    @Test func `blobs that no entity stands for are told and can be forgotten, others cannot`() throws {
        try catalog.write { transaction in
            for number in 0..<4 { try transaction.insert("Image", blob: BlobEntry(number: number % 3)) }
            try transaction.delete([1, 2], of: "Image", by: "human:ann")
        }
        var referenced: [BlobEntry] = []
        var rest: [BlobEntry] = []
        try catalog.read { snapshot in
            try snapshot.forEachBlob { blob, isReferenced in
                if isReferenced { referenced.append(blob) } else { rest.append(blob) }
            }
        }
        #expect(referenced == [BlobEntry(number: 0)])
        #expect(rest == [BlobEntry(number: 1), BlobEntry(number: 2)])
        // One of them comes into use again before it is forgotten.
        let wanted = (referenced + rest).map(\.digest)
        let forgotten = try catalog.write { transaction in
            try transaction.insert("Image", blob: BlobEntry(number: 2))
            return try transaction.forget(wanted + [SHA256Digest(number: 77)])
        }
        #expect(forgotten == [BlobEntry(number: 1)])
        #expect(try catalog.read { try $0.blob(SHA256Digest(number: 1)) } == nil)
        #expect(try catalog.findings() == [])
    }

    @Test func `a purge erases every trace but a bare tombstone, of deleted entities too`() throws {
        let secret = "a secret that must not be found"
        let secretBytes = Array(secret.utf8)
        try catalog.write { transaction in
            for number in 0..<3 {
                let id = try transaction.insert(
                    "Image", ["name": .string("\(secret) \(number)"), "json": [.string(secret)]],
                    blob: BlobEntry(number: min(number, 1)))
                try transaction.addLabel(
                    NewLabel(.caption, nil, geometry: .json(.string(secret)), source: "human:ann"), to: id)
                try transaction.setDetails(["exif": .string(secret)], of: id)
            }
        }
        try catalog.buildAllIndexes()
        catalog.close()
        let again = try Catalog.open(store.directory)
        try again.write { _ = try $0.delete([0], of: "Image", by: "human:ann") }
        let erased = try again.write { try $0.purge([0, 1, 9], of: "Image", by: "human:ann") }
        #expect(erased == [BlobEntry(number: 0)], "the other blob is still in use")
        #expect(try again.read { try $0.tombstone(of: EntityID(classNumber: 1, local: 0)) }?.isPurged == true)
        #expect(try again.read { try $0.tombstone(of: EntityID(classNumber: 1, local: 1)) }?.digest == nil)
        #expect(try again.findings() == [])
        let last = try again.write { try $0.purge([2], of: "Image", by: "human:ann") }
        #expect(last == [BlobEntry(number: 1)])
        #expect(try again.findings() == [])
        again.close()
        for file in try store.files() {
            #expect(try !store.bytes(of: file).contains(secretBytes), "\(file)")
        }
    }

    @Test func `what was purged is on the disk no more while the store stays open`() throws {
        let secret = "a secret name"
        try catalog.write { transaction in
            for label in [secret, "cat"] {
                let id = try transaction.insert(
                    "Image", ["name": .string(secret)], blob: BlobEntry(number: 7))
                try transaction.addLabel(NewLabel(.class, label, source: "human:\(label)"), to: id)
            }
            let other = try transaction.insert("Image", blob: BlobEntry(number: 8))
            try transaction.addLabel(NewLabel(.class, "cat", source: "human:ann"), to: other)
        }
        // One that stood for the same content was deleted long ago, and is not itself purged.
        try catalog.write { _ = try $0.delete([0], of: "Image", by: "human:ann") }
        try catalog.write { _ = try $0.purge([1], of: "Image", by: "human:ann") }
        #expect(try catalog.read { try $0.tombstone(of: EntityID(classNumber: 1, local: 0)) }?.digest == nil)
        try catalog.write { _ = try $0.purge([0], of: "Image", by: "human:ann") }
        try catalog.emptyLog()
        for file in try store.files() {
            #expect(try !store.bytes(of: file).contains(Array(secret.utf8)), "\(file)")
        }
        // What others say as well is kept.
        #expect(
            try catalog.read { try $0.labels(of: EntityID(classNumber: 1, local: 2)).map(\.name) } == ["cat"])
        try catalog.write { transaction in
            let id = try transaction.insert("Image")
            try transaction.addLabel(NewLabel(.class, secret, source: "human:ann"), to: id)
        }
        #expect(
            try catalog.read { try $0.labels(of: EntityID(classNumber: 1, local: 3)).map(\.name) } == [secret]
        )
        #expect(try catalog.findings() == [])
    }

    @Test func `the log is not emptied while somebody reads what it holds up`() throws {
        try catalog.write { _ = try $0.insert("Image", ["a": 1]) }
        let error = #expect(throws: CatalogError.self) {
            try catalog.read { snapshot in
                _ = try snapshot.exists(EntityID(classNumber: 1, local: 0))
                try catalog.write { _ = try $0.insert("Image", ["a": 2]) }
                try catalog.emptyLog(within: .zero)
            }
        }
        #expect(error?.code == .busy)
        try catalog.emptyLog(within: .zero)
        let log = try #require(try store.files().first { $0.string.hasSuffix("-wal") })
        #expect(try store.bytes(of: log).isEmpty)
    }

    @Test(
        "connections that lead to deleted entities are found, with postings and without",
        arguments: [false, true])
    func connectionsToDeleted(isBuilt: Bool) throws {
        let count: LocalID = 40
        try catalog.write { transaction in
            for _ in 0..<count { try transaction.insert("Image") }
            let image = try #require(transaction.schema.entityClass("Image"))
            for local in 0..<count {
                for step: LocalID in [1, 2, 7] {
                    try transaction.connect(
                        "near", from: image.entityID(local), to: image.entityID((local + step) % count))
                }
            }
        }
        if isBuilt { try catalog.buildAllIndexes() }
        // One by one, several at once, and after connections that no posting knows yet.
        try catalog.write { transaction in
            let image = try #require(transaction.schema.entityClass("Image"))
            #expect(try transaction.delete(image.entityID(5), by: "human:ann"))
            try transaction.connect("near", from: image.entityID(0), to: image.entityID(9))
            #expect(try transaction.delete(image.entityID(9), by: "human:ann"))
            #expect(try transaction.delete(IdSet(20..<32), of: "Image", by: "human:ann") == 12)
        }
        let gone = Set([5, 9] + Array(LocalID(20)..<32))
        let left = (0..<count).flatMap { local in [1, 2, 7].map { (local, (local + $0) % count) } }
            .filter { !gone.contains($0.0) && !gone.contains($0.1) }
        try catalog.read { snapshot in
            let near = try #require(snapshot.schema.connectionClass("near"))
            #expect(snapshot.count(of: near) == left.count)
            for local in 0..<count where !gone.contains(local) {
                let found = try snapshot.connections(of: near, to: EntityID(classNumber: 1, local: local))
                #expect(found.map(\.source.local) == left.filter { $0.1 == local }.map(\.0).sorted())
            }
            #expect(try snapshot.verify() == [])
        }
    }

    @Test func `a blob is moved only from where the caller thinks it is`() throws {
        try catalog.write { _ = try $0.insert("Image", blob: BlobEntry(number: 1)) }
        let to = BlobPlace(kind: 3, length: 99, reference: Array("/a\n\u{FF}".utf8))
        let wrong = BlobPlace(kind: 1, pack: 9, offset: 0, length: 99)
        let digest = SHA256Digest(number: 1)
        #expect(try catalog.write { try $0.relocate([(digest, wrong, to)]) } == 0)
        #expect(try catalog.write { try $0.relocate([(digest, BlobEntry(number: 1).place, to)]) } == 1)
        #expect(try catalog.read { try $0.blob(digest) }?.place == to)
        #expect(try catalog.write { try $0.relocate([(digest, to, wrong)]) } == 1)
        // Adding it once more does not move it.
        try catalog.write { _ = try $0.insert("Image", blob: BlobEntry(number: 1)) }
        #expect(try catalog.read { try $0.blob(digest) }?.place == wrong)
    }
}
