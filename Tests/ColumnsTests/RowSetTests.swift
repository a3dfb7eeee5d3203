import Base
import TestSupport
import Testing

@testable import Columns

@Suite struct RowSetTests {
    @Test func `versions hold what was inserted and removed until then`() {
        var generator = SeededGenerator(seed: 41)
        var rows = RowSet()
        var expected: Set<LocalID> = []
        var versions: [(RowSet, Set<LocalID>)] = []
        for step in 0..<60 {
            let count = Int.random(in: 0...300, using: &generator)
            let batch = (0..<count).map { _ in
                LocalID.random(in: 0..<(step % 10 == 9 ? 1_000_000 : 140_000), using: &generator)
            }
            if step % 3 == 2 {
                rows = rows.removing(batch)
                expected.subtract(batch)
            } else {
                rows = rows.inserting(batch)
                expected.formUnion(batch)
            }
            if step % 6 == 0 { versions.append((rows, expected)) }
        }
        for (rows, expected) in versions {
            #expect(rows.count == expected.count)
            #expect(rows.idSet == IdSet(expected))
            #expect(rows.idSet.ids == expected.sorted())
            #expect(expected.prefix(100).allSatisfy { rows.contains($0) })
            #expect(!rows.contains(2_000_000))
            #expect(RowSet(rows.idSet).idSet == rows.idSet)
        }
    }

    @Test func `the empty set holds nothing, and removing from it changes nothing`() {
        #expect(RowSet().idSet.isEmpty)
        #expect(RowSet().removing([1, 2]).isEmpty)
        #expect(RowSet().inserting([]).isEmpty)
        #expect(RowSet().inserting([.max]).contains(.max))
    }
}

extension RowSet {
    fileprivate var isEmpty: Bool { count == 0 && idSet.isEmpty }
}
