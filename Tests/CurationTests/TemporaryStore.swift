import Base
import Catalog
import SystemPackage
import TestSupport

@testable import Engine

/// A store in a folder of its own, which is removed with this value.
final class TemporaryStore: Sendable {
    private let folder: TemporaryFolder
    let store: Store

    init() async throws {
        folder = try TemporaryFolder()
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        store = try await Store.open(at: directory, options: StoreOptions(computeThreads: 1, readThreads: 1))
    }

    /// Adds an image of that size without pixels, with labels.
    @discardableResult
    func add(width: Int = 100, height: Int = 100, _ labels: [NewLabel] = []) async throws -> EntityID {
        try await store.change { transaction in
            let id = try transaction.insert(
                "Image", ["width": .integer(Int64(width)), "height": .integer(Int64(height))])
            for label in labels { try transaction.addLabel(label, to: id) }
            return id
        }
    }

    /// What is said of an image, oldest first.
    func labels(_ id: EntityID) async throws -> [Label] {
        try await store.consult { try $0.labels(of: id) }
    }
}

extension NewLabel {
    static func box(
        _ name: String?, _ x: Double, _ y: Double, _ width: Double, _ height: Double,
        by source: String = "human:ann", confidence: Double? = nil
    ) -> NewLabel {
        NewLabel(
            .box, name,
            geometry: .json([
                "x": .float(x), "y": .float(y), "width": .float(width), "height": .float(height),
            ]),
            confidence: confidence, source: source)
    }

    /// A mask in COCO's compressed form.
    static func mask(_ name: String, _ width: Int64, _ height: Int64, _ counts: String) -> NewLabel {
        NewLabel(
            .mask, name,
            geometry: .json(["size": [.integer(height), .integer(width)], "counts": .string(counts)]),
            source: "human:ann")
    }

    /// Key points of what has that box.
    static func points(
        _ name: String, _ points: [[Double]], _ x: Double, _ y: Double, _ width: Double, _ height: Double
    ) -> NewLabel {
        let box: Value = ["x": .float(x), "y": .float(y), "width": .float(width), "height": .float(height)]
        let list = points.map { Value.array($0.map { .float($0) }) }
        return NewLabel(
            .points, name, geometry: .json(["points": .array(list), "box": box]), source: "human:ann")
    }

    static func polygon(_ name: String?, _ rings: [[[Double]]], by source: String = "human:ann") -> NewLabel {
        let rings = rings.map { ring in Value.array(ring.map { .array($0.map { .float($0) }) }) }
        return NewLabel(.polygon, name, geometry: .json(["polygons": .array(rings)]), source: source)
    }
}
