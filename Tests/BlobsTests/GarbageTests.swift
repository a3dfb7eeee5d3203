import Base
import Blobs
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct GarbageTests {
    @Test func `what nothing refers to goes, the rest stays, and space is freed`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for seed in 0..<60 {
                let bytes = sample(seed, count: seed % 6 == 5 ? 4000 : 1000)
                table.add(try store.put(bytes), bytes)
            }
            try store.sync()
            let lengths = try Dictionary(
                uniqueKeysWithValues: files(below: directory).map {
                    ($0, try contents(of: directory.appending($0)).count)
                })
            table.remove { $0 % 3 == 0 || (20..<40).contains($0) || $0 % 12 == 5 }
            let report = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(report.damaged.isEmpty)
            #expect(!report.droppedPacks.isEmpty && report.movedCount > 0)
            #expect(report.droppedLarge.count == 10 - table.blobs.values.filter(\.blob.isLarge).count)
            try table.check(store)
            let gone = lengths.filter {
                !files(below: directory).contains($0.key) && !$0.key.hasSuffix(".sums")
            }
            // Every record here takes 72 + 1000 bytes.
            #expect(report.freedBytes == gone.values.reduce(0, +) - report.movedCount * 1072)
            #expect(report.movedBytes == report.movedCount * 1000)

            let again = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(again.droppedPacks.isEmpty && again.movedCount == 0 && again.freedBytes == 0)
        }
    }

    @Test func `with a dead fraction of nothing, only live records are left`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for seed in 0..<30 {
                let bytes = sample(seed, count: 500 + seed)
                table.add(try store.put(bytes), bytes)
            }
            table.remove { $0 % 5 == 0 }
            _ = try store.collectGarbage(
                minimumDeadFraction: 0, live: { try table.live }, commit: { table.commit($0) })
            #expect(Set(try Scan(store).intact) == Set(table.blobs.values.map(\.blob)))
            table.remove { _ in true }
            _ = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(files(below: directory) == ["writer.lock"])
        }
    }

    @Test(arguments: 1...10)
    func `random puts, removals and collections agree with a table`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        try withTemporaryDirectory { directory in
            var store: BlobStore? = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for step in 0..<150 {
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<14:
                    let bytes = sample(seed << 32 | step, count: Int.random(in: 0..<2500, using: &random))
                    table.add(try #require(store).put(bytes), bytes)
                case 14..<17:
                    let divisor = Int.random(in: 2..<6, using: &random)
                    table.remove { $0 % divisor == 0 }
                case 17..<19:
                    let current = try #require(store)
                    _ = try current.collectGarbage(
                        minimumDeadFraction: Double.random(in: 0...1, using: &random),
                        live: { try table.live }, commit: { table.commit($0) })
                    try table.check(current, "seed \(seed) step \(step)")
                default:
                    store = nil
                    store = try BlobStore(directory: directory, options: .small)
                }
            }
            try table.check(try #require(store), "seed \(seed)")
        }
    }

    /// A process that ends at any of its calls leaves every committed blob readable, and garbage that the
    /// next collection finds.
    @Test func `a collection that ends at any call loses nothing and leaves nothing for good`() throws {
        var limit = 0
        var isComplete = false
        while !isComplete {
            try withTemporaryDirectory { directory in
                var table = Table()
                do {
                    let store = try BlobStore(directory: directory, options: .small)
                    for seed in 0..<24 {
                        let bytes = sample(seed, count: seed % 8 == 7 ? 3000 : 1300)
                        table.add(try store.put(bytes), bytes)
                    }
                    try store.sync()
                }
                table.remove { $0 % 2 == 0 || $0 < 8 || $0 == 15 }
                let counter = CallCounter.ending(after: limit)
                do {
                    let store = try BlobStore(directory: directory, options: .small, calls: counter.calls)
                    let bytes = sample(100, count: 900)
                    let blob = try store.put(bytes)
                    try store.sync()
                    table.add(blob, bytes)
                    _ = try store.collectGarbage(
                        minimumDeadFraction: 0.1, live: { try table.live }, commit: { table.commit($0) })
                    isComplete = counter.total <= limit
                } catch {
                    #expect((error as? BlobError)?.code == .io, "call \(limit): \(error)")
                }
                let store = try BlobStore(directory: directory, options: .small)
                try table.check(store, "call \(limit)")
                _ = try store.collectGarbage(
                    minimumDeadFraction: 0, live: { try table.live }, commit: { table.commit($0) })
                try table.check(store, "after call \(limit)")
                let scan = try Scan(store)
                #expect(Set(scan.intact) == Set(table.blobs.values.map(\.blob)), "call \(limit)")
                #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty, "call \(limit)")
                #expect(files(below: directory.appending("temporary")) == [], "call \(limit)")
                #expect(
                    files(below: directory.appending("large")).count
                        == 2 * table.blobs.values.filter(\.blob.isLarge).count, "call \(limit)")
            }
            limit += 1
        }
        #expect(limit > 30)
    }

    @Test func `a commit that throws leaves every pack where it was`() throws {
        struct Refused: Error {}
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for seed in 0..<14 {
                let bytes = sample(seed, count: 1000)
                table.add(try store.put(bytes), bytes)
            }
            table.remove { $0 % 2 == 0 }
            #expect(throws: Refused.self) {
                _ = try store.collectGarbage(live: { try table.live }, commit: { _ in throw Refused() })
            }
            try table.check(store)
            let report = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(report.movedCount == 7)
            try table.check(store)
        }
    }

    @Test func `a damaged live record is reported, and its pack kept`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for seed in 0..<7 {
                let bytes = sample(seed, count: 1000)
                table.add(try store.put(bytes), bytes)
            }
            let victim = try #require(table.blobs[3]?.blob)
            let pack = directory.appending("packs").appending("00000001.pack")
            var bytes = try contents(of: pack)
            bytes[victim.offset + 80] ^= 4
            try write(bytes, to: pack)
            table.remove { $0 % 3 != 0 }
            let report = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            #expect(report.damaged.map(\.code) == [.corrupt])
            #expect(report.droppedPacks.isEmpty && report.movedCount == 2)
            #expect(try store.verify(table.blobs.values.map(\.blob)).map(\.blob) == [victim])
        }
    }

    @Test func `what is put under a hold survives a collection that does not know it`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            let committed = try store.put(sample(1, count: 100))
            let hold = try store.holdPuts()
            var blobs = try [300, 3000].map { try store.put(sample($0, count: $0)) }
            let report = try store.collectGarbage(
                live: {
                    blobs += try [301, 3001].map { try store.put(sample($0, count: $0)) }
                    return try LiveBlobs([committed])
                },
                commit: { _ in })
            #expect(report.droppedPacks.isEmpty && report.droppedLarge.isEmpty)
            #expect(try store.verify(blobs + [committed]).isEmpty)
            hold.end()
            hold.end()
            let next = try store.collectGarbage(live: { LiveBlobs() }, commit: { _ in })
            #expect(next.droppedPacks.count == 1 && next.droppedLarge.count == 2)
        }
    }

    /// The commit may come after the collection has asked what is live.
    @Test func `a hold that ends while a collection runs still protects from that one`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            let hold = try store.holdPuts()
            let blobs = try [300, 3000].map { try store.put(sample($0, count: $0)) }
            let report = try store.collectGarbage(
                live: {
                    hold.end()
                    return LiveBlobs()
                },
                commit: { _ in })
            #expect(report.droppedPacks.isEmpty && report.droppedLarge.isEmpty)
            #expect(try store.verify(blobs).isEmpty)
        }
    }

    @Test func `what is put while a collection runs survives it without a hold`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            let old = try store.put(sample(3000, count: 3000))
            var blobs: [StoredBlob] = []
            _ = try store.collectGarbage(
                live: {
                    blobs = try [300, 3000, 3001].map { try store.put(sample($0, count: $0)) }
                    return LiveBlobs()
                },
                commit: { _ in })
            #expect(blobs[1] == old)
            #expect(try store.verify(blobs).isEmpty)
        }
    }

    /// On a full disk there may be no room to copy what is live.
    @Test func `what lies behind the last live record is cut off, and the next record goes there`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory)
            let kept = try store.put(sample(1, count: 500))
            for seed in 2..<50 { _ = try store.put(sample(seed, count: 900)) }
            try store.sync()
            let pack = directory.appending("packs").appending(files(below: directory.appending("packs"))[0])
            func length() throws -> Int {
                let file = try FileDescriptor.open(pack, .readOnly)
                return try file.closeAfter { Int(try file.seek(offset: 0, from: .end)) }
            }
            let before = try length()
            let report = try store.collectGarbage(
                minimumDeadFraction: 1, live: { try LiveBlobs([kept]) }, commit: { _ in })
            #expect(report.movedCount == 0 && report.droppedPacks == [])
            #expect(report.freedBytes == before - (try length()) && report.freedBytes > 48 * 900)
            let next = try store.put(sample(99, count: 700))
            try store.sync()
            #expect(try length() < 2_000)
            #expect(try store.verify([kept, next]).isEmpty)
            #expect(try Set(Scan(store).intact) == [kept, next])
        }
    }

    @Test func `collections exclude each other and backups`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            func collect(_ body: () throws -> Void = {}) throws {
                _ = try store.collectGarbage(
                    live: {
                        try body()
                        return LiveBlobs()
                    }, commit: { _ in })
            }
            try collect {
                #expect(code { try collect() } == .busy)
                #expect(code { _ = try store.holdCollection() } == .busy)
            }
            let hold = try store.holdCollection()
            #expect(code { try collect() } == .busy)
            hold.end()
            try collect()
        }
    }

    @Test func `impossible live locations and fractions are refused`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory)
            for fraction in [-0.1, 1.1, .nan, .infinity] {
                let found = code {
                    _ = try store.collectGarbage(
                        minimumDeadFraction: fraction, live: { LiveBlobs() }, commit: { _ in })
                }
                #expect(found == .invalid)
            }
            let digest = SHA256Digest(hashing: [])
            for (offset, length) in [(31, 1), (33, 1), (-8, 1), (1 << 36, 1), (32, -1), (32, .max)] {
                let blob = StoredBlob(
                    digest: digest, location: .pack(number: 1, offset: offset, length: length))
                #expect(code { _ = try LiveBlobs([blob]) } == .invalid)
            }
        }
    }

    @Test func `a cancelled collection leaves everything readable`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var table = Table()
            for seed in 0..<30 {
                let bytes = sample(seed, count: 1000)
                table.add(try store.put(bytes), bytes)
            }
            table.remove { $0 % 2 == 0 }
            let cancellation = Cancellation()
            #expect(throws: CancelledError.self) {
                _ = try store.collectGarbage(
                    cancellation: cancellation, live: { try table.live },
                    commit: { moves in
                        table.commit(moves)
                        cancellation.cancel()
                    })
            }
            try table.check(store)
            _ = try store.collectGarbage(live: { try table.live }, commit: { table.commit($0) })
            try table.check(store)
        }
    }
}

/// A catalog in miniature: numbered blobs, where they are and what they hold.
struct Table {
    private(set) var blobs: [Int: (blob: StoredBlob, bytes: [UInt8])] = [:]
    private var next = 0

    mutating func add(_ blob: StoredBlob, _ bytes: [UInt8]) {
        blobs[next] = (blob, bytes)
        next += 1
    }

    mutating func remove(where isRemoved: (Int) -> Bool) {
        blobs = blobs.filter { !isRemoved($0.key) }
    }

    var live: LiveBlobs {
        get throws { try LiveBlobs(blobs.values.map(\.blob)) }
    }

    mutating func commit(_ moves: [BlobMove]) {
        for (key, entry) in blobs {
            guard let move = moves.first(where: { $0.from == entry.blob.location }) else { continue }
            #expect(move.digest == entry.blob.digest)
            blobs[key]?.blob.location = move.to
        }
    }

    /// Each blob is read back and equals what was put.
    func check(_ store: BlobStore, _ place: String = "") throws {
        for (key, entry) in blobs {
            #expect(try store.read(entry.blob) == entry.bytes, "blob \(key) \(place)")
        }
    }
}
