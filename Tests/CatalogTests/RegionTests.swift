import Annotations
import Base
import Catalog
import Testing

@Suite struct RegionTests {
    let store: TemporaryStore
    let catalog: Catalog
    let image: EntityID

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
        image = try catalog.write { try $0.insert("Image") }
    }

    private static func box(
        _ name: String?, _ box: Box, parent: LabelID? = nil, source: String = "human:ann", run: RunID? = nil
    ) -> NewLabel {
        NewLabel(
            .box, name, geometry: .json(Region.Geometry.box(box).value), source: source, run: run,
            parent: parent)
    }

    private func regions(_ regionClass: RegionClass = .box) throws -> [Region] {
        try catalog.read { snapshot in
            guard let known = snapshot.schema.entityClass(regionClass.rawValue) else { return [] }
            return try snapshot.regions(of: known, Array(snapshot.alive(known).ids))
        }
    }

    @Test func `a box is a label of its image and an entity with properties`() throws {
        let place = Box(x: 1, y: 2, width: 3, height: 4.5)
        let id = try catalog.write { [image] in
            try $0.addRegion(Self.box("cat", place), to: image, ["note": "left"])
        }
        let region = try #require(try regions().first)
        #expect(region.id == id && region.image == image && region.name == "cat")
        #expect(region.geometry == .box(place))
        try catalog.read { snapshot in
            let label = try #require(try snapshot.labels(of: image).first)
            #expect(label.id == region.label && label.kind == .box && label.name == "cat")
            let row = try #require(try snapshot.entity(id))
            #expect(row.properties["note"] == "left" && row.properties["_label"] == "cat")
            #expect(row.properties["_area"] == 13.5 && row.properties["_right"] == 4.0)
            let joined = try #require(snapshot.schema.connectionClass("_ImageToBoundingBox"))
            #expect(try snapshot.connections(of: joined, from: image).map(\.target) == [id])
            #expect(try snapshot.verify() == [])
        }
    }

    @Test func `a label in the place of another keeps the region and what is known of it`() throws {
        let (first, second) = try catalog.write { [image] transaction in
            let first = try transaction.addRegion(
                Self.box("cat", Box(x: 0, y: 0, width: 1, height: 1)), to: image,
                ["note": "mine"])
            let label = try #require(try transaction.label(ofRegion: first))
            let second = try transaction.addRegion(
                Self.box(nil, Box(x: 0, y: 0, width: 2, height: 2), parent: label.id), to: image)
            return (first, second)
        }
        #expect(first == second)
        let region = try #require(try regions().first)
        #expect(region.name == nil && region.geometry.bounds.width == 2)
        #expect(try catalog.properties(first)?["note"] == "mine")
        #expect(try catalog.properties(first)?["_label"] == nil)
        #expect(try catalog.findings() == [])
    }

    @Test func `deleting a region takes its label back, deleting an image takes its regions`() throws {
        let ids = try catalog.write { [image] transaction in
            try (0..<20).map {
                try transaction.addRegion(
                    Self.box("b", Box(x: Double($0), y: 0, width: 1, height: 1)), to: image)
            }
        }
        let isGone = try catalog.write { try $0.delete(ids[0], by: "human:ann") }
        #expect(isGone)
        let left = try catalog.read { try $0.labels(of: image).count }
        #expect(left == 19)
        #expect(try regions().map(\.id) == Array(ids.dropFirst()))
        #expect(try catalog.findings() == [])
        let isDeleted = try catalog.write { [image] in try $0.delete(image, by: "human:ann") }
        #expect(isDeleted)
        #expect(try regions().isEmpty)
        #expect(try catalog.findings() == [])
    }

    @Test func `a reverted run takes its regions away and brings back those it replaced`() throws {
        let (kept, run) = try catalog.write { [image] transaction in
            let kept = try transaction.addRegion(
                Self.box("cat", Box(x: 0, y: 0, width: 1, height: 1)), to: image)
            let label = try #require(try transaction.label(ofRegion: kept))
            let run = try transaction.beginRun("model", source: "model:m@1")
            _ = try transaction.addRegion(
                Self.box(
                    "dog", Box(x: 0, y: 0, width: 5, height: 5), parent: label.id, source: "model:m@1",
                    run: run), to: image)
            _ = try transaction.addRegion(
                Self.box("dog", Box(x: 9, y: 9, width: 5, height: 5), source: "model:m@1", run: run),
                to: image)
            return (kept, run)
        }
        #expect(try regions().map(\.name) == ["dog", "dog"])
        try catalog.write { _ = try $0.revert(run: run, source: "human:ann") }
        #expect(try regions().map(\.name) == ["cat"])
        _ = kept
        #expect(try catalog.findings() == [])
    }

    @Test func `a polygon is read back as it was given`() throws {
        let polygon = Polygon(rings: [
            [Point(x: 0, y: 0), Point(x: 4, y: 0), Point(x: 4, y: 4), Point(x: 0, y: 4)],
            [Point(x: 1, y: 1), Point(x: 2, y: 1), Point(x: 2, y: 2)],
        ])
        _ = try catalog.write { [image] in
            try $0.addRegion(
                NewLabel(
                    .polygon, "road", geometry: .json(Region.Geometry.polygon(polygon).value),
                    source: "human:ann"), to: image)
        }
        let region = try #require(try regions(.polygon).first)
        #expect(region.geometry == .polygon(polygon))
        #expect(try catalog.properties(region.id)?["_area"] == 15.5)
    }
}
