import Base
@testable import Catalog
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct FormatTests {
    @Test func `a directory without a catalog, a second catalog, and files that are none are refused`() throws
    {
        let store = try TemporaryStore()
        func code(_ body: () throws -> Catalog) -> CatalogError.Code? {
            #expect(throws: CatalogError.self) { _ = try body() }?.code
        }
        #expect(code { try Catalog.open(store.directory) } == .notFound)
        #expect(code { try Catalog.open(store.directory.appending("none")) } == .notFound)
        #expect(code { try Catalog.create(store.directory.appending("none")) } == .notFound)
        try Catalog.create(store.directory).close()
        #expect(code { try Catalog.create(store.directory) } == .alreadyExists)
        let file = store.directory.appending("catalog.sqlite")
        try store.write(Array("no database".utf8), to: file)
        #expect(code { try Catalog.open(store.directory) } == .corrupt)
        try store.write([], to: file)
        #expect(code { try Catalog.open(store.directory) } == .corrupt)
        #expect(code { try Catalog.open(store.directory, access: .readOnly) } == .corrupt)
    }

    @Test func `a store that was not made to its end is none, and can be made again`() throws {
        let store = try TemporaryStore()
        for name in ["catalog.sqlite.new", "catalog.sqlite.new-wal", "catalog.sqlite.new-shm"] {
            try store.write([1, 2, 3], to: store.directory.appending(name))
        }
        #expect(throws: CatalogError.self) { _ = try Catalog.open(store.directory) }
        try Catalog.create(store.directory).close()
        #expect(try store.files().map { $0.lastComponent?.string } == ["catalog.sqlite"])
    }

    @Test func `a store of a newer format is refused and left as it is`() throws {
        let store = try TemporaryStore()
        try Catalog.create(store.directory).close()
        let connection = try SQLiteConnection(
            path: store.directory.appending("catalog.sqlite").string, mode: .readWrite)
        try StoreFormat.setMeta("format", Int64(Catalog.formatVersion + 1), on: connection)
        for access in [CatalogAccess.readWrite, .readOnly] {
            let error = #expect(throws: CatalogError.self) {
                _ = try Catalog.open(store.directory, access: access)
            }
            #expect(error?.code == .newerFormat)
            #expect(error?.message.contains("\(Catalog.formatVersion + 1)") == true)
        }
        #expect(try StoreFormat.version(of: connection) == Catalog.formatVersion + 1)
    }

    @Test
    func
        `an older store is brought up step by step, a failing step undone, and reading only migrates nothing`()
        throws
    {
        struct Broken: Error {}
        let store = try TemporaryStore()
        try Catalog.create(store.directory).close()
        let connection = try SQLiteConnection(
            path: store.directory.appending("catalog.sqlite").string, mode: .readWrite)
        let current = Catalog.formatVersion
        let good = StoreFormat.Migration(from: current) { try $0.execute("CREATE TABLE new(a)") }
        let bad = StoreFormat.Migration(from: current + 1) { connection in
            try connection.execute("CREATE TABLE half(a)")
            throw Broken()
        }
        let better = StoreFormat.Migration(from: current + 1) { try $0.execute("INSERT INTO new VALUES(1)") }

        let refused = #expect(throws: CatalogError.self) {
            try StoreFormat.migrate(
                connection, access: .readOnly, current: current + 2, migrations: [good, better])
        }
        #expect(refused?.code == .needsMigration)
        #expect(throws: Broken.self) {
            try StoreFormat.migrate(
                connection, access: .readWrite, current: current + 2, migrations: [good, bad])
        }
        #expect(try StoreFormat.version(of: connection) == current + 1, "the first step stays")
        #expect(try connection.integer("SELECT count(*) FROM sqlite_master WHERE name = 'half'") == 0)
        try StoreFormat.migrate(
            connection, access: .readWrite, current: current + 2, migrations: [good, better])
        #expect(try StoreFormat.version(of: connection) == current + 2)
        #expect(try connection.integer("SELECT a FROM new") == 1)
        #expect(throws: CatalogError.self) {
            try StoreFormat.migrate(
                connection, access: .readWrite, current: current + 3, migrations: [good, better])
        }
    }

    /// Each format that a release ever wrote has a store in `Fixtures`, which every later program must open.
    /// A new format's store is written by running this suite once with `FOVEA_WRITE_FIXTURES=1`.
    @Test(
        "stores of every format so far are opened with all that is in them",
        arguments: 1...Catalog.formatVersion)
    func fixture(version: Int) throws {
        let fixture = FilePath(#filePath).removingLastComponent().appending("Fixtures").appending(
            "v\(version)")
        if version == Catalog.formatVersion, getenv("FOVEA_WRITE_FIXTURES") != nil {
            try FixtureStore.write(to: fixture)
        }
        let store = try TemporaryStore()
        try store.write(
            try store.bytes(of: fixture.appending("catalog.sqlite")),
            to: store.directory.appending("catalog.sqlite"))
        let catalog = try Catalog.open(store.directory)
        try FixtureStore.check(catalog)
        try FixtureStore.checkUsers(catalog, format: version)
        try FixtureStore.checkCollected(catalog, format: version)
        try FixtureStore.checkExamined(catalog, format: version)
        try FixtureStore.checkReviews(catalog, format: version)
        try FixtureStore.checkClasses(catalog, format: version)
        try FixtureStore.checkAPIKeys(catalog, format: version)
        #expect(try catalog.findings() == [])
        // It can be written on.
        try catalog.write { _ = try $0.insert("Image", ["width": 1]) }
        #expect(try catalog.findings() == [])
    }
}

extension FilePath {
    static func makeDirectory(_ path: FilePath) throws {
        guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }
}

/// The contents of the stores in `Fixtures`: something of everything that a store can hold.
enum FixtureStore {
    static let first: Document = [
        "width": 640, "ratio": 1.5, "flag": true, "name": "a caf\u{E9}", "nothing": .null,
        "taken": .dateTime(DateTime(microseconds: 1_700_000_000_000_000, zone: .offset(minutes: 120))),
        "clock": .dateTime(DateTime(microseconds: 1_700_000_000_000_000, zone: .local)),
        "list": [1, ["x": .null]],
    ]
    static let key = EntityKey(seconds: 1_700_000_000, random: 0x0123_4567_89AB_CDEF)

    static func write(to directory: FilePath) throws {
        try FilePath.makeDirectory(directory.removingLastComponent())
        try FilePath.makeDirectory(directory)
        let store = try TemporaryStore()
        var options = CatalogOptions()
        options.inlineColumnLimit = 10
        let catalog = try Catalog.create(store.directory, options: options)
        try catalog.write { transaction in
            try transaction.declareUnique("serial", of: "Camera")
            let camera = try transaction.insert("Camera", ["serial": "X1"])
            let image = try transaction.insert("Image", first, blob: BlobEntry(number: 1), key: key)
            try transaction.insert("Image", ["width": "wide"], blob: BlobEntry(number: 2))
            let gone = try transaction.insert("Image", ["late": 1], blob: BlobEntry(number: 3))
            try transaction.connect("taken_by", from: image, to: camera, ["confidence": 0.5])
            let run = try transaction.beginRun("model", source: "model:m@1", parameters: ["a": 1])
            let label = try transaction.addLabel(
                NewLabel(
                    .box, "cat", geometry: .json([1, 2, 3, 4]), confidence: 0.9, source: "model:m@1", run: run
                ),
                to: image)
            try transaction.addLabel(NewLabel(.box, "dog", source: "human:ann", parent: label), to: image)
            try transaction.addLabel(
                NewLabel(.mask, "cat", geometry: .bytes([7]), source: "human:ann"), to: image)
            try transaction.setDetails(["histogram": [1, 2]], of: image)
            try transaction.delete(gone, by: "human:ann")
            try writeUsers(transaction)
            for entry in collected { try transaction.noteCollected(entry) }
            try transaction.noteExamined(image, by: "model:m@1", run: run, labels: 1)
            try writeReviews(transaction)
            try transaction.mergeLabelClasses(classes)
            try transaction.addAPIKey(apiKey)
        }
        catalog.close()
        try store.write(
            try store.bytes(of: store.directory.appending("catalog.sqlite")),
            to: directory.appending("catalog.sqlite"))
    }

    private static let token = StoredToken(
        digest: SHA256Digest(number: 9), prefix: "adbp_12345678", created: DateTime(microseconds: 1))

    private static func writeUsers(_ transaction: Transaction) throws {
        try transaction.setRole(StoredRole(name: "staff", permissions: ["objects": ["read": true]]))
        try transaction.addUser("ann", password: "hash", email: "a@example.org", roles: ["staff", "admin"])
        try transaction.addToken(token, to: "ann")
        try transaction.appendAudit(
            AuditEntry(time: DateTime(microseconds: 2), who: "ann", origin: "here", event: "login"),
            keeping: 10)
    }

    /// Formats before 3 have no users; they come with the first one that is added.
    static func checkUsers(_ catalog: Catalog, format: Int) throws {
        if format < 3 {
            #expect(try catalog.read { try $0.users.users() } == [])
            try catalog.write { try writeUsers($0) }
        }
        try catalog.read { snapshot in
            let users = try snapshot.users
            let ann = try #require(try users.user("ann"))
            #expect(ann.password == "hash" && ann.email == "a@example.org" && ann.tokens == [token])
            #expect(ann.roles == ["admin", "staff"])
            #expect(try users.roles().map(\.permissions) == [["objects": ["read": true]]])
            #expect(try users.auditEntries(limit: 5).map(\.event) == ["login"])
        }
    }

    private static let collected = [
        CollectedURL(
            url: "http://a/1", state: .failed, code: "timeout", reason: "too slow", status: 200, attempts: 4,
            at: DateTime(microseconds: 3), nextTry: DateTime(microseconds: 4), given: ["labels": ["cat"]]),
        CollectedURL(
            url: "http://a/2", state: .skipped, code: "robots", attempts: 1, at: DateTime(microseconds: 5)),
    ]

    /// Formats before 4 know of no URLs; they come with the first ones that are collected.
    static func checkCollected(_ catalog: Catalog, format: Int) throws {
        if format < 4 {
            #expect(try catalog.read { try $0.collected(nil, after: nil, limit: 9) } == [])
            try catalog.write { transaction in for entry in collected { try transaction.noteCollected(entry) }
            }
        }
        #expect(try catalog.read { try $0.collected(nil, after: nil, limit: 9) } == collected)
    }

    /// Formats before 5 do not know what has looked at an entity, until something does.
    static func checkExamined(_ catalog: Catalog, format: Int) throws {
        func examined() throws -> IdSet {
            try catalog.read { snapshot in
                let image = try #require(snapshot.schema.entityClass("Image"))
                return try snapshot.examined(image, by: "model:m@1")
            }
        }
        if format < 5 {
            #expect(try examined() == [])
            try catalog.write { transaction in
                let known = try #require(transaction.schema.entityClass("Image"))
                try transaction.noteExamined(known.entityID(0), by: "model:m@1", run: nil, labels: 1)
            }
        }
        #expect(try examined() == [0])
    }

    /// Of the first label and of the one in its place.
    private static let reviews = [
        Review(1, by: "bob", .correct, successor: 2, note: "a dog", at: DateTime(microseconds: 6)),
        Review(1, by: "ann", .accept, at: DateTime(microseconds: 7)),
    ]

    private static func writeReviews(_ transaction: Transaction) throws {
        for review in reviews { try transaction.addReview(review) }
        try transaction.setHoneypot(2, isRight: true)
    }

    /// Formats before 5 know of no reviews; they come with the first ones.
    static func checkReviews(_ catalog: Catalog, format: Int) throws {
        if format < 5 {
            #expect(try catalog.read { try $0.reviews(of: 1) } == [])
            try catalog.write { try writeReviews($0) }
        }
        try catalog.read { snapshot in
            #expect(try snapshot.reviews(of: 1) == reviews)
            #expect(try snapshot.honeypots() == [Honeypot(2, isRight: true)])
            let replaced = try snapshot.loggedLabel(1)
            #expect(replaced?.name == "cat" && replaced?.source == "model:m@1")
        }
    }

    private static let classes = [
        LabelClass("animal"),
        LabelClass("cat", title: "House cat", synonyms: ["kitty"], parents: ["animal"]),
        LabelClass("tail", wholes: ["cat"]),
    ]

    /// Formats before 5 know of no label classes; they come with the first ones that are declared.
    static func checkClasses(_ catalog: Catalog, format: Int) throws {
        if format < 5 {
            #expect(try catalog.read { try $0.labelHierarchy().isEmpty })
            try catalog.write { _ = try $0.mergeLabelClasses(classes) }
        }
        #expect(try catalog.read { try $0.labelHierarchy().classes } == classes)
    }

    private static let apiKey = StoredAPIKey(
        digest: SHA256Digest(number: 10), prefix: "fvk_123456789", name: "ann", scope: "free",
        created: DateTime(microseconds: 6))

    /// Formats before 5 have no keys.
    static func checkAPIKeys(_ catalog: Catalog, format: Int) throws {
        if format < 5 {
            #expect(try catalog.read { try $0.users.apiKeys() } == [])
            try catalog.write { try $0.addAPIKey(apiKey) }
        }
        #expect(try catalog.read { try $0.users.apiKeys() } == [apiKey])
    }

    static func check(_ catalog: Catalog) throws {
        try catalog.read { snapshot in
            let image = try #require(snapshot.schema.entityClass("Image"))
            let camera = try #require(snapshot.schema.entityClass("Camera"))
            #expect(snapshot.alive(image) == [0, 1] && snapshot.count(of: camera) == 1)
            #expect(camera["serial"]?.isUnique == true)
            let rows = try snapshot.entities(of: image, [0, 1])
            #expect(rows.map(\.properties) == [first, ["width": "wide"]])
            #expect(rows.first?.key == key && rows.first?.digest == SHA256Digest(number: 1))
            #expect(try snapshot.blob(of: image.entityID(1)) == BlobEntry(number: 2))
            #expect(try snapshot.tombstone(of: image.entityID(2))?.digest == SHA256Digest(number: 3))
            let labels = try snapshot.labels(of: image.entityID(0))
            #expect(labels.map(\.name) == ["dog", "cat"] && labels.map(\.kind) == [.box, .mask])
            #expect(labels.last?.geometry == .bytes([7]))
            let takenBy = try #require(snapshot.schema.connectionClass("taken_by"))
            let found = try snapshot.connections(of: takenBy, from: image.entityID(0))
            #expect(
                found.map(\.target) == [camera.entityID(0)] && found.first?.properties == ["confidence": 0.5])
            #expect(try snapshot.details(of: image.entityID(0)) == ["histogram": [1, 2]])
            #expect(try snapshot.runs().map(\.source) == ["model:m@1"])
        }
        #expect(try catalog.write { try $0.entity(of: "Camera", where: "serial", equals: "X1") }?.local == 0)
        #expect(try catalog.write { try $0.entity(of: "Image", key: key) }?.local == 0)
    }
}
