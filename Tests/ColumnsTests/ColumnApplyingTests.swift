import Base
import TestSupport
import Testing

@testable import Columns

@Suite(.onOwnThreads) struct ColumnApplyingTests {
    @Test(arguments: ValueStyle.allCases)
    func `versions hold what changes made of them, and older ones stay as they were`(style: ValueStyle) throws
    {
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        var values = style.values(rowCount: 4_300, presence: 0.3, using: &generator)
        var column = try makeColumn(style.type, values)
        var versions: [(column: Column, values: [Int: ColumnValue])] = [(column, values)]
        for step in 0..<16 {
            var changes: [(row: LocalID, value: ColumnValue?)] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                // Rows in use, rows at the end, and now and then one far behind.
                let row =
                    switch Int.random(in: 0..<10, using: &generator) {
                    case 0..<4: Int.random(in: 0..<4_300, using: &generator)
                    case 4: Int.random(in: 20_000..<30_000, using: &generator)
                    default: (values.keys.max() ?? 0) + 1 + changes.count
                    }
                let other =
                    Int.random(in: 0..<8, using: &generator) == 0
                    ? ValueStyle.allCases.filter { $0.type == style.type } : [style]
                let value = (other.randomElement(using: &generator) ?? style).value(
                    row: row, using: &generator)
                changes.append((LocalID(row), Int.random(in: 0..<6, using: &generator) == 0 ? nil : value))
            }
            if step == 12 { changes = values.keys.map { (LocalID($0), nil) } }
            for change in changes { values[Int(change.row)] = change.value }
            column = try column.applying(changes)
            versions.append((column, values))
        }
        for (index, version) in versions.enumerated() {
            #expect(version.column.count == version.values.count, "seed \(seed), version \(index)")
            #expect(
                version.column.present.ids == version.values.keys.sorted().map { LocalID($0) },
                "version \(index)")
            let isIntact = version.values.allSatisfy { isSame(version.column.value(at: LocalID($0)), $1) }
            #expect(isIntact, "seed \(seed), version \(index)")
            let literals = style.literals(from: version.values, using: &generator)
            for literal in literals.shuffled(using: &generator).prefix(3) {
                for predicate: ColumnPredicate in [.equal(literal), .greater(than: literal), .in(literals)] {
                    #expect(
                        version.column.select(predicate).ids == Naive.select(version.values, predicate),
                        "seed \(seed), version \(index), \(predicate)")
                }
            }
        }
    }

    @Test func `the last change of a row counts`() throws {
        let column = try Column(.integer).applying([
            (3, .integer(1)), (1, .integer(9)), (3, nil), (3, .integer(2)),
        ])
        #expect(column.values(at: [0, 1, 2, 3]) == [nil, .integer(9), nil, .integer(2)])
        #expect(column.count == 2)
        #expect(column.rowCount == 4)
    }

    @Test func `two histories that start from one version do not see each other's strings`() throws {
        let base = try makeColumn(.string, [0: .string("a")])
        let left = try base.applying([(1, .string("left"))])
        let right = try base.applying([(1, .string("right")), (2, .string("left"))])
        let later = try left.applying([(5, .string("right"))])
        #expect(left.select(.equal(.string("left"))).ids == [1])
        #expect(left.select(.equal(.string("right"))).isEmpty)
        #expect(right.select(.equal(.string("right"))).ids == [1])
        #expect(right.select(.equal(.string("left"))).ids == [2])
        #expect(later.select(.equal(.string("right"))).ids == [5])
        #expect(base.select(.equal(.string("left"))).isEmpty)
        #expect(later.values(at: [0, 1, 5]) == [.string("a"), .string("left"), .string("right")])
    }

    @Test func `two histories share a dictionary only as far as they agree`() throws {
        let first = try Column(.string).applying([(0, .string("a")), (1, .string("b"))])
        let whole = try first.applying([(2, .string("c")), (3, .string("d"))])
        // As a reader of an earlier version makes it, and one who is further than the first.
        let part = try first.applying([(2, .string("c"))])
        let more = try first.applying([(2, .string("c")), (3, .string("d")), (4, .string("e"))])
        let other = try first.applying([(2, .string("c")), (3, .string("x"))])
        #expect(part.dictionary.index === whole.dictionary.index)
        #expect(more.dictionary.index === whole.dictionary.index)
        #expect(other.dictionary.index !== whole.dictionary.index)
        for (column, texts) in [
            (whole, "abcd"), (part, "abc"), (more, "abcde"), (other, "abcx"), (first, "ab"),
        ] {
            for text in "abcdex" {
                let place = texts.firstIndex(of: text).map { texts.distance(from: texts.startIndex, to: $0) }
                let expected = place.map { [LocalID($0)] } ?? []
                #expect(column.select(.equal(.string(String(text)))).ids == expected, "\(text) in \(texts)")
            }
        }
    }

    @Test func `a dictionary that grows string by string finds all of them in every version`() throws {
        var column = Column(.string)
        var versions: [Column] = []
        for row in 0..<1_200 {
            column = try column.applying([(LocalID(row), .string("path/\(row)"))])
            if row % 100 == 0 { versions.append(column) }
            if row % 7 == 0 {
                #expect(column.select(.equal(.string("path/\(row / 2)"))).ids == [LocalID(row / 2)])
            }
        }
        for version in versions {
            #expect(version.select(.equal(.string("path/\(version.rowCount - 1)"))).count == 1)
            #expect(version.select(.equal(.string("path/\(version.rowCount)"))).isEmpty)
        }
    }

    @Test func `readers of old versions are not disturbed by a writer who goes on`() async throws {
        let strings = (0..<600).map { ($0, ColumnValue.string("start/\($0)")) }
        let start = try makeColumn(.string, Dictionary(uniqueKeysWithValues: strings))
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var column = start
                for step in 0..<300 {
                    let changes: [(row: LocalID, value: ColumnValue?)] = (0..<3).map { place in
                        (LocalID((step * 7 + place * 311) % 1_500), .string("new/\(step)/\(place)"))
                    }
                    do { column = try column.applying(changes) } catch { return false }
                    guard column.select(.equal(.string("new/\(step)/2"))).count == 1 else { return false }
                }
                return true
            }
            for reader in 0..<3 {
                group.addTask {
                    (0..<600).allSatisfy { row in
                        let wanted = (row * 13 + reader) % 600
                        return start.select(.equal(.string("start/\(wanted)"))).ids == [LocalID(wanted)]
                            && start.select(.equal(.string("new/\(row / 2)/0"))).isEmpty
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func `versions share what did not change`() throws {
        var values: [Int: ColumnValue] = [:]
        for row in 0..<100_000 { values[row] = .integer(Int64(row)) }
        let column = try makeColumn(.integer, values)
        let next = try column.applying([(50_000, .integer(-1))])
        var shared = 0
        column.chunks.forEach { index, chunk in if next.chunks[index] === chunk { shared += 1 } }
        #expect(shared == 100_000 / ColumnChunk.width)  // all but one of 25
    }
}
