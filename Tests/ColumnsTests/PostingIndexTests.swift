import Base
import TestSupport
import Testing

@testable import Columns

@Suite(.onOwnThreads) struct PostingIndexTests {
    /// How edges are spread: what makes common blocks, runs, cells of lows, and bitmaps.
    struct Shape: Sendable {
        var keys: UInt32
        var ids: LocalID
        var edges: Int
        var repeats: Bool
        var style: ValueStyle
    }

    static let shapes = [
        Shape(keys: 3, ids: 100, edges: 0, repeats: true, style: .decimals),
        Shape(keys: 600, ids: 5_000, edges: 3_000, repeats: true, style: .decimals),
        Shape(keys: 40, ids: 9_000, edges: 6_000, repeats: false, style: .shortFloats),
        Shape(keys: 3, ids: 20_000, edges: 24_000, repeats: false, style: .decimals),
        Shape(keys: 3, ids: 140_000, edges: 24_000, repeats: false, style: .longFloats),
        Shape(keys: 2, ids: 140_000, edges: 24_000, repeats: true, style: .specialFloats),
    ]

    static func edges(_ shape: Shape, using generator: inout SeededGenerator) -> [PostingEdge] {
        var seen: Set<UInt64> = []
        var edges: [PostingEdge] = []
        for _ in 0..<shape.edges {
            let edge = edge(shape, using: &generator)
            if shape.repeats || seen.insert(UInt64(edge.key) << 32 | UInt64(edge.id)).inserted {
                edges.append(edge)
            }
        }
        return edges
    }

    static func edge(_ shape: Shape, using generator: inout SeededGenerator) -> PostingEdge {
        // The product of two draws, so that some keys have many edges and some few.
        let key =
            UInt32.random(in: 0..<shape.keys, using: &generator)
            * .random(in: 0..<shape.keys, using: &generator)
        var value = 0.0
        if case .float(let number) = shape.style.value(row: 0, using: &generator) { value = number }
        let other =
            Bool.random(using: &generator) ? Double.nan : Double(Int.random(in: 0..<5, using: &generator))
        return PostingEdge(
            key: key / shape.keys, id: .random(in: 0..<shape.ids, using: &generator), values: [value, other])
    }

    static let ranges: [[PostingRange]] = [
        [], [PostingRange("p", lower: .including(.float(0.9)))],
        [PostingRange("p", lower: .excluding(.float(0.25)), upper: .including(.integer(1)))],
        [PostingRange("q")],
        [
            PostingRange("p", upper: .including(.float(0.6))),
            PostingRange("q", lower: .including(.integer(2))),
        ],
        [PostingRange("absent")], [PostingRange("p", lower: .including(.float(.nan)))],
        [PostingRange("p", lower: .including(.string("a")))],
    ]

    static func satisfies(_ edge: PostingEdge, _ ranges: [PostingRange]) -> Bool {
        ranges.allSatisfy { range in
            guard let property = ["p", "q"].firstIndex(of: range.property) else { return false }
            let value = ColumnValue.float(edge.values[property])
            return Naive.matches(value, .range(lower: range.lower, upper: range.upper))
        }
    }

    /// Compares everything an index tells with what its edges one by one tell.
    static func check(
        _ index: PostingIndex, _ edges: [PostingEdge], _ note: String, using generator: inout SeededGenerator
    ) {
        let byKey = Dictionary(grouping: edges, by: \.key)
        #expect(index.edgeCount == edges.count, "\(note)")
        #expect(index.keys == byKey.keys.sorted(), "\(note)")
        for (key, expected) in byKey {
            #expect(index.edgeCount(of: key) == expected.count)
            #expect(index.idCount(of: key) == Set(expected.map(\.id)).count)
        }
        for key in byKey.keys.sorted().shuffled(using: &generator).prefix(8) {
            let found = index.edges(of: key)
            let expected = byKey[key, default: []]
            #expect(found.map(\.id) == expected.map(\.id).sorted(), "\(note), key \(key)")
            #expect(multiset(found) == multiset(expected), "\(note), key \(key)")
        }
        let keys = (byKey.keys.sorted().shuffled(using: &generator).prefix(3) + [77_777]) as ArraySlice
        let limit = LocalID(index.idLimit) + 10
        let sets: [IdSet?] = [
            nil, [], IdSet(0..<limit), IdSet((0..<limit).filter { _ in .random(using: &generator) }),
            IdSet((0..<limit).filter { _ in Int.random(in: 0..<300, using: &generator) == 0 }),
        ]
        for ranges in PostingIndexTests.ranges {
            let matching = byKey.mapValues { Set($0.filter { satisfies($0, ranges) }.map(\.id)) }
            for level in KernelLevel.allCases where level.rawValue <= KernelLevel.best.rawValue {
                KernelLevel.forcing(level) {
                    for key in keys {
                        let expected = matching[key, default: []].sorted()
                        let found = index.select(key, where: ranges)
                        #expect(
                            found.ids == expected && found.count == expected.count,
                            "\(note), key \(key), \(ranges), \(level)")
                    }
                    let union = keys.reduce(into: Set<LocalID>()) { $0.formUnion(matching[$1, default: []]) }
                    #expect(
                        index.select(keys: keys, where: ranges).ids == union.sorted(),
                        "\(note), \(ranges), \(level)")
                    for ids in sets {
                        let expected = matching.keys.sorted().map { key in
                            PostingCount(
                                key: key,
                                count: matching[key, default: []].filter { ids?.contains($0) ?? true }.count)
                        }.filter { $0.count > 0 }
                        #expect(
                            index.facet(over: ids, where: ranges) == expected, "\(note), \(ranges), \(level)")
                        #expect(
                            index.facet(over: ids, where: ranges, edgesAPart: 100) == expected,
                            "\(note), \(ranges), \(level), in parts")
                    }
                }
            }
        }
    }

    static func multiset(_ edges: [PostingEdge]) -> [String: Int] {
        edges.reduce(into: [:]) { $0["\($1.id) \($1.values.map(\.bitPattern))", default: 0] += 1 }
    }

    @Test(arguments: shapes)
    func `an index answers what its edges one by one answer`(shape: Shape) {
        var generator = SeededGenerator(seed: 51)
        let edges = PostingIndexTests.edges(shape, using: &generator)
        let builder = PostingIndexBuilder(properties: ["p", "q"])
        for edge in edges { builder.append(key: edge.key, id: edge.id, values: edge.values) }
        PostingIndexTests.check(builder.finish(), edges, "built", using: &generator)
    }

    @Test(arguments: shapes)
    func `versions hold the edges inserted and not deleted until then`(shape: Shape) throws {
        var generator = SeededGenerator(seed: 52)
        var edges = PostingIndexTests.edges(shape, using: &generator)
        let builder = PostingIndexBuilder(properties: ["p", "q"])
        for edge in edges { builder.append(key: edge.key, id: edge.id, values: edge.values) }
        var index = builder.finish()
        let first = index
        let firstEdges = edges
        for step in 0..<12 {
            let count = [30, 1, 0, 400][step % 4]
            var insertions: [PostingEdge] = []
            for place in 0..<count {
                var edge = PostingIndexTests.edge(shape, using: &generator)
                // Mostly new entities, as in an import.
                if step % 3 != 0 { edge.id = LocalID(index.idLimit + place / 3) }
                let isNew =
                    shape.repeats || !(edges + insertions).contains { $0.key == edge.key && $0.id == edge.id }
                if isNew { insertions.append(edge) }
            }
            var deletions: [PostingEdge] = []
            edges.shuffle(using: &generator)
            let removed = step == 10 ? edges.count : min(edges.count, step % 2 * 200)
            deletions = Array(edges.suffix(removed))
            edges.removeLast(removed)
            edges += insertions
            index = try index.applying(insertions: insertions, deletions: deletions)
            if step % 4 == 3 || step == 10 {
                PostingIndexTests.check(index, edges, "step \(step)", using: &generator)
            }
        }
        PostingIndexTests.check(first, firstEdges, "first", using: &generator)
    }

    @Test func `edges that are appended a few at a time grow from a common block to cells`() throws {
        var generator = SeededGenerator(seed: 53)
        var index = PostingIndex(properties: ["p", "q"])
        var edges: [PostingEdge] = []
        for step in 0..<60 {
            let insertions = (0..<150).map { place in
                PostingEdge(
                    key: UInt32(place % 2), id: LocalID(step * 400 + place),
                    values: [Double(Int.random(in: 0...100, using: &generator)) / 100, 1])
            }
            index = try index.applying(insertions: insertions)
            edges += insertions
        }
        PostingIndexTests.check(index, edges, "grown", using: &generator)
        let forms = (0..<2).map { key -> Bool in
            if case .own(let posting)? = index.pages[0]?.edges(at: key) { return posting.isCellular }
            return false
        }
        #expect(forms == [true, true])
    }

    @Test(arguments: [100, 16_383, 16_384, 40_000])
    func `the entities of many keys are those of each of them`(keyCount: UInt32) {
        var generator = SeededGenerator(seed: 54)
        let builder = PostingIndexBuilder(properties: [])
        var byKey: [Set<LocalID>] = []
        for key in 0..<keyCount + 500 {
            let ids = (0..<Int.random(in: 0...2, using: &generator)).map { _ in
                LocalID.random(in: 0..<90_000, using: &generator)
            }
            for id in ids { builder.append(key: key, id: id, values: []) }
            byKey.append(Set(ids))
        }
        let index = builder.finish()
        let keys = (0..<keyCount + 500).shuffled(using: &generator).prefix(Int(keyCount)).sorted()
        let expected = keys.reduce(into: Set<LocalID>()) { $0.formUnion(byKey[Int($1)]) }
        #expect(index.select(keys: keys).ids == expected.sorted())
    }

    @Test func `the deletion of an edge that is not there is refused`() throws {
        let index = try PostingIndex(properties: ["p"]).applying(insertions: [
            PostingEdge(key: 1, id: 2, values: [0.5]), PostingEdge(key: 1, id: 2, values: [0.25]),
        ])
        #expect(index.edgeCount(of: 1) == 2 && index.idCount(of: 1) == 1)
        for edge in [
            PostingEdge(key: 1, id: 2, values: [0.75]), PostingEdge(key: 1, id: 3, values: [0.5]),
            PostingEdge(key: 2, id: 2, values: [0.5]), PostingEdge(key: 900, id: 2, values: [0.5]),
        ] {
            let error = #expect(throws: ColumnsError.self) {
                try index.applying(insertions: [], deletions: [edge])
            }
            #expect(error?.code == .absentEdge)
        }
        let one = try index.applying(insertions: [], deletions: [PostingEdge(key: 1, id: 2, values: [0.5])])
        #expect(one.edges(of: 1) == [PostingEdge(key: 1, id: 2, values: [0.25])])
        let none = try one.applying(insertions: [], deletions: one.edges(of: 1))
        #expect(none.keys.isEmpty && none.edgeCount == 0)
        let error = #expect(throws: ColumnsError.self) {
            try index.applying(insertions: [PostingEdge(key: 1, id: 2, values: [])])
        }
        #expect(error?.code == .typeMismatch)
    }

    @Test
    func
        `an edge at the threshold is found whatever the packing, also for floats that are no short decimals`()
        throws
    {
        for scale in [10_000.0, 3, 1_024, 7e5] {
            let builder = PostingIndexBuilder(properties: ["p"])
            for id in 0..<LocalID(5_000) { builder.append(key: 0, id: id, value: Double(id) / scale) }
            let index = builder.finish()
            for id in stride(from: LocalID(0), to: 5_000, by: 37) {
                let range = PostingRange("p", lower: .including(.float(Double(id) / scale)))
                #expect(index.select(0, where: [range]).count == 5_000 - Int(id))
            }
        }
    }

    @Test func `keys far apart and ids at the limit are held`() throws {
        let edges = [
            PostingEdge(key: .max, id: 5), PostingEdge(key: 0, id: 70_000),
            PostingEdge(key: 123_456_789, id: 5),
        ]
        let builder = PostingIndexBuilder()
        for edge in edges { builder.append(key: edge.key, id: edge.id) }
        for index in [builder.finish(), try PostingIndex().applying(insertions: edges)] {
            #expect(index.keys == [0, 123_456_789, .max])
            #expect(index.select(.max).ids == [5])
            #expect(index.select(keys: index.keys).ids == [5, 70_000])
        }
    }
}
