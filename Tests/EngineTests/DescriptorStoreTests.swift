import Base
import Engine
import Glibc
import Query
import SystemPackage
import TestSupport
import Testing

/// What becomes of vectors in backups, verifications, purges and collections.
@Suite struct DescriptorStoreTests {
    private func vector(_ numbers: Float...) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }
    }

    /// A store with a set of five descriptors on a line.
    private func filled() async throws -> CommandClient {
        let client = try await CommandClient()
        _ = try await client.ask(#"[{"AddDescriptorSet": {"name": "line", "dimensions": 2}}]"#)
        for place in 0..<5 {
            _ = try await client.ask(
                #"[{"AddDescriptor": {"set": "line", "properties": {"place": \#(place)}}}]"#,
                [vector(Float(place), 0)])
        }
        return client
    }

    private func nearest(_ client: CommandClient, to place: Float) async throws -> [Value?] {
        let found = try await client.first(
            #"[{"FindDescriptor": {"set": "line", "k_neighbors": 2, "results": {"list": ["place"]}}}]"#,
            [vector(place, 0)])
        return (found["entities"]?.arrayValue ?? []).map { $0.objectValue?["place"] }
    }

    private func findings(_ store: Store) async throws -> [String] {
        var findings: [String] = []
        for try await event in store.verify() {
            if case .finding(let kind, let message) = event { findings.append("\(kind): \(message)") }
        }
        return findings
    }

    @Test func `a restored backup finds what the store found`() async throws {
        let client = try await filled()
        let backup = client.temporary.folder.appending("backup")
        let answer = try await client.temporary.store.backup(to: backup)
        #expect(answer["damaged"] == [])
        let copy = client.temporary.folder.appending("copy")
        _ = try await Store.restore(from: backup, to: copy)
        let store = try await Store.open(
            at: copy, options: StoreOptions(computeThreads: 1, readThreads: 1))
        let reply = await store.answer(
            CommandMessage(
                json: Array(
                    #"[{"FindDescriptor": {"set": "line", "k_neighbors": 2, "results": {"list": ["place"]}}}]"#
                        .utf8), blobs: [vector(2.9, 0)]), dialect: .aperture, principal: .owner)
        let text = String(decoding: reply.json, as: UTF8.self)
        #expect(text.contains(#"[{"place":3},{"place":2}]"#), "\(text)")
        #expect(try await findings(store).isEmpty)
        try await store.close()
    }

    @Test(
        .enabled(
            if: DescriptorStoreTests.canMount, "this process may not mount a file system to make it read-only"
        ))
    func `on a file system that is read-only vectors are found, verified and copied`() async throws {
        let folder = try TemporaryFolder()
        #expect(mount("tmpfs", folder.path.string, "tmpfs", 0, "size=64m") == 0)
        defer { umount2(folder.path.string, CInt(MNT_DETACH)) }
        let directory = folder.path.appending("store")
        let client = try await filled()
        let backup = client.temporary.folder.appending("backup")
        _ = try await client.temporary.store.backup(to: backup)
        _ = try await Store.restore(from: backup, to: directory)
        #expect(mount(nil, folder.path.string, nil, UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0)
        let store = try await Store.open(
            at: directory, access: .readOnly, options: StoreOptions(computeThreads: 1, readThreads: 1))
        #expect(try await findings(store).isEmpty)
        let reply = await store.answer(
            CommandMessage(
                json: Array(
                    #"[{"FindDescriptor": {"set": "line", "k_neighbors": 1, "blobs": true}}]"#.utf8),
                blobs: [vector(2.9, 0)]), dialect: .aperture, principal: .owner)
        #expect(reply.blobs == [vector(3, 0)])
        let copied = try await store.backup(to: client.temporary.folder.appending("copy"))
        #expect(copied["damaged"] == [])
        try await store.close()
    }

    /// Whether this process may mount file systems: root may, outside a container that takes that away.
    private static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(),
            mount("tmpfs", folder.path.string, "tmpfs", 0, "size=64k") == 0
        else { return false }
        return umount2(folder.path.string, CInt(MNT_DETACH)) == 0
    }()

    @Test func `a flipped byte of a vector is found`() async throws {
        let client = try await filled()
        #expect(try await findings(client.temporary.store).isEmpty)
        let folder = client.temporary.store.directory.appending("vectors")
        let name = try #require(files(below: folder).first { $0.hasSuffix("vectors.f32") })
        let file = folder.appending(name)
        var bytes = try contents(of: file)
        bytes[64 + 2 * 8 + 1] ^= 0x40
        try write(bytes, to: file)
        let found = try await findings(client.temporary.store)
        #expect(found.count == 1 && found[0].hasPrefix("vector: "), "\(found)")
    }

    @Test func `a purged descriptor leaves no number behind`() async throws {
        let client = try await filled()
        let store = client.temporary.store
        let ids = try await client.first(
            #"[{"FindDescriptor": {"set": "line", "uniqueids": true, "constraints": {"place": ["==", 3]}}}]"#)
        let id = try #require(
            ids["entities"]?.arrayValue?.first?.objectValue?["_uniqueid"]?.stringValue.flatMap {
                EntityID($0)
            })
        _ = try await store.purge(
            DeletionRequest(entityClass: "Descriptor:0:line", target: .ids([id]), by: "human:ann"))
        let folder = store.directory.appending("vectors")
        let needle = vector(3, 0)
        for name in files(below: folder) where name.hasSuffix("vectors.f32") {
            let bytes = try contents(of: folder.appending(name))
            let holds = bytes.indices.dropLast(7).contains { bytes[$0..<$0 + 8].elementsEqual(needle) }
            #expect(!holds)
        }
        #expect(try await nearest(client, to: 3) == [2, 4])
        #expect(try await findings(store).isEmpty)
    }

    @Test func `a removed set's vectors go with the garbage, and its name may be used again`() async throws {
        let client = try await filled()
        let store = client.temporary.store
        _ = try await client.ask(#"[{"DeleteDescriptorSet": {"with_name": "line"}}]"#)
        _ = try await store.collectGarbage()
        #expect(files(below: store.directory.appending("vectors")).isEmpty)
        #expect(try await findings(store).isEmpty)
        _ = try await client.ask(#"[{"AddDescriptorSet": {"name": "line", "dimensions": 3}}]"#)
        let added = try await client.first(
            #"[{"AddDescriptor": {"set": "line", "properties": {"place": 9}}}]"#, [vector(1, 2, 3)])
        #expect(added["status"] == 0)
        let found = try await client.first(
            #"[{"FindDescriptor": {"set": "line", "k_neighbors": 5, "results": {"list": ["place"]}}}]"#,
            [vector(0, 0, 0)])
        #expect(found["entities"] == [["place": 9]])
    }

    @Test func `a query that fails leaves no row in the way`() async throws {
        let client = try await filled()
        let failed = try await client.failure(
            """
            [{"AddDescriptor": {"set": "line", "properties": {"place": 77}}},
             {"FindEntity": {"with_class": "Nobody", "unique": true}}]
            """, [vector(7, 7)])
        #expect(failed["status"] == 3)
        _ = try await client.ask(
            #"[{"AddDescriptor": {"set": "line", "properties": {"place": 5}}}]"#, [vector(5, 0)])
        #expect(try await nearest(client, to: 5) == [5, 4])
    }

    @Test func `a descriptor is found within the query that adds it`() async throws {
        let client = try await filled()
        let reply = try await client.ask(
            """
            [{"AddDescriptor": {"set": "line", "properties": {"place": 8}}},
             {"FindDescriptor": {"set": "line", "k_neighbors": 2, "distances": true,
               "results": {"list": ["place"]}}}]
            """, [vector(8, 0), vector(8, 0)])
        let found = reply.reply.arrayValue?[1].objectValue?["FindDescriptor"]?.objectValue
        #expect(
            found?["entities"] == [["place": 8, "_distance": 0.0], ["place": 4, "_distance": 16.0]],
            "\(reply.reply.json)")
    }
}
