import Base
import TestSupport
import Testing

@Suite struct IdSetTests {
    /// Sets of every density and size, sparse and dense, near and far.
    private static func sample(_ random: inout SeededGenerator) -> Set<LocalID> {
        let bound = random.pick([1, 63, 64, 65, 200, 5_000, 100_000] as [LocalID])
        let density = random.pick([0, 0.001, 0.02, 1.0 / 32, 0.05, 0.3, 0.9, 1])
        let offset = random.pick([0, 0, 1, 64, 1_000, 250_000] as [LocalID])
        return Set((0..<bound).filter { _ in random.chance(density) }.map { $0 + offset })
    }

    @Test("a set is what Swift's Set is, in order", arguments: 1...20 as ClosedRange<UInt64>)
    func members(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let reference = IdSetTests.sample(&random)
        let sorted = reference.sorted()
        for set in [
            IdSet(reference), IdSet(sorted: sorted), IdSet(sorted + sorted),
            IdSet(words: IdSet(reference).words + [0, 0]),
        ] {
            #expect(set.ids == sorted, "seed \(seed)")
            #expect(set.count == reference.count && set.isEmpty == reference.isEmpty)
            #expect(set.first == sorted.first && set.last == sorted.last)
            #expect(set == IdSet(sorted: sorted))
            var seen: [LocalID] = []
            set.forEach { seen.append($0) }
            #expect(seen == sorted)
            for _ in 0..<200 {
                let id = LocalID.random(in: 0..<400_000, using: &random)
                #expect(set.contains(id) == reference.contains(id), "seed \(seed): \(id)")
                #expect(set.rank(of: id) == sorted.count { $0 < id }, "seed \(seed): \(id)")
            }
            for rank in stride(from: 0, to: sorted.count, by: 1 + sorted.count / 50) {
                #expect(set[rank: rank] == sorted[rank])
            }
            #expect(set.byteCount <= max(4 * sorted.count, set.words.count * 8))
        }
    }

    @Test("the algebra is that of Swift's Set", arguments: 1...40 as ClosedRange<UInt64>)
    func algebra(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let left = IdSetTests.sample(&random), right = IdSetTests.sample(&random)
        let (one, other) = (IdSet(left), IdSet(right))
        #expect(one.intersection(other) == IdSet(left.intersection(right)), "seed \(seed)")
        #expect(one.union(other) == IdSet(left.union(right)), "seed \(seed)")
        #expect(one.subtracting(other) == IdSet(left.subtracting(right)), "seed \(seed)")
        #expect(one.intersectionCount(other) == left.intersection(right).count, "seed \(seed)")
        #expect(one.isSubset(of: other) == left.isSubset(of: right), "seed \(seed)")
        #expect(one.intersection(other).isSubset(of: one) && one.isSubset(of: one.union(other)))
        #expect((one == other) == (left == right))
    }

    @Test("a page is a piece of the sorted ids", arguments: 1...20 as ClosedRange<UInt64>)
    func page(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let sorted = IdSetTests.sample(&random).sorted()
        let set = IdSet(sorted: sorted)
        for (skip, count) in [
            (0, 0), (0, 1), (1, 2), (60, 10), (sorted.count, 5), (max(0, sorted.count - 2), 9), (0, .max),
            (70_000, 3),
        ] {
            #expect(
                set.page(skip: skip, count: count) == Array(sorted.dropFirst(skip).prefix(count)),
                "seed \(seed): \(skip), \(count)")
        }
    }

    @Test(
        "a range holds its ids",
        arguments: [
            0..<0, 0..<1, 5..<5, 5..<6, 0..<64, 0..<65, 63..<65, 64..<128, 100..<1_000, 1_000_000..<1_000_003,
        ] as [Range<LocalID>])
    func range(range: Range<LocalID>) {
        #expect(IdSet(range) == IdSet(sorted: Array(range)))
        #expect(IdSet(range).count == range.count)
    }

    @Test func `few ids far away take little memory`() {
        let last = LocalID.max - 1
        let far = IdSet(last..<LocalID.max)
        #expect(far.ids == [last] && far.byteCount == 4)
        let united = IdSet(0..<64).union(far)
        #expect(united.count == 65 && !united.isDense)
        #expect(IdSet([LocalID.max]).union(IdSet(0..<64)).last == .max)
        #expect(IdSet([LocalID.max, 0]).subtracting(IdSet(0..<64)).ids == [.max])
    }

    @Test func `what sets hold decides how, not how they were made`() {
        #expect(IdSet(0..<1_000).isDense)
        #expect(!IdSet(0..<1_000).intersection([1, 999]).isDense)
        #expect(!IdSet(0..<1_000).subtracting(IdSet(1..<1_000)).isDense)
        #expect(IdSet(0..<1_000).subtracting(IdSet(2..<1_000)) == [0, 1])
        #expect(IdSet() == [] && IdSet().words.isEmpty && IdSet().first == nil && IdSet().last == nil)
        #expect(IdSet(words: []).isEmpty && IdSet(words: [0, 0]).isEmpty)
    }
}
