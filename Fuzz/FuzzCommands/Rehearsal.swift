import Base
import Driver
import Engine
import Query
import SystemPackage

/// A small store that queries are put to, and which stays as it is.
///
/// A query that only reads is answered as any is, twice. One that writes is given a last command that fails,
/// so that all of it is carried out and none of it kept.
struct Rehearsal {
    private let store: Store
    /// What is there, as `GetSchema` tells it.
    private let schema: CommandMessage

    /// Makes the store in memory: people and a city, two pictures with regions, and a set of descriptors,
    /// under the names that the declarative cases use.
    init() throws {
        let folder = FilePath(ScratchFolder.make()).appending("store")
        let options = StoreOptions(
            diskCacheBudget: .mebibytes(1), memoryCacheBudget: .mebibytes(1), maxPixels: 1 << 18,
            computeThreads: 1, readThreads: 1)
        try Store.create(at: folder)
        let opened = Fuzzer.wait { () -> Result<Store, any Error> in
            do {
                return .success(try await Store.open(at: folder, options: options))
            } catch {
                return .failure(error)
            }
        }
        store = try opened.get()
        let setup = CommandMessage(json: Array(Rehearsal.setup.utf8), blobs: Rehearsal.setupBlobs)
        let reply = Rehearsal.ask(setup, .aperture, of: store)
        Fuzzer.require(!Rehearsal.text(of: reply).contains("\"status\":-"), Rehearsal.text(of: reply))
        schema = Rehearsal.ask(Rehearsal.schemaQuery, .aperture, of: store)
    }

    /// Carries out `query`, which was read from `json`.
    func perform(_ query: CommandQuery, json: [UInt8]) {
        guard query.commands.count <= 20, query.commands.allSatisfy(Rehearsal.isRehearsed) else { return }
        var message = CommandMessage(json: json, blobs: query.commands.compactMap(Rehearsal.blob))
        let changes = query.commands.contains(where: \.changesStore)
        if changes {
            guard let commands = (try? JSON.parse(json))?.arrayValue else { return }
            message.json = Array(Value.array(commands + [Rehearsal.failing]).json.utf8)
            message.blobs.append(Rehearsal.vector(1, 0, 0))
        }
        let reply = Rehearsal.ask(message, query.dialect, of: store)
        let text = Rehearsal.text(of: reply)
        let value = try? JSON.parse(reply.json)
        let isFailure =
            value?.objectValue != nil || value?.arrayValue?.first?.objectValue?["FailedCommand"] != nil
        Fuzzer.require(
            isFailure || value?.arrayValue?.count == query.commands.count,
            "not one answer for each of \(query.commands.count) commands: \(text)")
        if changes {
            Fuzzer.require(isFailure, "a query was kept whose last command fails: \(text)")
            let now = Rehearsal.ask(Rehearsal.schemaQuery, .aperture, of: store)
            Fuzzer.require(now == schema, "the store is another: \(Rehearsal.text(of: now))")
        } else {
            let again = Rehearsal.ask(message, query.dialect, of: store)
            Fuzzer.require(again == reply, "\(text), and then \(Rehearsal.text(of: again))")
        }
    }

    // MARK: - Private

    private static func ask(
        _ message: CommandMessage, _ dialect: CommandDialect, of store: Store
    ) -> CommandMessage {
        Fuzzer.wait { await store.answer(message, dialect: dialect, principal: .owner) }
    }

    private static func text(of message: CommandMessage) -> String {
        String(decoding: message.json, as: UTF8.self)
    }

    /// Passwords are dear to hash, and users are kept in tables of their own.
    private static func isRehearsed(_ command: Command) -> Bool {
        if case .access = command.action { false } else { true }
    }

    /// What `command` takes, so that it gets on.
    private static func blob(for command: Command) -> [UInt8]? {
        guard command.blobCount > 0 else { return nil }
        if case .add(let add) = command.action, case .image = add.content { return picture(seed: 3) }
        return vector(0.9, 0.1, 0)
    }

    private static func picture(seed: UInt8) -> [UInt8] {
        Array("P6\n8 6\n255\n".utf8) + (0..<8 * 6 * 3).map { UInt8($0) &* 5 &+ seed }
    }

    private static func vector(_ numbers: Float...) -> [UInt8] {
        numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
    }

    /// There is no such set.
    private static let failing: Value = ["AddDescriptor": ["set": "where a rehearsal ends"]]
    private static let schemaQuery = CommandMessage(json: Array(#"[{"GetSchema":{}}]"#.utf8))
    private static let setupBlobs = [picture(seed: 1), picture(seed: 2), vector(1, 0, 0), vector(0, 1, 0)]
    private static let setup = """
        [{"AddEntity": {"_ref": 1, "class": "Person", "properties": {"name": "Ada", "age": 36, "born": {"_date": "1815-12-10T00:00:00Z"}}}},
         {"AddEntity": {"_ref": 2, "class": "Person", "properties": {"name": "Bob", "retired": true}}},
         {"AddEntity": {"_ref": 3, "class": "City", "properties": {"name": "Paris"}}},
         {"AddConnection": {"class": "lives_in", "src": 1, "dst": 3, "properties": {"since": 1840}}},
         {"AddConnection": {"class": "knows", "src": 1, "dst": 2}},
         {"AddImage": {"_ref": 4, "properties": {"name": "cat"}}},
         {"AddBoundingBox": {"image_ref": 4, "rectangle": {"x": 1, "y": 1, "width": 3, "height": 2}, "label": "head"}},
         {"AddPolygon": {"image_ref": 4, "polygons": [[[0, 0], [4, 0], [4, 4]]], "label": "ear"}},
         {"AddImage": {"_ref": 5, "properties": {"name": "dog"}}},
         {"AddDescriptorSet": {"name": "looks", "dimensions": 3, "metric": "L2", "engine": "Flat"}},
         {"AddDescriptor": {"set": "looks", "label": "cat", "connect": {"ref": 4}, "properties": {"n": 1}}},
         {"AddDescriptor": {"set": "looks", "label": "dog", "connect": {"ref": 5}, "properties": {"n": 2}}}]
        """
}
