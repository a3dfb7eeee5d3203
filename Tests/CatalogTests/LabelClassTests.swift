import Base
import Testing

@testable import Catalog

@Suite struct LabelClassTests {
    let store: TemporaryStore
    let catalog: Catalog

    init() throws {
        store = try TemporaryStore()
        catalog = try Catalog.create(store.directory)
        // A cat is a pet and a mammal, and a mammal is an animal: not a tree.
        try catalog.write { transaction in
            try transaction.mergeLabelClasses([
                LabelClass("cat", title: "House cat", synonyms: ["kitty"], parents: ["mammal", "pet"]),
                LabelClass("mammal", parents: ["animal"]), LabelClass("animal"), LabelClass("pet"),
                LabelClass("goldfish", parents: ["animal", "pet"]), LabelClass("tail", wholes: ["cat"]),
            ])
        }
    }

    private func hierarchy() throws -> LabelHierarchy { try catalog.read { try $0.labelHierarchy() } }

    @Test func `what is below a class is found by every way, once, and parts are not`() throws {
        let hierarchy = try hierarchy()
        #expect(hierarchy.descendants(of: "animal") == ["animal", "cat", "goldfish", "mammal"])
        #expect(hierarchy.descendants(of: "pet") == ["cat", "goldfish", "pet"])
        #expect(hierarchy.descendants(of: "tail") == ["tail"])
        #expect(hierarchy.descendants(of: "nothing") == [])
        #expect(hierarchy.words(within: "mammal") == ["cat", "House cat", "kitty", "mammal"])
        #expect(hierarchy.ancestors(ofLabel: "kitty") == ["animal", "cat", "mammal", "pet"])
        #expect(hierarchy.ancestors(ofLabel: "nothing") == [])
        #expect(hierarchy.classes(meant: "House cat") == ["cat"])
    }

    @Test func `a cycle is refused with its way, and nothing of the request stays`() throws {
        let before = try hierarchy().classes
        let error = #expect(throws: CatalogError.self) {
            try catalog.write { transaction in
                _ = try transaction.mergeLabelClasses([
                    LabelClass("new"), LabelClass("animal", parents: ["cat"]),
                ])
            }
        }
        #expect(error?.code == .conflict)
        #expect(
            error?.message
                == "no label class may be above itself: animal is a cat is a mammal is a animal would be")
        #expect(try hierarchy().classes == before)
        let own = #expect(throws: CatalogError.self) {
            try catalog.write { _ = try $0.mergeLabelClasses([LabelClass("a", parents: ["a"])]) }
        }
        #expect(own?.message.contains("a is a a") == true)
    }

    @Test func `a word belongs to one class, but several may be called the same`() throws {
        for one in [
            LabelClass("tom", synonyms: ["kitty"]), LabelClass("kitty"), LabelClass("b", synonyms: ["pet"]),
        ] {
            let error = #expect(throws: CatalogError.self) {
                try catalog.write { _ = try $0.mergeLabelClasses([one]) }
            }
            #expect(error?.code == .conflict)
        }
        try catalog.write {
            _ = try $0.mergeLabelClasses([
                LabelClass("/m/1", title: "Trunk"), LabelClass("/m/2", title: "Trunk"),
            ])
        }
        #expect(try hierarchy().classes(meant: "Trunk") == ["/m/1", "/m/2"])
        #expect(try hierarchy().ancestors(ofLabel: "Trunk") == ["/m/1", "/m/2"])
    }

    @Test func `a parent that nobody declared is named`() throws {
        let error = #expect(throws: CatalogError.self) {
            try catalog.write { _ = try $0.mergeLabelClasses([LabelClass("a", parents: ["amimal"])]) }
        }
        #expect(error?.code == .notFound && error?.message.contains("'amimal'") == true)
    }

    @Test func `to declare a class again adds what is new of it`() throws {
        let counts = try catalog.write {
            try $0.mergeLabelClasses([
                LabelClass("cat", parents: ["pet"]), LabelClass("pet", synonyms: ["companion"]),
                LabelClass("rock"),
            ])
        }
        #expect(counts.added == 1 && counts.changed == 1)
        #expect(try hierarchy()["cat"]?.parents == ["mammal", "pet"])
        #expect(try hierarchy()["cat"]?.title == "House cat")
        #expect(try hierarchy()["pet"]?.synonyms == ["companion"])
    }

    @Test func `a renamed class keeps its place and its old name as a synonym`() throws {
        try catalog.write { try $0.renameLabelClass("mammal", to: "mammalian") }
        #expect(try hierarchy().descendants(of: "animal") == ["animal", "cat", "goldfish", "mammalian"])
        #expect(try hierarchy().ancestors(ofLabel: "mammal") == ["animal", "mammalian"])
        try catalog.write { try $0.renameLabelClass("mammalian", to: "mammal") }
        #expect(try hierarchy()["mammal"]?.synonyms == ["mammalian"])
        for (name, new) in [("cat", "pet"), ("pet", "kitty"), ("cat", "")] {
            #expect(throws: CatalogError.self) {
                try catalog.write { try $0.renameLabelClass(name, to: new) }
            }
        }
    }

    @Test func `what was below a removed class comes below its parents`() throws {
        try catalog.write { try $0.removeLabelClass("mammal") }
        #expect(try hierarchy()["cat"]?.parents == ["animal", "pet"])
        try catalog.write { try $0.removeLabelClass("cat") }
        #expect(try hierarchy().descendants(of: "pet") == ["goldfish", "pet"])
        #expect(try hierarchy()["tail"]?.wholes == [])
        let error = #expect(throws: CatalogError.self) {
            try catalog.write { try $0.removeLabelClass("cat") }
        }
        #expect(error?.code == .notFound)
    }

    @Test func `parents and synonyms are taken from a class`() throws {
        try catalog.write { try $0.narrowLabelClass("cat", parents: ["pet"], synonyms: ["kitty"]) }
        #expect(
            try hierarchy()["cat"] == LabelClass("cat", title: "House cat", parents: ["mammal"]))
        let error = #expect(throws: CatalogError.self) {
            try catalog.write { try $0.narrowLabelClass("cat", parents: ["pet"], synonyms: []) }
        }
        #expect(error?.message == "'cat' has no parent 'pet'")
    }

    @Test func `a reader keeps to the classes of its commit while they change`() throws {
        try catalog.read { snapshot in
            try catalog.write { try $0.renameLabelClass("cat", to: "feline") }
            // Not asked before the change: what is read now is still what was then.
            #expect(try snapshot.labelHierarchy()["cat"] != nil)
            #expect(try snapshot.labelHierarchy()["feline"] == nil)
            #expect(try hierarchy()["feline"] != nil)
        }
        #expect(try hierarchy()["cat"] == nil)
    }

    @Test func `classes are there when the store is opened again`() throws {
        let before = try hierarchy().classes
        catalog.close()
        let reopened = try Catalog.open(store.directory)
        #expect(try reopened.read { try $0.labelHierarchy().classes } == before)
        #expect(try reopened.findings() == [])
    }

    @Test func `a transaction that fails leaves no trace in what readers keep`() throws {
        _ = try hierarchy()
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try catalog.write { transaction in
                _ = try transaction.mergeLabelClasses([LabelClass("new")])
                throw Stop()
            }
        }
        #expect(try hierarchy()["new"] == nil)
        try catalog.write { _ = try $0.insert("Image") }
        #expect(try hierarchy()["new"] == nil)
    }

    @Test func `a chain of any length is walked`() throws {
        let chain = (0..<20_000).map {
            LabelClass("c\($0)", parents: $0 == 0 ? [] : ["c\($0 - 1)"])
        }
        #expect(LabelHierarchy(chain).descendants(of: "c0").count == 20_000)
        #expect(LabelHierarchy(chain).cycle == nil)
        var ring = chain
        ring[0].parents = ["c19999"]
        #expect(LabelHierarchy(ring).cycle?.count == 20_001)
    }
}
