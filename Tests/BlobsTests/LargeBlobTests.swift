import Base
import Blobs
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct LargeBlobTests {
    static let lengths = [4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (3 << 20) + 77]

    @Test(arguments: lengths)
    func `a large blob is a plain file, from memory as from a file`(length: Int) throws {
        try withTemporaryDirectory { directory in
            let bytes = sample(length, count: length)
            let source = directory.appending("source")
            try write(bytes, to: source)
            let digest = SHA256Digest(hashing: bytes)
            let name = "large/\(digest.description.prefix(2))/\(digest)"
            for (place, put) in [
                ("memory", { (store: BlobStore) in try store.put(bytes) }),
                ("file", { try $0.putFile(source) }),
                ("expected", { try $0.putFile(source, digest: digest) }),
            ] {
                let path = directory.appending(place)
                let store = try BlobStore(directory: path, options: .fewLarge)
                let blob = try put(store)
                #expect(blob == StoredBlob(digest: digest, location: .large(length: length)))
                #expect(files(below: path) == [name, name + ".sums", "writer.lock"])
                #expect(try contents(of: path.appending(name)) == bytes)
                #expect(try store.read(blob) == bytes)
                #expect(try store.read(blob, verifyingDigest: true) == bytes)
                #expect(try store.verify([blob]).isEmpty)
                #expect(try Scan(store).intact == [blob])
            }
        }
    }

    @Test func `ranges of a large blob equal those of its bytes`() throws {
        try withTemporaryDirectory { directory in
            let length = (3 << 20) + 77
            let bytes = sample(5, count: length)
            let store = try BlobStore(directory: directory, options: .fewLarge)
            let blob = try store.put(bytes)
            let reader = try store.reader(blob)
            #expect(reader.length == length)
            var random = SeededGenerator(seed: 5)
            var ranges = [0..<0, 0..<1, length - 1..<length, (1 << 20) - 1..<(1 << 20) + 1, 0..<length]
            for _ in 0..<20 {
                let start = Int.random(in: 0..<length, using: &random)
                ranges.append(start..<Int.random(in: start...length, using: &random))
            }
            for range in ranges {
                #expect(try store.read(blob, range: range) == Array(bytes[range]))
                #expect(try reader.read(range) == Array(bytes[range]))
            }
        }
    }

    @Test func `a flipped bit spoils its block and no other`() throws {
        try withTemporaryDirectory { directory in
            let length = (2 << 20) + 500
            let store = try BlobStore(directory: directory, options: .fewLarge)
            let blob = try store.put(sample(6, count: length))
            let other = try store.put(sample(7, count: 5000))
            let path = directory.appending("large").appending(String(blob.digest.description.prefix(2)))
                .appending(blob.digest.description)
            let sound = try contents(of: path)
            for index in [0, 77, (1 << 20) - 1, 1 << 20, (2 << 20) - 1, 2 << 20, length - 1] {
                var bytes = sound
                bytes[index] ^= 0x80
                try write(bytes, to: path)
                for block in 0..<3 {
                    let range = block << 20..<min(length, (block + 1) << 20)
                    let found = code { _ = try store.read(blob, range: range) }
                    #expect(found == (range.contains(index) ? .corrupt : nil))
                }
                #expect(code { _ = try store.read(blob) } == .corrupt)
                #expect(try store.verify([blob, other]).map(\.blob) == [blob])
                let scan = try Scan(store)
                #expect(scan.damaged == [blob] && scan.intact == [other])
            }
            try write(Array(sound.dropLast()), to: path)
            #expect(code { _ = try store.read(blob, range: 0..<1) } == .corrupt)
            try FileManager.default.removeItem(atPath: path.string)
            #expect(code { _ = try store.read(blob) } == .missing)
        }
    }

    @Test func `any flipped bit of the checksums is found, and putting the blob again repairs it`() throws {
        try withTemporaryDirectory { directory in
            let bytes = sample(8, count: (1 << 20) + 1)
            let store = try BlobStore(directory: directory, options: .fewLarge)
            let blob = try store.put(bytes)
            let path = directory.appending("large").appending(String(blob.digest.description.prefix(2)))
                .appending(blob.digest.description + ".sums")
            let sound = try contents(of: path)
            #expect(sound.count == 56 + 2 * 4 + 4)
            for index in sound.indices {
                var sums = sound
                sums[index] ^= 1
                try write(sums, to: path)
                #expect(code { _ = try store.read(blob, range: 0..<1) } == .corrupt)
            }
            #expect(try store.verify([blob]).count == 1)
            #expect(try store.put(bytes) == blob)
            #expect(try store.verify([blob]).isEmpty)
            try FileManager.default.removeItem(atPath: path.string)
            #expect(code { _ = try store.read(blob) } == .corrupt)
        }
    }

    @Test func `a file that is not what was expected leaves nothing behind`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"), options: .fewLarge)
            let wrong = SHA256Digest(hashing: [1])
            for length in [100, 100_000] {
                let source = directory.appending("source")
                try write(sample(1, count: length), to: source)
                let error = #expect(throws: BlobError.self) { _ = try store.putFile(source, digest: wrong) }
                #expect(error?.code == .changed)
                #expect(error?.message.contains("\(source) changed while it was added: add it again") == true)
            }
            #expect(code { _ = try store.putFile(directory.appending("none")) } == .missing)
            #expect(code { _ = try store.putFile(directory) } == .invalid)
            let pipe = directory.appending("pipe")
            #expect(mkfifo(pipe.string, 0o600) == 0)
            #expect(code { _ = try store.putFile(pipe) } == .invalid)
            #expect(code { _ = try store.putFile("/dev/zero") } == .invalid)
            #expect(files(below: directory.appending("blobs")) == ["writer.lock"])
        }
    }

    @Test func `a cancelled put leaves nothing behind`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"), options: .fewLarge)
            let source = directory.appending("source")
            try write(sample(1, count: 5000), to: source)
            let cancellation = Cancellation()
            cancellation.cancel()
            #expect(throws: CancelledError.self) {
                _ = try store.putFile(source, cancellation: cancellation)
            }
            #expect(files(below: directory.appending("blobs")) == ["writer.lock"])
            let blob = try store.reference(source)
            #expect(throws: CancelledError.self) { _ = try store.reader(blob, cancellation: cancellation) }
        }
    }

    @Test func `a small file goes into a pack`() throws {
        try withTemporaryDirectory { directory in
            let source = directory.appending("source")
            let store = try BlobStore(directory: directory.appending("blobs"), options: .fewLarge)
            for length in [0, 1, 4096] {
                let bytes = sample(length, count: length)
                try write(bytes, to: source)
                let blob = try store.putFile(source)
                #expect(!blob.isLarge)
                #expect(try store.read(blob) == bytes)
                #expect(try store.reader(blob).read(0..<length) == bytes)
            }
        }
    }
}
