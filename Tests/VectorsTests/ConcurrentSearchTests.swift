import Base
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct ConcurrentSearchTests {
    /// One thread inserts and publishes, the one in the background builds, three search, and in the middle
    /// the graph is built anew: no search ever sees fewer rows than it must, or one that was not there.
    @Test func `searches go on while rows are inserted, linked and deleted`() async throws {
        let folder = try TemporaryFolder()
        let count = 3_500
        let vectors = TestVectors.clustered(count, dimensions: 12, seed: 50)
        let set = try VectorSet.create(at: "\(folder.path)/set", dimensions: 12, metric: .l2)
        try set.write(Array(vectors.floats.prefix(1_500 * 12)), at: 0)
        try set.publish(rowCount: 1_500)
        let done = Cancellation()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { done.cancel() }
                var row = 1_500
                while row < count {
                    let end = min(row + 97, count)
                    try set.write(Array(vectors.floats[row * 12..<end * 12]), at: LocalID(row))
                    try set.sync()
                    try set.publish(rowCount: end)
                    if row % 1_940 < 97 {
                        try set.rebuild(alive: IdSet((0..<LocalID(end)).filter { $0 % 3 != 0 }))
                    }
                    row = end
                }
                try set.build()
            }
            for thread in 0..<3 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(51 + thread))
                    var searches = 0
                    while !done.isCancelled || searches < 50 {
                        searches += 1
                        let query = vectors[Int.random(in: 0..<count, using: &generator)]
                        let before = set.rowCount
                        let within =
                            generator.chance(0.5) ? IdSet((0..<LocalID(before)).filter { $0 % 2 == 0 }) : nil
                        let found = try set.search(query, k: 10, within: within, effort: .candidates(16))
                        #expect(found.count == 10)
                        let after = set.rowCount
                        let isPlausible = found.allSatisfy { neighbour in
                            Int(neighbour.row) < after && within?.contains(neighbour.row) ?? true
                                && abs(
                                    Double(neighbour.distance)
                                        - vectors.distance(query, Int(neighbour.row), .l2)) < 1e-3
                        }
                        #expect(isPlausible)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(set.progress.builtCount == count)
        var sum = 0.0
        for place in 0..<50 {
            let exact = try set.search(vectors[place * 60 + 1], k: 10, effort: .exact)
            let found = try set.search(vectors[place * 60 + 1], k: 10)
            sum += recall(found, of: exact.map(\.row))
        }
        // The last rebuilding passed over some rows, which nobody deleted.
        #expect(sum / 50 > 0.6)
    }
}
