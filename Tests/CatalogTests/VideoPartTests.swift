import Base
@testable import Catalog
import Testing

/// Clips and frames as parts of videos.
@Suite struct VideoPartTests {
    let store: TemporaryStore
    let catalog: Catalog
    let videos: [EntityID]

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
        videos = try catalog.write { transaction in
            try (0..<2).map { _ in try transaction.insert("Video") }
        }
    }

    /// Two clips, and the frames 0 to 9 with a label each, of either video.
    private func fill() throws {
        try catalog.write { [videos] transaction in
            for video in videos {
                for start in [0, 5] {
                    _ = try transaction.addClip(of: video, start..<start + 5, times: (0, 1))
                }
                for number in 0..<10 {
                    let frame = try transaction.addFrame(
                        number, of: video, time: Double(number), ["n": .integer(Int64(number))])
                    try transaction.addLabel(NewLabel(.class, "secret", source: "human:ann"), to: frame)
                }
            }
        }
    }

    private func counts() throws -> [String: Int] {
        try catalog.read { snapshot in
            var counts: [String: Int] = [:]
            for name in ["Video", "Clip", "Frame"] {
                counts[name] = snapshot.schema.entityClass(name).map { snapshot.count(of: $0) }
            }
            for part in VideoPartClass.allCases {
                counts[part.connectionClass] =
                    snapshot.schema.connectionClass(part.connectionClass).map { snapshot.count(of: $0) }
            }
            return counts
        }
    }

    @Test func `a frame of a video has one entity, found by its number`() throws {
        try fill()
        try catalog.write { [videos] transaction in
            for video in videos {
                for number in 0..<10 {
                    let frame = try #require(try transaction.frame(number, of: video))
                    let properties = try #require(try transaction.properties(of: frame))
                    #expect(properties["n"] == .integer(Int64(number)))
                    #expect(properties["video"] == .string(video.description))
                }
                let none = try transaction.frame(10, of: video)
                #expect(none == nil)
            }
        }
        let error = #expect(throws: CatalogError.self) {
            try catalog.write { [videos] in _ = try $0.addFrame(3, of: videos[0], time: 3) }
        }
        #expect(error?.code == .uniqueViolation)
        let moved = try catalog.write { [videos] transaction in
            let frame = try #require(try transaction.frame(3, of: videos[0]))
            try transaction.moveFrame(frame, of: videos[0], to: 30, time: 30)
            let left = try transaction.frame(3, of: videos[0])
            #expect(left == nil)
            return (try transaction.frame(30, of: videos[0]), frame)
        }
        #expect(moved.0 == moved.1)
        #expect(try catalog.findings() == [])
    }

    @Test func `a video takes its parts with it, and no other's`() throws {
        try fill()
        try catalog.write { [videos] in _ = try $0.delete(videos[0], by: "ann") }
        #expect(
            try counts() == [
                "Video": 1, "Clip": 2, "Frame": 10, "_VideoToClip": 2, "_VideoToFrame": 10,
            ])
        #expect(try catalog.findings() == [])
        let left = try catalog.write { [videos] transaction in
            try videos.map { try transaction.frame(3, of: $0) != nil }
        }
        #expect(left == [false, true])
    }

    @Test func `purging a video erases what was said of its frames`() throws {
        try fill()
        for video in videos {
            try catalog.write { _ = try $0.purge([video.local], of: "Video", by: "ann") }
        }
        #expect(
            try counts() == ["Video": 0, "Clip": 0, "Frame": 0, "_VideoToClip": 0, "_VideoToFrame": 0])
        let rows = try catalog.write { transaction in
            try ["label_log", "texts WHERE text = 'secret'"].map {
                try transaction.connection.integer("SELECT count(*) FROM \($0)")
            }
        }
        #expect(rows == [0, 0])
        #expect(try catalog.findings() == [])
    }

    @Test func `a part that names another video than its own is found`() throws {
        try fill()
        try catalog.write { [videos] transaction in
            let frame = try #require(try transaction.frame(3, of: videos[0]))
            try transaction.update(frame, set: ["video": .string(videos[1].description)])
        }
        let findings = try catalog.findings()
        #expect(findings.map(\.kind) == [.reference])
        #expect(findings.first?.message.contains("names another video") == true)
    }
}
