import Base
import Blobs
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ReferenceTests {
    @Test func `a referenced file is read in place`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            for length in [0, 10, (2 << 20) + 5] {
                let bytes = sample(length, count: length)
                let source = directory.appending("source")
                try write(bytes, to: source)
                let blob = try store.reference(source)
                #expect(blob.digest == SHA256Digest(hashing: bytes))
                #expect(blob.location == .reference(.file(source), length: length))
                #expect(try store.read(blob) == bytes)
                let range = length / 3..<length / 2
                #expect(try store.read(blob, range: range) == Array(bytes[range]))
                #expect(try store.reader(blob).read(0..<length) == bytes)
                #expect(try store.verify([blob]).isEmpty)
            }
            #expect(files(below: directory.appending("blobs")) == ["writer.lock"])
        }
    }

    @Test func `a changed file is never served, whatever changed`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            let bytes = sample(1, count: 5000)
            let source = directory.appending("source")
            try write(bytes, to: source)
            let blob = try store.reference(source)
            var flipped = bytes
            flipped[4000] ^= 1
            for changed in [flipped, bytes + [0], Array(bytes.dropLast()), []] {
                try write(changed, to: source)
                let error = #expect(throws: BlobError.self) { _ = try store.read(blob) }
                #expect(error?.code == .changed)
                #expect(error?.message.contains(source.string) ?? false)
                #expect(code { _ = try store.read(blob, range: 0..<1) } == .changed)
                #expect(code { _ = try store.reader(blob) } == .changed)
                #expect(try store.verify([blob]).map(\.error.code) == [.changed])
            }
            try write(bytes, to: source)
            #expect(try store.read(blob) == bytes)
            try FileManager.default.removeItem(atPath: source.string)
            try FileManager.default.createDirectory(atPath: source.string, withIntermediateDirectories: false)
            #expect(code { _ = try store.read(blob) } == .changed)
        }
    }

    @Test func `a missing file is named by its last path`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            let source = directory.appending("gone.jpg")
            try write([1, 2, 3], to: source)
            let blob = try store.reference(source)
            try FileManager.default.removeItem(atPath: source.string)
            let error = #expect(throws: BlobError.self) { _ = try store.read(blob) }
            #expect(error?.code == .missing)
            #expect(error?.message.contains(source.string) ?? false)
            #expect(code { _ = try store.reference(source) } == .missing)
        }
    }

    @Test func `a reader notices that its file is written to`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            let source = directory.appending("source")
            try write(sample(1, count: 5000), to: source)
            let reader = try store.reader(try store.reference(source))
            #expect(try reader.read(0..<5000) == sample(1, count: 5000))
            try write(sample(2, count: 5001), to: source)
            #expect(code { _ = try reader.read(0..<100) } == .changed)
        }
    }

    @Test func `what is no file here cannot be referenced or fetched`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            #expect(code { _ = try store.reference("relative.jpg") } == .invalid)
            #expect(code { _ = try store.reference(directory) } == .invalid)
            let url = StoredBlob(
                digest: SHA256Digest(hashing: [1]),
                location: .reference(.url("https://example.org/a.jpg"), length: 1))
            #expect(code { _ = try store.read(url) } == .missing)
            #expect(code { _ = try store.reader(url) } == .missing)
            #expect(try store.verify([url]).isEmpty)
        }
    }

    @Test func `a cancelled digest of a file ends`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"))
            try write([1, 2, 3], to: directory.appending("source"))
            let cancellation = Cancellation()
            let blob = try store.reference(directory.appending("source"), cancellation: cancellation)
            cancellation.cancel()
            #expect(throws: CancelledError.self) {
                _ = try store.reference(directory.appending("source"), cancellation: cancellation)
            }
            #expect(throws: CancelledError.self) { _ = try store.verify([blob], cancellation: cancellation) }
            #expect(throws: CancelledError.self) { try store.scan(cancellation: cancellation) { _ in } }
        }
    }
}
