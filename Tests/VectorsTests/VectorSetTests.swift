import Base
import Foundation
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct VectorSetTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The thread in the background would read files while the tests damage them.
    let manual = GraphSearchTests.manual

    var path: String { "\(folder.path)/set" }

    func code(_ body: () throws -> Void) -> VectorsError.Code? {
        do { try body() } catch { return (error as? VectorsError)?.code }
        return nil
    }

    @Test func `a set opens again with the rows that count, and no others`() throws {
        let vectors = TestVectors.independent(20, dimensions: 5, seed: 10)
        do {
            let set = try VectorSet.create(at: path, dimensions: 5, metric: .cosine, options: manual)
            try set.write(vectors.floats, at: 0)
            try set.sync()
            try set.publish(rowCount: 20)
        }
        let set = try VectorSet.open(at: path, rowCount: 12, options: manual)
        #expect(set.dimensions == 5 && set.metric == .cosine && set.rowCount == 12)
        #expect(try set.vector(11) == vectors[11])
        #expect(code { _ = try set.vector(12) } == .missing)
        #expect(try set.search(vectors[15], k: 100).count == 12)
        // Rows 12 and 13 were rolled back and are not written anew: nothing of them may come back.
        try set.write(vectors[3], at: 14)
        try set.publish(rowCount: 15)
        #expect(try set.search(vectors[12], k: 100).map(\.row).sorted() == Array(0..<12) + [14])
        #expect(try set.vector(14) == vectors[3])
    }

    @Test func `a set that is only read takes nothing from a writer beside it, and saves nothing`() throws {
        let set = try VectorSet.create(at: path, dimensions: 2, metric: .l2, options: manual)
        try set.write([1, 1], at: 0)
        try set.publish(rowCount: 1)
        try set.write([2, 2], at: 1)
        var options = manual
        options.isReadOnly = true
        let reader = try VectorSet.open(at: path, rowCount: 1, options: options)
        #expect(try reader.search([2, 2], k: 5).map(\.row) == [0])
        try reader.build()
        try reader.save()
        #expect(!files(below: folder.path).contains { $0.hasSuffix(GraphFile.name) })
        #expect(code { try reader.write([3, 3], at: 1) } != nil)
        try set.publish(rowCount: 2)
        try reader.publish(rowCount: 2)
        #expect(try reader.search([2, 2], k: 1).map(\.row) == [1])
    }

    @Test func `rows of a transaction that was rolled back are overwritten by the next`() throws {
        let set = try VectorSet.create(at: path, dimensions: 2, metric: .l2, options: manual)
        try set.write([1, 1], at: 0)
        try set.publish(rowCount: 1)
        try set.write([9, 9, 8, 8], at: 1)
        #expect(set.rowCount == 1)
        try set.write([2, 2], at: 1)
        try set.publish(rowCount: 2)
        #expect(try set.search([9, 9], k: 5).map(\.row) == [1, 0])
    }

    @Test func `only whole, finite vectors are taken, and nothing of a refused call is written`() throws {
        let set = try VectorSet.create(at: path, dimensions: 2, metric: .cosine, options: manual)
        for bad in [
            [], [1], [1, 2, 3], [1, 2, .nan, 1], [1, 2, 1, .infinity], [1, 2, 0, 0], [3e38, 3e38, 1, 1],
        ]
            as [[Float]]
        {
            #expect(code { try set.write(bad, at: 0) } == .invalid, "\(bad)")
            #expect(code { try set.publish(rowCount: 1) } == .corrupt, "\(bad) was written")
        }
        #expect(code { try set.write([1, 1], at: .max) } == .limitExceeded)
        try set.write([1, 1], at: 0)
        try set.publish(rowCount: 1)
        #expect(code { try set.write([1, 1], at: 0) } == .invalid)
        for bad in [[1], [.nan, 1], [0, 0], [1, 2, 3]] as [[Float]] {
            #expect(code { _ = try set.search(bad, k: 1) } == .invalid, "\(bad)")
        }
        #expect(code { _ = try set.search([1, 1], k: -1) } == .invalid)
    }

    @Test func `dimensions are checked before anything is made`() throws {
        for dimensions in [Int.min, -1, 0, 65_537, .max] {
            #expect(
                code {
                    _ = try VectorSet.create(at: path, dimensions: dimensions, metric: .l2, options: manual)
                } == .invalid)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let set = try VectorSet.create(at: path, dimensions: 65_536, metric: .l2, options: manual)
        let vector = [Float](repeating: 0.5, count: 65_536)
        try set.write(vector, at: 0)
        try set.publish(rowCount: 1)
        #expect(try set.search(vector, k: 3) == [Neighbour(row: 0, distance: 0)])
        #expect(
            code { _ = try VectorSet.create(at: path, dimensions: 2, metric: .l2, options: manual) }
                == .exists)
    }

    @Test func `only the owner may read the files`() throws {
        let set = try VectorSet.create(at: path, dimensions: 2, metric: .l2, options: manual)
        try set.write([1, 2], at: 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
        }
    }

    @Test func `a flipped byte anywhere is told`() throws {
        let vectors = TestVectors.independent(6, dimensions: 3, seed: 11)
        do {
            let set = try VectorSet.create(at: path, dimensions: 3, metric: .l2, options: manual)
            try set.write(vectors.floats, at: 0)
        }
        for name in ["vectors.f32", "vectors.crc"] {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            let whole = try Data(contentsOf: url)
            let rowBytes = name == "vectors.crc" ? 4 : 12
            let header = whole.count - 6 * rowBytes
            for place in whole.indices {
                var damaged = whole
                damaged[place] ^= 0x40
                try damaged.write(to: url)
                if place < header {
                    let told = code { _ = try VectorSet.open(at: path, rowCount: 6, options: manual) }
                    #expect(told == .corrupt || told == .unsupported, "\(name), byte \(place)")
                    continue
                }
                let set = try VectorSet.open(at: path, rowCount: 6, options: manual)
                let row = LocalID((place - header) / rowBytes)
                #expect(try set.verify() == [row], "\(name), byte \(place)")
                #expect(code { _ = try set.vector(row) } == .corrupt)
                #expect(code { _ = try set.search([0, 0, 0], k: 6) } == .corrupt)
                // Without the damaged row the others are as good as before.
                let others = IdSet(0..<6).subtracting([row])
                #expect(try set.search([0, 0, 0], k: 6, within: others).count == 5)
            }
            try whole.write(to: url)
        }
    }

    @Test func `files cut short anywhere are refused, with both numbers`() throws {
        do {
            let set = try VectorSet.create(at: path, dimensions: 3, metric: .l2, options: manual)
            try set.write(TestVectors.independent(6, dimensions: 3, seed: 12).floats, at: 0)
        }
        let sums = try Data(contentsOf: URL(fileURLWithPath: "\(path)/vectors.crc"))
        for name in ["vectors.crc", "vectors.f32"] {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            let whole = try Data(contentsOf: url)
            let rowBytes = name == "vectors.crc" ? 4 : 12
            for length in 0..<whole.count {
                try sums.write(to: URL(fileURLWithPath: "\(path)/vectors.crc"))
                try whole.prefix(length).write(to: url)
                #expect(
                    code { _ = try VectorSet.open(at: path, rowCount: 6, options: manual) } == .corrupt,
                    "\(name), \(length)")
                let left = (length - (whole.count - 6 * rowBytes)) / rowBytes
                guard left > 0 else { continue }
                let set = try VectorSet.open(at: path, rowCount: left, options: manual)
                #expect(try set.search([0, 0, 0], k: 6).count == left)
            }
            try whole.write(to: url)
        }
    }

    @Test func `a full disk is told, and what was there before stays`() throws {
        let room = LockedCounter(2 * 64 + 3 * 8 + 4 * 4)
        var calls = DiskCalls()
        let write = calls.write
        calls.write = { file, bytes, offset in
            let allowed = room.take(bytes.count)
            guard allowed > 0 else { return Int(-ENOSPC) }
            return write(file, UnsafeRawBufferPointer(rebasing: bytes[..<allowed]), offset)
        }
        let set = try VectorSet.create(at: path, dimensions: 2, metric: .l2, options: manual, calls: calls)
        try set.write([1, 1, 2, 2], at: 0)
        try set.publish(rowCount: 2)
        #expect(code { try set.write([3, 3, 4, 4], at: 2) } == .noSpace)
        #expect(try set.search([2, 2], k: 5).map(\.row) == [1, 0])
        #expect(
            try VectorSet.open(at: path, rowCount: 2, options: manual).search([2, 2], k: 5).map(\.row) == [
                1, 0,
            ])
    }
}

/// How many bytes a disk still takes.
private final class LockedCounter: @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int

    init(_ left: Int) { self.left = left }

    func take(_ count: Int) -> Int {
        lock.withLock {
            let taken = min(left, count)
            left -= taken
            return taken
        }
    }
}
