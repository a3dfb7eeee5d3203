import Annotations
import TestSupport
import Testing

/// Sets of stretches and their relations, against what the definitions say of each tick and each pair.
@Suite(.onOwnThreads) struct StretchTests {
    /// Stretches of a few streams over few ticks, so that all kinds of touching and overlapping come up.
    private func some(_ count: Int, _ random: inout SeededGenerator) -> [Stretch] {
        (0..<count).compactMap { _ in
            let start = Int64.random(in: -20...20, using: &random)
            return Stretch(
                stream: UInt32.random(in: 0...2, using: &random), start,
                start + Int64.random(in: 0...12, using: &random))
        }
    }

    private func ticks(_ stretches: [Stretch]) -> Set<[Int64]> {
        Set(
            stretches.flatMap { stretch in (stretch.start..<stretch.end).map { [Int64(stretch.stream), $0] } }
        )
    }

    private static let relations: [StretchRelation] = [
        .before(), .before(within: 3), .after(), .after(within: 2), .precedes(), .precedes(within: 4), .meets,
        .metBy, .overlaps, .overlappedBy, .starts, .startedBy, .during, .contains, .finishes, .finishedBy,
        .equals,
        .intersects,
    ]

    @Test func `sets are what they are of each tick`() {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let (left, right) = (some(Int.random(in: 0...12, using: &random), &random), some(8, &random))
            let (a, b) = (StretchSet(left), StretchSet(right))
            #expect(ticks(a.stretches) == ticks(left), "seed \(seed)")
            #expect(ticks(a.union(b).stretches) == ticks(left).union(ticks(right)), "seed \(seed)")
            #expect(
                ticks(a.intersection(b).stretches) == ticks(left).intersection(ticks(right)), "seed \(seed)")
            #expect(
                ticks(a.subtracting(b).stretches) == ticks(left).subtracting(ticks(right)), "seed \(seed)")
            for set in [a, a.union(b), a.intersection(b), a.subtracting(b), a.bridging(gaps: 2)] {
                #expect(set == StretchSet(set.stretches), "seed \(seed): normal form")
                #expect(set.length == Int64(ticks(set.stretches).count), "seed \(seed)")
            }
            let all = ticks(left).union(ticks(right)).count
            let iou = all == 0 ? 1 : Double(ticks(left).intersection(ticks(right)).count) / Double(all)
            #expect(a.iou(with: b) == iou, "seed \(seed)")
        }
    }

    @Test func `exactly one of Allen's relations holds of two stretches of a stream`() throws {
        let allen: [StretchRelation] = [
            .before(), .after(), .meets, .metBy, .overlaps, .overlappedBy, .starts, .startedBy, .during,
            .contains,
            .finishes, .finishedBy, .equals,
        ]
        var seen: Set<StretchRelation> = []
        for ends in 0..<1_296 {
            let numbers = [ends % 6, ends / 6 % 6, ends / 36 % 6, ends / 216].map { Int64($0) }
            guard let a = Stretch(numbers[0], numbers[1]), let b = Stretch(numbers[2], numbers[3]) else {
                continue
            }
            let holding = allen.filter { $0.holds(a, b) }
            #expect(holding.count == 1, "\(a) \(b): \(holding)")
            seen.formUnion(holding)
            #expect(StretchRelation.intersects.holds(a, b) == (a.iou(with: b) > 0))
        }
        #expect(seen == Set(allen))
    }

    @Test func `an index finds what its relation holds of, as looking at each pair does`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let (candidates, others) = (
                some(15, &random), some(Int.random(in: 0...15, using: &random), &random)
            )
            let index = StretchIndex(others)
            for relation in StretchTests.relations {
                let expected = candidates.filter { candidate in
                    others.contains { relation.holds(candidate, $0) }
                }
                #expect(index.filter(candidates, relation) == expected, "seed \(seed), \(relation)")
            }
        }
    }

    @Test func `chains are those that trying all finds, with their earliest ends`() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let lists = [some(8, &random), some(8, &random), some(8, &random)].map { $0.sorted() }
            let within = [Int64.random(in: 0...9, using: &random), Int64.random(in: 0...9, using: &random)]
            var expected: [Stretch] = []
            for first in lists[0] {
                var ends: [Int64] = []
                for second in lists[1] where StretchRelation.precedes(within: within[0]).holds(first, second)
                {
                    for third in lists[2]
                    where StretchRelation.precedes(within: within[1]).holds(second, third) {
                        ends.append(third.end)
                    }
                }
                if let end = ends.min(), let span = Stretch(stream: first.stream, first.start, end) {
                    expected.append(span)
                }
            }
            let found = StretchIndex.chains(
                from: StretchIndex(lists[0]),
                [(within[0], StretchIndex(lists[1])), (within[1], StretchIndex(lists[2]))])
            #expect(found == expected, "seed \(seed)")
        }
    }

    @Test func `what is no stretch, and what is at the bounds`() throws {
        #expect(Stretch(3, 3) == nil && Stretch(4, 3) == nil)
        #expect(Stretch(.min, 0) == nil && Stretch(0, .max) == nil)
        let bounds = Stretch.bounds
        let whole = try #require(Stretch(bounds.lowerBound, bounds.upperBound))
        let begin = try #require(Stretch(bounds.lowerBound, bounds.lowerBound + 1))
        let end = try #require(Stretch(bounds.upperBound - 1, bounds.upperBound))
        #expect(whole.length == 1 << 53)
        for relation in StretchTests.relations {
            for stretch in [whole, begin, end] {
                let all = [whole, begin, end]
                #expect(
                    StretchIndex(all).contains(relation, of: stretch)
                        == all.contains { relation.holds(stretch, $0) },
                    "\(relation)")
            }
        }
        #expect(StretchSet().iou(with: StretchSet()) == 1)
        #expect(StretchIndex([]).filter([whole], .intersects) == [])
        #expect(StretchIndex.chains(from: StretchIndex([whole]), []) == [whole])
    }
}
