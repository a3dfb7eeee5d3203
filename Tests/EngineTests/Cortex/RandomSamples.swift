import Base
import Catalog
import TestSupport

@testable import Engine

/// Images with labels, and filters over their samples, drawn at random.
enum RandomSamples {
    static func box(
        _ name: String?, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ confidence: Double?,
        _ source: String, _ run: RunID?
    ) -> NewLabel {
        let geometry: Value = [
            "x": .float(x), "y": .float(y), "width": .float(width), "height": .float(height),
        ]
        return NewLabel(
            .box, name, geometry: .json(geometry), confidence: confidence, source: source, run: run)
    }

    /// Fills an empty store.
    /// - Parameters:
    ///   - hasUnreadable: whether some boxes have no geometry.
    ///   - sizes: whether all images have a size.
    static func fill(
        _ temporary: TemporaryStore, _ count: Int, hasUnreadable: Bool, sizes: Bool = false,
        _ random: inout SeededGenerator
    ) throws {
        var made: [(Document, [NewLabel])] = []
        for _ in 0..<count {
            var properties = properties(&random)
            if sizes {
                for name in ["width", "height"] {
                    properties[name] = .integer(.random(in: 1...200, using: &random))
                }
            }
            made.append((properties, labels(hasUnreadable, &random)))
        }
        let examined = made.map { _ in
            (models + ["model:faces@1"]).filter { _ in random.chance(0.2) }.map { ($0, random.chance(0.3)) }
        }
        try temporary.store.catalog.write { [made] transaction in
            var runs: [String: RunID] = [:]
            for source in models {
                runs[source] = try transaction.beginRun("model", source: source, parameters: [:])
            }
            for (index, (properties, labels)) in made.enumerated() {
                let id = try transaction.insert("Image", properties)
                for (source, isFailed) in examined[index] {
                    try transaction.noteExamined(
                        id, by: source, run: runs[source], labels: 0, error: isFailed ? "broken" : nil)
                }
                for var label in labels {
                    label.run = runs[label.source]
                    try transaction.addLabel(label, to: id)
                }
            }
        }
    }

    // MARK: - Filters

    static func filter(_ random: inout SeededGenerator, depth: Int) -> Document {
        if depth > 0, random.chance(0.4) {
            let operation = random.pick(["$and", "$or", "$nor"])
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Value.object(filter(&random, depth: depth - 1))
            }
            return [operation: .array(parts)]
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4:
            let match: Document = ["$elemMatch": .object(["$elemMatch": .object(boxFilter(&random, 1))])]
            return ["object_analysis": .object(random.chance(0.2) ? ["$not": .object(match)] : match)]
        case 4: return analysis(&random)
        case 5:
            let flag = random.pick(["object", "face"]) == "object" ? "object_analysis" : "face_analysis"
            let name = random.chance(0.2) ? "pose_estimation_processed" : "\(flag)_processed"
            return [name: random.pick(["true", "false", ["$ne": "true"], true, ["$regex": "^t"]])]
        case 6: return ["\(random.pick(["url", "source", "type", "nothing", "labels"]))": text(&random)]
        case 7:
            return [
                "datetime": [
                    random.pick(["$gt", "$lte"]): random.pick([
                        "2020", "2999", "2021-03-04 05:06", .integer(3),
                    ])
                ]
            ]
        default:
            let name = random.pick(["width", "height", "label_quality_estimation"])
            return [name: number(&random, [0, 0.25, 0.5, 50, 100, 150])]
        }
    }

    // MARK: - Private

    private static let models = ["model:a@1", "model:b@2", "model:poses@1"]
    /// What some of the models look for; of `b` nothing is known.
    static let roles = AnalysisRoles(["a": .objects, "poses": .poses, "faces": .faces])

    private static func properties(_ random: inout SeededGenerator) -> Document {
        var properties = Document()
        if random.chance(0.9) { properties["width"] = .integer(.random(in: 0...200, using: &random)) }
        if random.chance(0.1) { properties["width"] = random.pick(["wide", .null, [50, 150]]) }
        if random.chance(0.9) { properties["height"] = .integer(.random(in: 0...200, using: &random)) }
        if random.chance(0.5) { properties["url"] = .string(random.pick(["http://a/1", "http://b/2"])) }
        if random.chance(0.5) { properties["source"] = .string(random.pick(["crawl", "private"])) }
        if random.chance(0.5) {
            let microseconds = Int64.random(in: 1_500_000_000_000_000...1_700_000_000_000_000, using: &random)
            properties["added_at"] = .dateTime(DateTime(microseconds: microseconds))
        }
        if random.chance(0.5) { properties["label_quality"] = random.pick([0.25, 0.5, 1.0]) }
        // What a sample does not show must not be found by.
        if random.chance(0.5) { properties["nothing"] = "crawl" }
        return properties
    }

    private static func labels(_ hasUnreadable: Bool, _ random: inout SeededGenerator) -> [NewLabel] {
        var labels: [NewLabel] = []
        for _ in 0..<(random.chance(0.3) ? 0 : Int.random(in: 1...4, using: &random)) {
            let source = random.pick(models + ["model:a@1", "human:ann"])
            let name = random.chance(0.05) ? nil : random.pick(["cat", "dog", "cow", "face", "cat"])
            let quarter = { (random: inout SeededGenerator) in
                Double(Int.random(in: -8...400, using: &random)) / 4
            }
            var label = box(
                name, quarter(&random), quarter(&random), quarter(&random).magnitude,
                quarter(&random).magnitude,
                source.hasPrefix("human") ? nil : Double(Int.random(in: 0...8, using: &random)) / 8, source,
                nil)
            if hasUnreadable, random.chance(0.1) { label.geometry = nil }
            labels.append(label)
        }
        if random.chance(0.1) {
            labels.append(NewLabel(.points, "person", geometry: .json([]), source: "human:ann"))
        }
        return labels
    }

    private static func boxFilter(_ random: inout SeededGenerator, _ depth: Int) -> Document {
        if depth > 0, random.chance(0.2) {
            let parts = (0..<2).map { _ in Value.object(boxFilter(&random, depth - 1)) }
            return [random.pick(["$and", "$or", "$nor"]): .array(parts)]
        }
        var filter = Document()
        if random.chance(0.6) {
            filter["classname"] = random.pick([
                "cat", "dog", "face", ["$in": ["cat", "cow"]], ["$ne": "cat"], ["$regex": "^c"], .null,
                ["$exists": true], ["$type": "string"], ["$gt": "cat"],
            ])
        }
        if random.chance(0.4) { filter["conf"] = number(&random, [0, 0.25, 0.5, 0.75, 1]) }
        if filter.isEmpty || random.chance(0.2) {
            filter[random.pick(["x1", "y1", "x2", "y2", "z"])] = number(
                &random, [-2, -1, -0.5, 0, 0.5, 1, 10, 10.5, 50, 100])
        }
        return filter
    }

    /// Conditions on the lists themselves.
    private static func analysis(_ random: inout SeededGenerator) -> Document {
        random.pick([
            ["object_analysis": ["$size": 0]], ["object_analysis": ["$size": 1]], ["object_analysis": []],
            ["object_analysis": ["$exists": false]], ["object_analysis": ["$type": "array"]],
            ["object_analysis.0.classname": "cat"], ["object_analysis.0.conf": ["$gte": 0.5]],
            ["object_analysis.0.conf": ["$exists": false]], ["object_analysis.0.0.classname": "cat"],
            ["object_analysis.0": ["$size": 2]], ["object_analysis.classname": "cat"],
            ["object_analysis": ["$elemMatch": ["classname": "cat"]]],
            ["object_analysis": ["$elemMatch": ["0.classname": "cat"]]],
            ["object_analysis": ["$elemMatch": ["$size": 1]]],
            ["object_analysis": ["$elemMatch": ["b": .null]]],
            ["object_analysis.0.x1": ["$ne": 10]], ["object_analysis.0.classname": ["$all": ["cat", "dog"]]],
            ["object_analysis.1.classname": .null], ["object_analysis.0.y.z": .null],
        ])
    }

    private static func text(_ random: inout SeededGenerator) -> Value {
        random.pick([
            "crawl", "image", "http://a/1", .null, ["$exists": true], ["$regex": "a"], ["$gte": "i"],
            ["$nin": ["crawl"]],
        ])
    }

    private static func number(_ random: inout SeededGenerator, _ numbers: [Double]) -> Value {
        let number = random.pick(numbers)
        let value: Value = number == number.rounded() ? .integer(Int64(number)) : .float(number)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return value
        case 1: return ["$in": [value, "text", 1]]
        case 2: return ["$ne": value]
        case 3: return ["$exists": .boolean(random.chance(0.5))]
        case 4: return ["$mod": [2, 1]]
        default: return .object([random.pick(["$gt", "$gte", "$lt", "$lte", "$eq"]): value])
        }
    }
}
