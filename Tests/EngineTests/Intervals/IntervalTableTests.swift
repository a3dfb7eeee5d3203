import Annotations
import Base
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Catalog
@testable import Engine

/// The table of intervals between two processes.
@Suite(.onOwnThreads) struct IntervalTableTests {
    private func add(_ count: Int, to store: Store, _ random: inout SeededGenerator) throws {
        let videos = try store.catalog.write { transaction in
            try (0..<5).map { _ in
                try transaction.insert("Video", ["duration": 100.0, "frame_count": 1_000])
            }
        }
        var labels: [(EntityID, NewLabel)] = []
        for _ in 0..<count {
            let first = Int.random(in: 0..<900, using: &random)
            let last = first + Int.random(in: 1...99, using: &random)
            let interval = VideoInterval(
                random.pick(["person", "car", "héron"]), first..<last, start: Double(first) / 10,
                stop: Double(last) / 10, score: random.chance(0.5) ? 0.25 : nil)
            labels.append((random.pick(videos), interval.label(by: random.pick(["model:a@1", "human:ann"]))))
        }
        try store.catalog.write { [labels] transaction in
            for (id, label) in labels { try transaction.addLabel(label, to: id) }
        }
    }

    private func parts(_ table: IntervalTable) -> [String: [[Double]]] {
        Dictionary(
            uniqueKeysWithValues: table.classes.map { name, known in
                let stretches = known.index.stretches
                return (
                    name.text,
                    [
                        stretches.map { Double($0.stream) }, stretches.map { Double($0.start) },
                        stretches.map { Double($0.end) }, known.starts.map(Double.init),
                        known.stops.map(Double.init), known.scores.map { $0.isNaN ? -1 : $0 },
                        known.labels.map(Double.init), known.sources.map(Double.init),
                        known.byEnd.map(Double.init),
                    ]
                )
            })
    }

    private func table(_ store: Store) throws -> (IntervalTable, LabelMark) {
        try store.catalog.read { snapshot in
            let videos = try #require(snapshot.schema.entityClass("Video"))
            return (try IntervalTable(videos, in: snapshot), try snapshot.labelMark(of: videos))
        }
    }

    @Test(arguments: [1, 2]) func `bytes come back as they were, and damage is told`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        try add(40, to: temporary.store, &random)
        let (table, mark) = try table(temporary.store)
        let bytes = table.encoded(mark, store: [1, 2, 3])
        let read = try #require(IntervalTable.read(bytes, of: [1, 2, 3]))
        #expect(parts(read.table) == parts(table) && read.mark == mark && table.count == 40)
        #expect(IntervalTable.read(bytes, of: [1, 2, 4]) == nil)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            #expect(IntervalTable.read(damaged, of: [1, 2, 3]) == nil, "\(place)")
        }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(IntervalTable.read(Array(bytes[..<count]), of: [1, 2, 3]) == nil, "\(count)")
        }
        let empty = IntervalTable([:]).encoded(mark, store: [])
        #expect(IntervalTable.read(empty, of: [])?.table.count == 0)
    }

    @Test func `the next process takes the table from its file, and one of another commit goes`() async throws
    {
        var random = SeededGenerator(seed: 3)
        let temporary = try await TemporaryStore()
        let store = temporary.store
        try add(200, to: store, &random)
        let place = IntervalTables.Place(
            folder: temporary.folder.appending("columns"), store: [7], commit: store.catalog.newestCommit)
        func use<Result>(_ body: (ClassSchema, CatalogSnapshot) throws -> Result) throws -> Result {
            try store.catalog.read { try body(try #require($0.schema.entityClass("Video")), $0) }
        }
        func isThere() -> Bool { FileStatus.exists(place.file) }
        // Nobody has asked, or there are few: nothing is written.
        try use { try IntervalTables(place).save($0, in: $1) }
        #expect(!isThere())
        let few = IntervalTables(place, leastSaved: 201)
        _ = try use { try few.table(of: $0, in: $1) }
        try use { try few.save($0, in: $1) }
        #expect(!isThere())
        let first = IntervalTables(place, leastSaved: 200)
        let known = try use { try first.table(of: $0, in: $1) }
        try use { try first.save($0, in: $1) }
        #expect(isThere())

        // What is in the file is what is told, as one sees when something else lies there.
        let half = IntervalTable(known.classes.filter { $0.key.text == "car" })
        let mark = try use { videos, snapshot in try snapshot.labelMark(of: videos) }
        try write(half.encoded(mark, store: [7]), to: place.file)
        let second = IntervalTables(place)
        #expect(parts(try use { try second.table(of: $0, in: $1) }) == parts(half))
        // Later commits are followed from there.
        try add(50, to: store, &random)
        let followed = try use { try second.table(of: $0, in: $1) }
        #expect(followed.count == half.count + 50)

        // Of another store, or opened at another commit, the file is of no use.
        var other = place
        other.commit = store.catalog.newestCommit
        #expect(try use { try IntervalTables(other).table(of: $0, in: $1) }.count == 250)
        #expect(!isThere())
        try write(half.encoded(mark, store: [8]), to: place.file)
        var reading = place
        reading.isReadOnly = true
        #expect(try use { try IntervalTables(reading).table(of: $0, in: $1) }.count == 250)
        #expect(isThere())
    }

    @Test func `purging leaves no file that remembers`() async throws {
        var random = SeededGenerator(seed: 4)
        let temporary = try await TemporaryStore()
        try add(10, to: temporary.store, &random)
        let (table, mark) = try table(temporary.store)
        let file = temporary.store.catalog.derivedFiles.folder.appending("intervals.table")
        _ = try Program.run("mkdir", ["-p", file.removingLastComponent().string])
        try write(table.encoded(mark, store: [7]), to: file)
        _ = try await temporary.store.purge(
            DeletionRequest(entityClass: "Video", target: .filter(.all), by: "test"))
        #expect(!FileStatus.exists(file))
    }
}

private enum FileStatus {
    /// Whether there is a file: one that cannot be read is none.
    static func exists(_ path: FilePath) -> Bool { (try? contents(of: path)) != nil }
}
