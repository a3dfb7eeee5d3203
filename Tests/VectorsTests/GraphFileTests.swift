import Base
import Foundation
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct GraphFileTests {
    let folder: TemporaryFolder
    let vectors = TestVectors.clustered(1_100, dimensions: 4, latent: 3, seed: 40)

    init() throws { folder = try TemporaryFolder() }

    var path: String { "\(folder.path)/set" }
    var graphURL: URL { URL(fileURLWithPath: "\(path)/graph.hnsw") }

    func makeSaved() throws {
        let set = try VectorSet.create(
            at: path, dimensions: 4, metric: .l2, options: GraphSearchTests.manual)
        try set.write(vectors.floats, at: 0)
        try set.publish(rowCount: vectors.count)
        try set.build()
        try set.save()
    }

    func open(rowCount: Int = 1_100) throws -> VectorSet {
        try VectorSet.open(at: path, rowCount: rowCount, options: GraphSearchTests.manual)
    }

    @Test func `a graph that is missing is built anew`() throws {
        try makeSaved()
        try FileManager.default.removeItem(at: graphURL)
        let set = try open()
        #expect(set.progress.builtCount == 0 && set.progress.discardedGraph == nil)
        #expect(try set.search(vectors[5], k: 3).first?.row == 5)
        try set.build()
        #expect(set.progress.builtCount == 1_100)
        #expect(try set.search(vectors[5], k: 3).first?.row == 5)
    }

    @Test func `a flipped byte anywhere in a graph is told, and costs no answer`() throws {
        try makeSaved()
        let whole = try Data(contentsOf: graphURL)
        // Every byte of the header, and one in each run of bytes of the rest.
        for place in whole.indices where place < 64 || place % 401 == 0 || place >= whole.count - 8 {
            var damaged = whole
            damaged[place] ^= 0x10
            try damaged.write(to: graphURL)
            let set = try open()
            #expect(set.progress.discardedGraph != nil, "byte \(place) of \(whole.count)")
            #expect(set.progress.builtCount == 0)
            #expect(try set.search(vectors[7], k: 1).map(\.row) == [7])
        }
    }

    @Test func `a graph cut short anywhere is told, and costs no answer`() throws {
        try makeSaved()
        let whole = try Data(contentsOf: graphURL)
        for length in stride(from: 0, to: whole.count, by: 997) {
            try whole.prefix(length).write(to: graphURL)
            let set = try open()
            #expect(set.progress.discardedGraph != nil, "\(length) of \(whole.count) bytes")
        }
    }

    @Test func `a graph of other vectors is not used`() throws {
        try makeSaved()
        // As after a restored backup: fewer rows than the graph has.
        #expect(try open(rowCount: 1_050).progress.discardedGraph != nil)
        // And then other ones in the place of those that went.
        let set = try open(rowCount: 1_050)
        try set.write(Array(vectors.floats.prefix(50 * 4)), at: 1_050)
        try set.sync()
        try set.publish(rowCount: 1_100)
        #expect(try open().progress.discardedGraph != nil)
    }

    @Test func `a damaged vector is told by every search that it could be in`() throws {
        try makeSaved()
        try FileManager.default.removeItem(at: graphURL)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(path)/vectors.f32"))
        try file.seek(toOffset: UInt64(64 + 300 * 16 + 3))
        try file.write(contentsOf: [0x55])
        try file.close()
        let set = try open()
        try set.build()
        #expect(set.progress.damaged == [300])
        #expect(try set.verify() == [300])
        for effort in [SearchEffort.exact, .standard, .candidates(1)] {
            #expect(throws: VectorsError.self) { try set.search(vectors[2], k: 1, effort: effort) }
            let others = IdSet(0..<1_100).subtracting([300])
            #expect(try set.search(vectors[2], k: 1, within: others, effort: effort).map(\.row) == [2])
        }
    }

    @Test func `an erased vector is in no file and no answer`() throws {
        try makeSaved()
        let rows: IdSet = [12, 700, 1_099]
        let traces = rows.ids.map { row in vectors[Int(row)].withUnsafeBytes { Data($0) } }
        func isInFiles(_ trace: Data) throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: path).contains { name in
                try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")).range(of: trace) != nil
            }
        }
        #expect(try traces.allSatisfy(isInFiles))
        var set = try open()
        try set.erase(rows)
        #expect(try !traces.contains(where: isInFiles))
        for _ in 0..<2 {
            for row in rows.ids {
                for effort in [SearchEffort.exact, .candidates(1)] {
                    let found = try set.search(vectors[Int(row)], k: 5, effort: effort)
                    #expect(found.count == 5 && !found.contains { rows.contains($0.row) })
                }
                #expect(throws: VectorsError.self) { try set.vector(row) }
            }
            #expect(try set.search(vectors[0], k: 2_000).count == 1_097)
            #expect(try set.verify().isEmpty)
            set = try open()
            #expect(set.progress.builtCount == 1_100 && set.progress.discardedGraph == nil)
        }
        #expect(throws: VectorsError.self) { try set.erase([1_100]) }
    }

    @Test func `a set that is removed leaves nothing`() throws {
        try makeSaved()
        try VectorSet.remove(at: path)
        #expect(!FileManager.default.fileExists(atPath: path))
        try VectorSet.remove(at: path)
    }
}
