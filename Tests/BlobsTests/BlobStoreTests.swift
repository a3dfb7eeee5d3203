import Base
import Blobs
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct BlobStoreTests {
    @Test func `what was put is read back, by this store and by the next`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("blobs")
            let contents = [0, 1, 7, 8, 9, 100, 2048, 2049, 5000].map { sample($0, count: $0) }
            var blobs: [StoredBlob] = []
            do {
                let store = try BlobStore(directory: path, options: .small)
                for bytes in contents { blobs.append(try store.put(bytes)) }
                for (blob, bytes) in zip(blobs, contents) {
                    #expect(try store.read(blob) == bytes)
                    #expect(blob.digest == SHA256Digest(hashing: bytes))
                    #expect(blob.location.length == bytes.count)
                }
                try store.sync()
            }
            #expect(blobs.map(\.isLarge) == contents.map { $0.count > 2048 })
            let reader = try BlobStore(directory: path, access: .readOnly)
            for (blob, bytes) in zip(blobs, contents) { #expect(try reader.read(blob) == bytes) }
        }
    }

    /// Random puts, reads of ranges, syncs and reopenings, compared with a dictionary.
    @Test(arguments: 1...12)
    func `a store behaves as a dictionary from digest to bytes`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        try withTemporaryDirectory { directory in
            let path = directory.appending("blobs")
            var store: BlobStore? = try BlobStore(directory: path, options: .small)
            var model: [(blob: StoredBlob, bytes: [UInt8])] = []
            for step in 0..<200 {
                switch Int.random(in: 0..<20, using: &random) {
                case 0..<10:
                    let bytes = sample(seed << 32 | step, count: Int.random(in: 0..<3000, using: &random))
                    let digest = Bool.random(using: &random) ? SHA256Digest(hashing: bytes) : nil
                    model.append((try #require(store).put(bytes, digest: digest), bytes))
                case 10..<18:
                    guard let entry = model.randomElement(using: &random) else { continue }
                    let start = Int.random(in: 0...entry.bytes.count, using: &random)
                    let end = Int.random(in: start...entry.bytes.count, using: &random)
                    let read = try #require(store).read(entry.blob, range: start..<end)
                    #expect(read == Array(entry.bytes[start..<end]), "seed \(seed) step \(step)")
                case 18:
                    try #require(store).sync()
                default:
                    store = nil
                    store = try BlobStore(directory: path, options: .small)
                }
            }
            let last = try #require(store)
            for entry in model { #expect(try last.read(entry.blob) == entry.bytes, "seed \(seed)") }
            #expect(try last.verify(model.map(\.blob)).isEmpty)
            let scan = try Scan(last)
            #expect(Set(scan.intact) == Set(model.map(\.blob)), "seed \(seed)")
            #expect(scan.damaged.isEmpty && scan.unreadable.isEmpty)
        }
    }

    @Test func `a pack stays under its limit, and a short one is filled up by the next process`() throws {
        try withTemporaryDirectory { directory in
            for seed in 0..<40 {
                let store = try BlobStore(directory: directory, options: .small)
                _ = try store.put(sample(seed, count: 700))
            }
            let packs = files(below: directory.appending("packs"))
            // A record takes 776 bytes. A pack past half its limit is not taken up again: that is so after 6.
            #expect(packs.count == 7)
            for pack in packs {
                #expect(try contents(of: directory.appending("packs").appending(pack)).count <= 8192)
            }
        }
    }

    @Test func `another program reads the packs by their documented layout`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            var expected: [String] = []
            for count in [0, 1, 500, 2048, 1999, 2000, 2001, 2002] {
                let blob = try store.put(sample(count, count: count))
                guard case .pack(let number, let offset, let length) = blob.location else { continue }
                expected.append("\(number) \(offset) \(length) \(blob.digest)")
            }
            let large = try store.put(sample(1, count: 2_500_000))
            expected.append("large \(large.location.length) \(large.digest)")
            #expect(expected.count == 9)
            #expect(try readBlobsOracle(directory) == expected)
        }
    }

    @Test func `ranges outside the blob are refused`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory, options: .small)
            for count in [10, 4000] {
                let blob = try store.put(sample(1, count: count))
                #expect(code { _ = try store.read(blob, range: 0..<count + 1) } == .invalid)
                #expect(code { _ = try store.read(blob, range: -1..<1) } == .invalid)
                #expect(try store.read(blob, range: count..<count) == [])
                #expect(code { _ = try store.reader(blob).read(0..<count + 1) } == .invalid)
            }
        }
    }

    @Test func `a location that is not the blob's is corrupt, and costs no memory`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory)
            let blob = try store.put(sample(1, count: 100))
            let other = try store.put(sample(2, count: 100))
            var wrong = blob
            wrong.digest = other.digest
            #expect(code { _ = try store.read(wrong) } == .corrupt)
            wrong = blob
            wrong.location = .pack(number: 1, offset: blob.offset, length: 1 << 50)
            #expect(code { _ = try store.read(wrong) } == .corrupt)
            wrong.location = .pack(number: 1, offset: blob.offset, length: 99)
            #expect(code { _ = try store.read(wrong) } == .corrupt)
            wrong.location = .pack(number: 1, offset: blob.offset + 8, length: 100)
            #expect(code { _ = try store.read(wrong) } == .corrupt)
            wrong.location = .pack(number: 1, offset: 1 << 40, length: 100)
            #expect(code { _ = try store.read(wrong) } == .corrupt)
            wrong.location = .pack(number: 1, offset: .max, length: .max)
            #expect(code { _ = try store.read(wrong) } == .invalid)
            wrong.location = .pack(number: 1, offset: 0, length: -1)
            #expect(code { _ = try store.verify([wrong]).forEach { throw $0.error } } == .invalid)
            wrong.location = .pack(number: 2, offset: 32, length: 100)
            #expect(code { _ = try store.read(wrong) } == .missing)
            wrong.location = .large(length: 100)
            #expect(code { _ = try store.read(wrong) } == .missing)
        }
    }

    @Test func `a second writer is refused while the first lives`() throws {
        try withTemporaryDirectory { directory in
            var first: BlobStore? = try BlobStore(directory: directory)
            let blob = try #require(first).put([1, 2, 3])
            #expect(code { _ = try BlobStore(directory: directory) } == .busy)
            #expect(try BlobStore(directory: directory, access: .readOnly).read(blob) == [1, 2, 3])
            first = nil
            #expect(try BlobStore(directory: directory).read(blob) == [1, 2, 3])
        }
    }

    @Test func `a store opened for reading refuses to write and needs a directory`() throws {
        try withTemporaryDirectory { directory in
            #expect(
                code { _ = try BlobStore(directory: directory.appending("no"), access: .readOnly) }
                    == .missing)
            let store = try BlobStore(directory: directory, access: .readOnly)
            #expect(code { _ = try store.put([1]) } == .readOnly)
            #expect(code { _ = try store.putFile("/etc/hostname") } == .readOnly)
            #expect(code { try store.sync() } == .readOnly)
            #expect(code { _ = try store.holdPuts() } == .readOnly)
            #expect(
                code { _ = try store.collectGarbage(live: { LiveBlobs() }, commit: { _ in }) } == .readOnly)
            #expect(files(below: directory) == [])
        }
    }

    @Test func `a path need not be UTF-8`() throws {
        try withTemporaryDirectory { directory in
            let name: [CChar] = [UInt8](arrayLiteral: 0x62, 0xFF, 0x0A, 0x80, 0).map { CChar(bitPattern: $0) }
            let path = FilePath(
                platformString: [CChar](directory.string.utf8CString.dropLast()) + [0x2F] + name)
            let store = try BlobStore(directory: path, options: .small)
            let blobs = try [10, 3000].map { try store.put(sample($0, count: $0)) }
            try store.sync()
            #expect(try blobs.map { try store.read($0).count } == [10, 3000])
        }
    }

    @Test func `options that contradict each other are refused`() throws {
        try withTemporaryDirectory { directory in
            for (pack, large) in [(0, 0), (1 << 40, 1), (4096, 4096), (4096, -1), (4096, 4096 - 32 - 71)] {
                var options = BlobOptions()
                options.packLimit = ByteCount(pack)
                options.largeThreshold = ByteCount(large)
                #expect(code { _ = try BlobStore(directory: directory, options: options) } == .invalid)
            }
            var options = BlobOptions()
            options.packLimit = ByteCount(4096)
            options.largeThreshold = ByteCount(4096 - 32 - 72)
            let store = try BlobStore(directory: directory, options: options)
            let blob = try store.put(sample(1, count: 4096 - 32 - 72))
            #expect(blob.offset == 32)
        }
    }

    @Test func `what a process left behind is cleared away, what others put there is not touched`() throws {
        try withTemporaryDirectory { directory in
            _ = try BlobStore(directory: directory, options: .small)
            try write([1], to: directory.appending("temporary").appending("1"))
            try write([1], to: directory.appending("temporary").appending("1.sums"))
            try write([], to: directory.appending("packs").appending("00000005.pack"))
            try write(sample(1, count: 31), to: directory.appending("packs").appending("00000006.pack"))
            for name in ["notes.txt", "7.pack", "0000000a.pack", "99999999999.pack", "00000000.pack"] {
                try write([1], to: directory.appending("packs").appending(name))
            }
            let store = try BlobStore(directory: directory, options: .small)
            #expect(store.recovery?.removedTemporaries == 2)
            #expect(store.recovery?.removedPacks == 2)
            #expect(files(below: directory.appending("packs")).count == 5)
            let scan = try Scan(store)
            #expect(scan.intact.isEmpty && scan.damaged.isEmpty && scan.unreadable.isEmpty)
        }
    }

    @Test func `a pack of a newer format is refused, not misread`() throws {
        try withTemporaryDirectory { directory in
            do {
                let store = try BlobStore(directory: directory)
                _ = try store.put([1, 2, 3])
            }
            let pack = directory.appending("packs").appending("00000001.pack")
            var bytes = try contents(of: pack)
            bytes[8] = 2
            let checksum = CRC32C.checksum(Array(bytes[..<28]))
            for byte in 0..<4 { bytes[28 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
            try write(bytes, to: pack)
            let store = try BlobStore(directory: directory)
            #expect(code { _ = try Scan(store) } == .unsupported)
            #expect(code { _ = try store.put([4]) } == .unsupported)
        }
    }

    @Test func `many packs are read through few open files`() throws {
        try withTemporaryDirectory { directory in
            var options = BlobOptions.small
            options.openPackLimit = 2
            let store = try BlobStore(directory: directory, options: options)
            let blobs = try (0..<60).map { try store.put(sample($0, count: 1500)) }
            var random = SeededGenerator(seed: 4)
            for _ in 0..<300 {
                let index = Int.random(in: 0..<60, using: &random)
                #expect(try store.read(blobs[index]) == sample(index, count: 1500))
            }
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/fd/" + name)
                return target?.hasPrefix(directory.string + "/packs") ?? false
            }
            // Two for reading, one for appending, and those that wait for a sync.
            #expect(open.count <= 2 + 1 + files(below: directory.appending("packs")).count)
            try store.sync()
        }
    }
}
