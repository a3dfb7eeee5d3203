import Base
import TestSupport
import Testing

@testable import Columns

@Suite(.onOwnThreads) struct SnapshotTests {
    static func load<Result>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    static func column(_ style: ValueStyle, rows: Int) throws -> (Column, [Int: ColumnValue]) {
        var generator = SeededGenerator(seed: 61)
        let values = style.values(rowCount: rows, presence: 0.7, using: &generator)
        let column = try makeColumn(style.type, values)
        // Updates leave bounds that are wider than the numbers, and rows that lost their value.
        let changes = (0..<50).map { _ in
            let row = Int.random(in: 0..<rows, using: &generator)
            return (
                row: LocalID(row),
                value: Bool.random(using: &generator) ? nil : style.value(row: row, using: &generator)
            )
        }
        return (try column.applying(changes), changes.reduce(into: values) { $0[Int($1.row)] = $1.value })
    }

    static func multiValueColumn() throws -> MultiValueColumn {
        var generator = SeededGenerator(seed: 62)
        let builder = MultiValueColumnBuilder()
        for row in 0..<2_300 {
            let mixture = MultiValueColumnTests.mixtures[row / 1_024 * 3 + 1]
            try builder.append(
                LocalID(row), MultiValueColumnTests.values(of: mixture, row: row, using: &generator))
        }
        return builder.finish()
    }

    static func postings(_ shape: PostingIndexTests.Shape) -> (PostingIndex, [PostingEdge]) {
        var generator = SeededGenerator(seed: 63)
        let edges = PostingIndexTests.edges(shape, using: &generator)
        let builder = PostingIndexBuilder(properties: ["p", "q"])
        for edge in edges { builder.append(key: edge.key, id: edge.id, values: edge.values) }
        return (builder.finish(), edges)
    }

    @Test(arguments: ValueStyle.allCases)
    func `a column comes back as it was`(style: ValueStyle) throws {
        let (column, values) = try SnapshotTests.column(style, rows: 5_000)
        let bytes = column.encoded().flatMap { $0 }
        let loaded = try SnapshotTests.load(bytes) { try Column(decoding: $0) }
        #expect(
            loaded.type == column.type && loaded.rowCount == column.rowCount && loaded.count == values.count)
        let isIntact = (0..<5_100).allSatisfy { isSame(loaded.value(at: LocalID($0)), values[$0]) }
        #expect(isIntact)
        for value in values.values.prefix(5) {
            #expect(loaded.select(.equal(value)).ids == Naive.select(values, .equal(value)))
        }
        var generator = SeededGenerator(seed: 64)
        let next = try loaded.applying([
            (0, style.value(row: 0, using: &generator)), (9_000, values.values.first),
        ])
        #expect(next.rowCount == 9_001)
        #expect(loaded.encoded() == column.encoded())
    }

    @Test func `other structures come back as they were`() throws {
        let multi = try SnapshotTests.multiValueColumn()
        let loaded = try SnapshotTests.load(multi.encoded().flatMap { $0 }) {
            try MultiValueColumn(decoding: $0)
        }
        #expect(
            (0..<2_400).allSatisfy { row in
                let before = multi.values(at: LocalID(row))
                let after = loaded.values(at: LocalID(row))
                return before.count == after.count && zip(before, after).allSatisfy { isSame($0, $1) }
            })
        #expect(loaded.count == multi.count && loaded.valueCount == multi.valueCount)

        let rows = RowSet([0, 5, 65_536, 900_000])
        let rowsAgain = try SnapshotTests.load(rows.encoded().flatMap { $0 }) { try RowSet(decoding: $0) }
        #expect(rowsAgain.idSet == rows.idSet && rowsAgain.count == 4)

        for empty in [Column(.integer), Column(.string)] {
            let again = try SnapshotTests.load(empty.encoded().flatMap { $0 }) { try Column(decoding: $0) }
            #expect(again.count == 0 && again.present.isEmpty)
        }
    }

    @Test(arguments: PostingIndexTests.shapes)
    func `postings come back as they were`(shape: PostingIndexTests.Shape) throws {
        var generator = SeededGenerator(seed: 65)
        let (index, edges) = SnapshotTests.postings(shape)
        let loaded = try SnapshotTests.load(index.encoded().flatMap { $0 }) { try PostingIndex(decoding: $0) }
        #expect(loaded.properties == ["p", "q"] && loaded.idLimit == index.idLimit)
        PostingIndexTests.check(loaded, edges, "loaded", using: &generator)
    }

    @Test func `a snapshot cut short anywhere, or with any byte changed, is malformed`() throws {
        var generator = SeededGenerator(seed: 66)
        let bytes = try SnapshotTests.column(.fewStrings, rows: 300).0.encoded().flatMap { $0 }
        for length in 0..<bytes.count {
            let error = #expect(throws: ColumnsError.self) {
                try SnapshotTests.load(Array(bytes[..<length])) { _ = try Column(decoding: $0) }
            }
            #expect(error?.code == .malformedSnapshot)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= .random(in: 1...255, using: &generator)
            #expect(throws: ColumnsError.self) {
                try SnapshotTests.load(damaged) { _ = try Column(decoding: $0) }
            }
        }
        let other = #expect(throws: ColumnsError.self) {
            try SnapshotTests.load(bytes) { _ = try RowSet(decoding: $0) }
        }
        #expect(other?.code == .malformedSnapshot)
        #expect(throws: ColumnsError.self) {
            try Column(decoding: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    @Test func `a snapshot of a newer format is told apart from a damaged one`() throws {
        var bytes = RowSet([1]).encoded().flatMap { $0 }
        bytes[8] = 2
        SnapshotTests.seal(&bytes)
        let error = #expect(throws: ColumnsError.self) {
            try SnapshotTests.load(bytes) { _ = try RowSet(decoding: $0) }
        }
        #expect(error?.code == .unsupportedVersion)
    }

    /// Makes the checksums right again, so that what they would hide reaches the checks behind them.
    static func seal(_ bytes: inout [UInt8]) {
        func put(_ number: UInt32, at place: Int) {
            for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: number >> UInt32(8 * byte)) }
        }
        put(UInt32(bytes.count - 32), at: 16)
        put(CRC32C.checksum(Array(bytes[32...])), at: 24)
        put(CRC32C.checksum(Array(bytes[..<28])), at: 28)
    }

    /// Damages a body in many ways, with right checksums: whatever loads must answer without a trap.
    static func fuzz(
        _ bytes: [UInt8], seed: UInt64, rounds: Int, _ use: (UnsafeRawBufferPointer) throws -> Void
    ) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<rounds {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                guard damaged.count > 40 else { break }
                // Headers lie mostly at the beginning.
                let end = Bool.random(using: &generator) ? min(damaged.count, 400) : damaged.count
                let place = Int.random(in: 32..<end, using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: damaged[place] = [0, 1, 127, 128, 255].randomElement(using: &generator) ?? 0
                case 2: damaged.removeLast(min(damaged.count - 40, Int.random(in: 1...64, using: &generator)))
                case 3: damaged.insert(contentsOf: Array(repeating: 0xFF, count: 8), at: place)
                case 4: damaged.removeSubrange(place..<min(place + 8, damaged.count))
                default:
                    for byte in place..<min(place + 8, damaged.count) {
                        damaged[byte] = .random(in: 0...255, using: &generator)
                    }
                }
            }
            guard damaged.count >= 32 else { continue }
            seal(&damaged)
            do { try load(damaged, use) } catch is ColumnsError {} catch {
                Issue.record("\(error), seed \(seed)")
            }
        }
    }

    @Test(arguments: ValueStyle.allCases)
    func `a damaged column with right checksums throws or answers, and never traps`(style: ValueStyle) throws
    {
        let bytes = try SnapshotTests.column(style, rows: 150).0.encoded().flatMap { $0 }
        var generator = SeededGenerator(seed: 64)
        SnapshotTests.fuzz(bytes, seed: 67, rounds: 400) {
            let column = try Column(decoding: $0)
            guard column.rowCount < 1 << 20 else { return }
            _ = column.values(at: Array(0..<200))
            _ = column.select(.greater(than: .integer(3)))
            _ = column.select(.in([.string("a"), .string("b"), .string("c")]))
            _ = column.facet(over: nil, limit: 5)
            _ = column.sorted(ids: IdSet(0..<200), ascending: false, limit: 10)
            _ = try column.applying([(3, style.value(row: 1, using: &generator))])
        }
    }

    @Test func `damaged postings and sets with right checksums throw or answer, and never trap`() throws {
        for shape in [
            PostingIndexTests.Shape(keys: 9, ids: 500, edges: 100, repeats: true, style: .decimals),
            PostingIndexTests.Shape(keys: 2, ids: 500, edges: 500, repeats: true, style: .longFloats),
            PostingIndexTests.Shape(keys: 1, ids: 7_000, edges: 9_000, repeats: false, style: .shortFloats),
        ] {
            let bytes = SnapshotTests.postings(shape).0.encoded().flatMap { $0 }
            SnapshotTests.fuzz(bytes, seed: 68, rounds: bytes.count > 20_000 ? 60 : 600) {
                let index = try PostingIndex(decoding: $0)
                guard index.idLimit < 1 << 20 else { return }
                _ = index.facet(
                    over: IdSet(0..<400), where: [PostingRange("p", lower: .including(.float(0.5)))])
                for key in index.keys.prefix(10) {
                    _ = index.select(key)
                    _ = index.edges(of: key)
                }
                _ = try index.applying(insertions: [
                    PostingEdge(key: 0, id: 9, values: index.properties.map { _ in 1 })
                ])
            }
        }
        let multi = try SnapshotTests.multiValueColumn().encoded().flatMap { $0 }
        SnapshotTests.fuzz(multi, seed: 69, rounds: 80) {
            let column = try MultiValueColumn(decoding: $0)
            guard column.rowCount < 1 << 20 else { return }
            _ = column.select(.equal(.integer(1)))
            _ = column.facet(over: IdSet(0..<2_400), limit: 5)
        }
        SnapshotTests.fuzz(RowSet([1, 70_000]).encoded().flatMap { $0 }, seed: 70, rounds: 100) {
            _ = try RowSet(decoding: $0).idSet
        }
    }
}
