import Base
import Blobs
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Three records, and the pack they are in, which tests damage in all ways.
private struct ThreeRecords {
    let directory: FilePath
    let contents: [[UInt8]] = [sample(1, count: 61), sample(2, count: 40), sample(3, count: 50)]
    let blobs: [StoredBlob]
    let bytes: [UInt8]
    var pack: FilePath { directory.appending("packs").appending("00000001.pack") }

    init(_ directory: FilePath) throws {
        self.directory = directory
        let store = try BlobStore(directory: directory)
        blobs = try contents.map { try store.put($0) }
        try store.sync()
        bytes = try TestSupport.contents(of: directory.appending("packs").appending("00000001.pack"))
    }

    /// After `damage` to the last record: the others are there, and a put goes through and stays.
    func checkRecovery(_ what: String) throws {
        let blob: StoredBlob
        do {
            let store = try BlobStore(directory: directory)
            #expect(try store.verify(blobs).map(\.blob) == [blobs[2]], "\(what)")
            #expect(code { _ = try store.read(blobs[2]) } == .corrupt, "\(what)")
            blob = try store.put(contents[2])
            #expect(blob.offset >= blobs[2].offset, "\(what)")
            try store.sync()
        }
        let store = try BlobStore(directory: directory, access: .readOnly)
        for (blob, content) in [(blobs[0], contents[0]), (blobs[1], contents[1]), (blob, contents[2])] {
            #expect(try store.read(blob) == content, "\(what)")
        }
        #expect(Set(try Scan(store).intact) == [blobs[0], blobs[1], blob], "\(what)")
    }
}

@Suite(.onOwnThreads) struct DamageTests {
    @Test func `a last record cut short at any byte is skipped, and nothing else is lost`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            for length in three.blobs[2].offset..<three.bytes.count {
                try write(Array(three.bytes[..<length]), to: three.pack)
                try three.checkRecovery("cut to \(length)")
            }
        }
    }

    @Test func `a last record whose end came out as zeros is skipped, and nothing else is lost`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            for kept in three.blobs[2].offset..<three.bytes.count - 1 {
                let zeros = [UInt8](repeating: 0, count: three.bytes.count - kept)
                // A payload that ends in zeros loses nothing by it.
                guard Array(three.bytes[kept...]) != zeros else { continue }
                try write(three.bytes[..<kept] + zeros, to: three.pack)
                try three.checkRecovery("zeros from \(kept)")
            }
        }
    }

    @Test func `records behind a hole are found`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            let hole = three.blobs[1].offset..<three.blobs[2].offset
            for part in [
                hole, hole.lowerBound..<hole.lowerBound + 72, hole.lowerBound + 72..<hole.upperBound,
            ] {
                var bytes = three.bytes
                for index in part { bytes[index] = 0 }
                try write(bytes, to: three.pack)
                let scan = try Scan(try BlobStore(directory: directory, access: .readOnly))
                #expect(scan.intact == [three.blobs[0], three.blobs[2]])
                if part.lowerBound == hole.lowerBound {
                    #expect(scan.unreadable.map(\.offset) == [hole.lowerBound])
                    #expect(scan.unreadable.map(\.length) == [hole.count])
                } else {
                    #expect(scan.damaged == [three.blobs[1]])
                }
            }
        }
    }

    @Test func `a hole of many megabytes is walked across`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            let length = 9 << 20
            try write(three.bytes + [UInt8](repeating: 0, count: length - three.bytes.count), to: three.pack)
            let store = try BlobStore(directory: directory)
            let blob = try store.put(sample(4, count: 100))
            #expect(blob.offset == length)
            #expect(try Scan(store).intact == three.blobs + [blob])
        }
    }

    @Test func `any flipped bit of a record is found by read, verify and scan`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            let middle = three.blobs[1]
            let store = try BlobStore(directory: directory, access: .readOnly)
            for index in middle.offset..<middle.offset + 72 + middle.location.length {
                var bytes = three.bytes
                bytes[index] ^= 1 << UInt8(index % 8)
                try write(bytes, to: three.pack)
                let error = #expect(throws: BlobError.self) { _ = try store.read(middle) }
                #expect(error?.code == .corrupt)
                #expect(error?.message.contains("pack 1 at \(middle.offset)") ?? false)
                #expect(error?.message.contains(middle.digest.description) ?? false)
                #expect(code { _ = try store.read(middle, range: 0..<1) } == .corrupt)
                #expect(code { _ = try store.reader(middle) } == .corrupt)
                #expect(try store.verify(three.blobs).map(\.blob) == [middle])
                let scan = try Scan(store)
                #expect(scan.intact == [three.blobs[0], three.blobs[2]], "byte \(index)")
                #expect(scan.damaged.count + scan.unreadable.count == 1)
            }
        }
    }

    @Test func `a damaged pack header costs no record, and nothing is appended to that pack`() throws {
        try withTemporaryDirectory { directory in
            let three = try ThreeRecords(directory)
            for index in 0..<32 {
                var bytes = three.bytes
                bytes[index] ^= 0x10
                try write(bytes, to: three.pack)
                let store = try BlobStore(directory: directory)
                #expect(try store.verify(three.blobs).isEmpty)
                let blob = try store.put([1, 2, 3])
                guard case .pack(2, 32, 3) = blob.location else {
                    Issue.record("put to \(blob.location)")
                    return
                }
                #expect(try Scan(store).intact == three.blobs + [blob])
                try FileManager.default.removeItem(
                    atPath: directory.appending("packs").appending("00000002.pack").string)
            }
        }
    }

    /// A header whose payload was lost says where its record would end; what was written in that place later
    /// must not be passed over.
    @Test func `a record written inside the extent of a lost one is found`() throws {
        try withTemporaryDirectory { directory in
            var blobs: [StoredBlob] = []
            do {
                let store = try BlobStore(directory: directory)
                blobs.append(try store.put(sample(1, count: 10)))
                blobs.append(try store.put(sample(2, count: 1000)))
            }
            let pack = directory.appending("packs").appending("00000001.pack")
            try write(Array(try contents(of: pack)[..<(blobs[1].offset + 72 + 300)]), to: pack)
            let store = try BlobStore(directory: directory)
            let later = try store.put(sample(3, count: 20))
            #expect(later.offset < blobs[1].offset + 72 + 1000)
            let scan = try Scan(store)
            #expect(scan.intact == [blobs[0], later])
            #expect(scan.damaged == [blobs[1]])
        }
    }

    /// A stored pack holds sound records; where the walk is broken in front of it, they must not be taken for
    /// ours.
    @Test func `records of a pack that was stored as a blob are not mistaken for records`() throws {
        try withTemporaryDirectory { directory in
            let inner = directory.appending("inner")
            do {
                let store = try BlobStore(directory: inner)
                for seed in 0..<20 { _ = try store.put(sample(seed, count: 100)) }
            }
            let payload = try contents(of: inner.appending("packs").appending("00000001.pack"))
            let outer = directory.appending("outer")
            let blob: StoredBlob
            do {
                let store = try BlobStore(directory: outer)
                blob = try store.put(payload)
            }
            let pack = outer.appending("packs").appending("00000001.pack")
            var bytes = try contents(of: pack)
            bytes[blob.offset] ^= 1
            try write(bytes, to: pack)
            let scan = try Scan(try BlobStore(directory: outer, access: .readOnly))
            #expect(scan.intact.isEmpty && scan.damaged.isEmpty)
            #expect(scan.unreadable.map(\.length) == [bytes.count - 32])
        }
    }

    @Test(arguments: 1...40)
    func `a scan of random damage neither crashes nor invents a record`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        try withTemporaryDirectory { directory in
            var blobs: Set<StoredBlob> = []
            do {
                let store = try BlobStore(directory: directory)
                for step in 0..<30 {
                    let count = Int.random(in: 0..<400, using: &random)
                    blobs.insert(try store.put(sample(seed << 8 | step, count: count)))
                }
            }
            let pack = directory.appending("packs").appending("00000001.pack")
            var bytes = try contents(of: pack)
            var damaged: Set<Int> = []
            for _ in 0..<Int.random(in: 1..<8, using: &random) {
                let start = Int.random(in: 0..<bytes.count, using: &random)
                for index in start..<min(bytes.count, start + Int.random(in: 1..<200, using: &random)) {
                    let byte = UInt8.random(in: .min ... .max, using: &random)
                    if bytes[index] != byte { damaged.insert(index) }
                    bytes[index] = byte
                }
            }
            try write(bytes, to: pack)
            let store = try BlobStore(directory: directory, access: .readOnly)
            let whole = blobs.filter { blob in
                damaged.isDisjoint(with: blob.offset..<blob.offset + 72 + blob.location.length)
            }
            #expect(Set(try Scan(store).intact) == whole, "seed \(seed)")
            #expect(Set(try store.verify(blobs).map(\.blob)) == blobs.subtracting(whole), "seed \(seed)")
        }
    }
}
