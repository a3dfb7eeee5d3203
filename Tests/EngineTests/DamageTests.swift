import Base
import Blobs
@testable import Catalog
@testable import Engine
import Query
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What becomes of a store whose bytes have changed on disk.
@Suite struct DamageTests {
    private func pictures(_ count: Int) async throws -> (TemporaryStore, [EntityID]) {
        let temporary = try await TemporaryStore()
        let ids = try (0..<count).map {
            try temporary.add(Picture.ppm(width: 40, height: 30, seed: $0), path: "/p/\($0)").id
        }
        return (temporary, ids)
    }

    /// Turns a bit in the middle of what stands for the first blob with these bytes.
    private func damage(_ temporary: TemporaryStore, _ picture: [UInt8]) throws {
        let pack = temporary.store.directory.appending("blobs/packs/00000001.pack")
        var bytes = try File.bytes(of: pack)
        let tail = picture.suffix(64)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: tail) })
        bytes[place + 5] ^= 1
        try File.write(bytes, to: pack)
    }

    private func findings(_ store: Store) async throws -> [String] {
        var messages: [String] = []
        for try await event in store.verify() {
            if case .finding(_, let message) = event { messages.append(message) }
        }
        return messages
    }

    @Test func `good bytes added again repair a damaged copy, and say so`() async throws {
        let (temporary, ids) = try await pictures(3)
        let picture = Picture.ppm(width: 40, height: 30, seed: 1)
        try damage(temporary, picture)
        #expect(try await findings(temporary.store).count == 1)
        let again = try temporary.add(picture, path: "/p/1")
        #expect(again.id == ids[1] && !again.isNew)
        #expect(again.note?.contains("damaged and was replaced") == true)
        #expect(try await findings(temporary.store) == [])
        let blob = try await temporary.store.blob(ids[1], class: "Image")
        #expect(try await temporary.store.bytes(of: blob) == picture)
        #expect(try temporary.add(picture, path: "/p/1").note == nil, "what is sound is left alone")
    }

    @Test func `a reference whose file is gone or changed points to the good file that is added`()
        async throws
    {
        let temporary = try await TemporaryStore()
        let picture = Picture.ppm(width: 40, height: 30, seed: 1)
        func add(_ name: String) throws -> CommittedMedia {
            let path = temporary.folder.appending(name)
            try File.write(picture, to: path)
            var run = ImportRun(parameters: [:])
            let image = try temporary.store.prepare(
                picture, path: path.string, properties: [:], labels: [], reference: .file(path))
            return try temporary.store.commit([image], run: &run)[0].get()
        }
        let id = try add("a.ppm").id
        #expect(try add("b.ppm").note == nil)
        unlink(temporary.folder.appending("a.ppm").string)
        #expect(try add("c.ppm").note?.contains("is gone") == true)
        let blob = try await temporary.store.blob(id, class: "Image")
        #expect(try await temporary.store.bytes(of: blob) == picture)
        try File.write(Array(picture.reversed()), to: temporary.folder.appending("c.ppm"))
        #expect(try add("d.ppm").note?.contains("SHA-256") == true)
        #expect(try await findings(temporary.store) == [])
    }

    @Test func `bytes of a deleted image that are added again replace the copy that nobody has looked at`()
        async throws
    {
        let (temporary, ids) = try await pictures(2)
        let picture = Picture.ppm(width: 40, height: 30, seed: 1)
        try temporary.store.catalog.write { _ = try $0.delete(ids[1], by: "test") }
        try damage(temporary, picture)
        #expect(try temporary.add(picture, path: "/p/1").isNew)
        #expect(try await findings(temporary.store) == [])
    }

    @Test func `a backup has all that is sound, and lists what is damaged`() async throws {
        let (temporary, _) = try await pictures(3)
        try damage(temporary, Picture.ppm(width: 40, height: 30, seed: 1))
        let folder = temporary.folder.appending("backup")
        let answer = try await temporary.store.backup(to: folder)
        let damaged = try #require(answer["damaged"]?.arrayValue)
        #expect(damaged.count == 1)
        let digest = SHA256Digest(hashing: Picture.ppm(width: 40, height: 30, seed: 1))
        #expect(damaged.first?.stringValue?.contains(digest.description) == true)
        let copy = try await Store.open(at: folder)
        #expect(try await copy.count(class: "Image", filter: .all) == 3)
        try await copy.close()

        let target = temporary.folder.appending("restored")
        let error = await #expect(throws: EngineError.self) {
            _ = try await Store.restore(from: folder, to: target)
        }
        #expect(error?.code == .corrupt && error?.message.contains(digest.description) == true)
        #expect(access(target.string, F_OK) != 0, "nothing is left of it")
    }

    @Test func `a backup goes neither into a folder that is there nor into the store`() async throws {
        let (temporary, _) = try await pictures(1)
        let empty = temporary.folder.appending("empty")
        mkdir(empty.string, 0o700)
        let there = await #expect(throws: EngineError.self) {
            _ = try await temporary.store.backup(to: empty)
        }
        #expect(there?.code == .conflict)
        symlink(temporary.store.directory.string, temporary.folder.appending("link").string)
        for folder in [
            temporary.store.directory.appending("backup"), temporary.folder.appending("link/backup"),
        ] {
            let error = await #expect(throws: EngineError.self) {
                _ = try await temporary.store.backup(to: folder)
            }
            #expect(error?.code == .invalidRequest)
            #expect(access(folder.string, F_OK) != 0)
        }
    }

    @Test func `a damaged catalog is neither backed up nor restored, and its page is named`() async throws {
        let (temporary, _) = try await pictures(3)
        let folder = temporary.folder.appending("backup")
        _ = try await temporary.store.backup(to: folder)
        let catalog = folder.appending("catalog.sqlite")
        var bytes = try File.bytes(of: catalog)
        bytes[4096 + 4000] ^= 1
        try File.write(bytes, to: catalog)
        let target = temporary.folder.appending("restored")
        let error = await #expect(throws: EngineError.self) {
            _ = try await Store.restore(from: folder, to: target)
        }
        #expect(
            error?.code == .corrupt && error?.message.contains("page 2 ") == true, "\(error?.message ?? "")")
        #expect(access(target.string, F_OK) != 0)
        let events = try Store.damage(at: folder)
        #expect(
            events.contains {
                if case .finding("catalog", let text) = $0 { text.contains("page 2 ") } else { false }
            })
    }

    @Test(
        "a rule, key, role or password that cannot be read is named",
        arguments: [
            ("UPDATE rules SET definition = 'if cat'", "the rule 'r' cannot be read"),
            ("UPDATE rules SET id = 'a b'", "the rule 'a b' cannot be read"),
            ("UPDATE api_keys SET scope = 'gold'", "the scope 'gold'"),
            ("UPDATE api_keys SET prefix = 'adbp_00000000'", "the key 'adbp_00000000' cannot be read"),
            (#"UPDATE access_roles SET permissions = '{"objects": 5}'"#, "the role 'staff' cannot be read"),
            ("UPDATE access_users SET password = 'x'", "the password of 'ann'"),
        ])
    func texts(sql: String, words: String) async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        _ = try store.addRule("r", "if any(cat) then tag pet", replaces: false, by: "human:ann")
        _ = try await store.addAPIKey(.free, name: "ann", by: .owner)
        _ = try await store.perform(.createRole, ["name": "staff", "objects": ["read": true]], by: .owner)
        _ = try await store.perform(.createUser, ["username": "ann", "roles": ["staff"]], by: .owner)
        #expect(try await findings(store) == [])
        try store.catalog.write { transaction in
            // Something of its own, as what says nothing is not committed.
            try transaction.setSetting("damaged", true)
            try transaction.connection.execute(sql)
        }
        let messages = try await findings(store)
        #expect(messages.contains { $0.contains(words) }, "\(messages)")
    }

    @Test func `readers find blobs that garbage collection moves while they read`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let kept = try (0..<12).map { try temporary.add(Picture.ppm(width: 40, height: 30, seed: $0)).id }
        // Looked up once, read again and again, as a slow download does.
        var blobs: [StoredBytes] = []
        for id in kept { blobs.append(try await store.blob(id, class: "Image")) }
        for round in 0..<5 {
            let gone = try (0..<12).map {
                try temporary.add(Picture.ppm(width: 60, height: 40, seed: 100 + round * 12 + $0)).id
            }
            // Live, so that what is dead before it cannot just be cut off.
            _ = try temporary.add(Picture.ppm(width: 50, height: 40, seed: 200 + round))
            try store.catalog.write { transaction in
                for id in gone { try transaction.delete(id, by: "test") }
            }
            let looked = blobs
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in 0..<3 {
                    group.addTask {
                        for index in 0..<36 {
                            let number = (index + reader * 5) % 12
                            let bytes = try await store.bytes(of: looked[number])
                            #expect(bytes == Picture.ppm(width: 40, height: 30, seed: number))
                        }
                    }
                }
                group.addTask { _ = try await store.collectGarbage() }
                try await group.waitForAll()
            }
        }
        #expect(try store.catalog.read { try $0.blob(blobs[0].digest) } != nil)
        let first = try store.catalog.read { try $0.blob(blobs[0].digest)?.stored() }
        #expect(first?.location != blobs[0].blob.location, "collection has moved it")
        #expect(try await findings(store) == [])
    }
}

/// Whole files, for tests that damage them.
enum File {
    static func bytes(of path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                bytes += buffer[..<count]
            }
            return bytes
        }
    }

    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }
}
