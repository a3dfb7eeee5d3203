import Base
import Blobs
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.onOwnThreads) struct BackupTests {
    @Test func `a copy holds what was put before the extents were taken, though puts go on`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"), options: .small)
            let counts = [0, 10, 1000, 2000, 3000, 5000, 1999]
            let blobs = try counts.map { try store.put(sample($0, count: $0)) }
            let hold = try store.holdCollection()
            defer { hold.end() }
            let extents = try store.extents()
            let later = try [999, 3999].map { try store.put(sample($0, count: $0)) }
            let copy = directory.appending("copy")
            var last = BlobProgress()
            try store.copy(extents, to: copy, progress: { last = $0 })
            #expect(last.count == extents.packs.count + 2 * extents.large.count)
            let sizes = try files(below: copy).map { try contents(of: copy.appending($0)).count }
            #expect(last.bytes == sizes.reduce(0, +))
            let restored = try BlobStore(directory: copy, options: .small)
            for (blob, count) in zip(blobs, counts) {
                #expect(try restored.read(blob) == sample(count, count: count))
            }
            #expect(try restored.verify(later).count == 2)
            #expect(Set(try Scan(restored).intact) == Set(blobs))
        }
    }

    @Test func `a directory that holds blobs is not copied over`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"), options: .small)
            _ = try store.put([1])
            #expect(
                code { try store.copy(try store.extents(), to: directory.appending("blobs")) } == .invalid)
            #expect(code { try store.copy(try store.extents(), to: directory.appending("a/b")) } == .missing)
        }
    }

    @Test func `a pack that is shorter than its extent is noticed`() throws {
        try withTemporaryDirectory { directory in
            let store = try BlobStore(directory: directory.appending("blobs"), options: .small)
            _ = try store.put([1])
            var extents = try store.extents()
            extents.packs[1]? += 1
            #expect(code { try store.copy(extents, to: directory.appending("one")) } == .corrupt)
            extents.packs = [2: 10]
            #expect(code { try store.copy(extents, to: directory.appending("two")) } == .missing)
        }
    }

    @Test func `a store opened for reading is copied too, and a cancelled copy ends`() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("blobs")
            let blob: StoredBlob
            do { blob = try BlobStore(directory: path).put([1, 2, 3]) }
            let store = try BlobStore(directory: path, access: .readOnly)
            let hold = try store.holdCollection()
            defer { hold.end() }
            let cancellation = Cancellation()
            cancellation.cancel()
            #expect(throws: CancelledError.self) {
                try store.copy(
                    try store.extents(), to: directory.appending("one"), cancellation: cancellation)
            }
            try store.copy(try store.extents(), to: directory.appending("two"))
            let copy = try BlobStore(directory: directory.appending("two"), access: .readOnly)
            #expect(try copy.read(blob) == [1, 2, 3])
        }
    }
}
