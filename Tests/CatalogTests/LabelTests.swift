import Base
import Catalog
import Columns
import Testing

@Suite struct LabelTests {
    let store: TemporaryStore
    let catalog: Catalog
    let image: EntityID

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
        image = try catalog.write { try $0.insert("Image") }
    }

    private func names() throws -> [String] {
        try catalog.read { try $0.labels(of: image).compactMap(\.name) }
    }

    @Test func `a label is read back with all that was said of it`() throws {
        let time = DateTime(microseconds: 1_700_000_000_000_000)
        let (box, mask, caption) = try catalog.write { [image] transaction in
            let run = try transaction.beginRun(
                "model", source: "model:yolox@1", parameters: ["threshold": 0.25])
            let box = try transaction.addLabel(
                NewLabel(
                    .box, "cat", geometry: .json(["x": 1.5, "y": 2, "width": 3, "height": 4]),
                    confidence: 0.75,
                    source: "model:yolox@1", run: run, time: time), to: image)
            let mask = try transaction.addLabel(
                NewLabel(.mask, "cat", geometry: .bytes([0, 1, 255]), source: "human:ann", parent: box),
                to: image)
            let caption = try transaction.addLabel(
                NewLabel(.caption, nil, geometry: .json("a cat"), source: "human:ann"), to: image)
            try transaction.finishRun(run)
            return (box, mask, caption)
        }
        try catalog.read { snapshot in
            let labels = try snapshot.labels(of: image)
            #expect(labels.map(\.id) == [mask, caption])
            let first = try #require(labels.first)
            #expect(
                first.target == image && first.kind == .mask && first.name == "cat" && first.parent == box)
            #expect(
                first.geometry == .bytes([0, 1, 255]) && first.confidence == nil
                    && first.source == "human:ann")
            #expect(labels[1].geometry == .json("a cat") && labels[1].name == nil)
            let run = try #require(try snapshot.runs().first)
            #expect(
                run.kind == "model" && run.source == "model:yolox@1" && run.parameters == ["threshold": 0.25])
            #expect(run.finished != nil && run.reverted == nil)
            #expect(try snapshot.verify() == [])
        }
        try catalog.write { _ = try $0.revert(run: 1, source: "human:ann") }
        try catalog.write { [image] in
            let run = try $0.beginRun("model", source: "model:yolox@1")
            try $0.addLabel(
                NewLabel(.box, "dog", confidence: 0.5, source: "model:yolox@1", run: run, time: time),
                to: image)
        }
        let label = try catalog.read { try #require(try $0.labels(of: image).last) }
        #expect(label.time == time && label.confidence == 0.5 && label.run == 2)
    }

    @Test func `reverting a run takes its labels back and leaves what a person made of them`() throws {
        let kept = try catalog.write { [image] transaction in
            let human = try transaction.addLabel(NewLabel(.class, "before", source: "human:ann"), to: image)
            let run = try transaction.beginRun("model", source: "model:m@1")
            func model(_ name: String, parent: LabelID? = nil) throws -> LabelID {
                try transaction.addLabel(
                    NewLabel(.class, name, confidence: 0.5, source: "model:m@1", run: run, parent: parent),
                    to: image)
            }
            try _ = model("alone")
            let edited = try model("to be edited")
            let removed = try model("to be removed")
            try _ = model("in the place of a person's", parent: human)
            try transaction.addLabel(
                NewLabel(.class, "edited", source: "human:ann", parent: edited), to: image)
            try transaction.removeLabel(removed, source: "human:ann")
            return run
        }
        #expect(try names() == ["alone", "in the place of a person's", "edited"])
        let outcome = try catalog.write { try $0.revert(run: kept, source: "human:ann") }
        #expect(outcome.removed == 2 && outcome.restored == 1)
        #expect(try names() == ["before", "edited"])
        #expect(try catalog.read { try $0.runs().first?.reverted } != nil)
        #expect(try catalog.findings() == [])
    }

    @Test func `a label that is no longer current can be neither replaced nor removed`() throws {
        let first = try catalog.write { [image] in
            try $0.addLabel(NewLabel(.class, "cat", source: "human:ann"), to: image)
        }
        try catalog.write { [image] in
            try $0.addLabel(NewLabel(.class, "dog", source: "human:ann", parent: first), to: image)
        }
        for attempt in 0..<2 {
            let error = #expect(throws: CatalogError.self) {
                try catalog.write { [image] transaction in
                    if attempt == 0 {
                        try transaction.removeLabel(first, source: "human:bob")
                    } else {
                        try transaction.addLabel(
                            NewLabel(.class, "cow", source: "human:bob", parent: first), to: image)
                    }
                }
            }
            #expect(error?.code == .conflict)
        }
        let other = try catalog.write { try $0.insert("Image") }
        let error = #expect(throws: CatalogError.self) {
            try catalog.write {
                try $0.addLabel(NewLabel(.class, "cow", source: "human:bob", parent: 2), to: other)
            }
        }
        #expect(error?.code == .conflict)
        #expect(try names() == ["dog"])
    }

    @Test func `texts that look alike and are not stay apart`() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        try catalog.write { [image] transaction in
            for name in [composed, decomposed, composed] {
                try transaction.addLabel(NewLabel(.class, name, source: "human:ann"), to: image)
            }
        }
        let found = try names().map { Array($0.utf8) }
        #expect(found == [composed, decomposed, composed].map { Array($0.utf8) })
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            let facet = try snapshot.labelFacet(known, .class, over: snapshot.alive(known), limit: 10)
            #expect(facet.distinct == 2)
        }
    }

    @Test func `labels in bulk are the labels one by one`() throws {
        let count = 3_000
        try catalog.write { try $0.insert("Image", rows: BulkRows(count: count, columns: [])) }
        try catalog.buildAllIndexes()
        let labels = BulkLabels(
            .box, targets: (0..<count * 2).map { LocalID($0 / 2) }, names: ["a", "b", "c"],
            nameIndexes: (0..<count * 2).map { $0 % 3 },
            confidences: (0..<count * 2).map { Double($0) / 6_000 },
            source: "import:x")
        try catalog.write { [image] transaction in
            try transaction.addLabel(NewLabel(.box, "first", source: "human:ann"), to: image)
            try transaction.addLabels(labels, to: "Image")
            try transaction.addLabel(NewLabel(.box, "last", source: "human:ann", parent: 2), to: image)
        }
        #expect(try names() == ["first", "b", "last"])
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            let found = try snapshot.labels(of: known.entityID(1_000))
            #expect(
                found.map(\.name) == ["c", "a"]
                    && found.map(\.confidence) == [2_000.0 / 6_000, 2_001.0 / 6_000])
            #expect(found.map(\.source) == ["import:x", "import:x"] && found.map(\.kind) == [.box, .box])
            let facet = try snapshot.labelFacet(known, .box, over: snapshot.alive(known), limit: 1)
            #expect(facet.values == [.init(value: .string("b"), count: 2_000)] && facet.distinct == 5)
            #expect(try snapshot.verify() == [])
        }
        func code(_ labels: BulkLabels, _ name: String = "Image") -> CatalogError.Code? {
            #expect(throws: CatalogError.self) { try catalog.write { try $0.addLabels(labels, to: name) } }?
                .code
        }
        #expect(code(labels, "Imago") == .notFound)
        var wrong = labels
        wrong.targets[7] = 9_999
        #expect(code(wrong) == .notFound)
        wrong = labels
        wrong.nameIndexes[3] = 3
        #expect(code(wrong) == .invalidValue)
        wrong = labels
        wrong.confidences?.removeLast()
        #expect(code(wrong) == .invalidValue)
        wrong = labels
        wrong.run = 9
        #expect(code(wrong) == .notFound)
        #expect(try catalog.findings() == [])
    }

    @Test("selections and facets by label", arguments: [false, true])
    func selections(isBuiltFirst: Bool) throws {
        if isBuiltFirst { try catalog.buildAllIndexes() }
        // Entity n > 0 has the class labels "all", and "two", "three" where n divides by it; confidence n /
        // 100.
        try catalog.write { transaction in
            for number in 1...60 {
                let id = try transaction.insert("Image", ["n": .integer(Int64(number))])
                var names = ["all"]
                if number.isMultiple(of: 2) { names.append("two") }
                if number.isMultiple(of: 3) { names += ["three", "three"] }
                for name in names {
                    try transaction.addLabel(
                        NewLabel(.class, name, confidence: Double(number) / 100, source: "model:m@1"), to: id)
                }
                try transaction.addLabel(NewLabel(.box, "boxed", source: "human:ann"), to: id)
            }
        }
        try catalog.read { snapshot in
            let known = try #require(snapshot.schema.entityClass("Image"))
            func ids(_ test: (Int) -> Bool) -> IdSet { IdSet((1...60).filter(test).map { LocalID($0) }) }
            #expect(try snapshot.labelled(known, .class, .equal(.string("two"))).ids == ids { $0 % 2 == 0 })
            #expect(try snapshot.labelled(known, .class, .equal(.string("none"))).ids.isEmpty)
            #expect(try snapshot.labelled(known, .class, .present).ids == ids { _ in true })
            #expect(
                try snapshot.labelled(known, .class, .in([.string("two"), .string("three")])).ids
                    == ids { $0 % 2 == 0 || $0 % 3 == 0 })
            #expect(
                try snapshot.labelled(known, .class, .matching { $0.hasPrefix("t") }).ids
                    == ids { $0 % 2 == 0 || $0 % 3 == 0 })
            // The trap of f32: exactly the bound must be found.
            #expect(
                try snapshot.labelled(
                    known, .class, .equal(.string("three")), confidenceFrom: .including(.float(0.3))
                ).ids
                    == ids { $0 % 3 == 0 && $0 >= 30 })
            #expect(
                try snapshot.labelled(known, .box, .present, confidenceFrom: .including(.float(0))).ids
                    .isEmpty)
            let facet = try snapshot.labelFacet(known, .class, over: ids { $0 <= 10 }.union([0]), limit: 2)
            #expect(
                facet.values == [
                    .init(value: .string("all"), count: 10), .init(value: .string("two"), count: 5),
                ])
            #expect(facet.distinct == 3 && facet.missing == 1)
            #expect(try snapshot.labelNames(known, .class) == ["all", "three", "two"])
            #expect(try snapshot.labelNames(known, .polygon) == [])
            #expect(try snapshot.verify() == [])
        }
    }
}
