import Base
import TestSupport
import Testing

@testable import Engine

@Suite struct PermissionsTests {
    private func permissions(_ document: Document) throws -> Permissions {
        var permissions = Permissions.none
        try permissions.apply(document)
        return permissions
    }

    @Test func `nothing is allowed that is not named`() throws {
        let none = try permissions([:])
        for action in Permissions.Action.allCases {
            #expect(!none[class: "Person"].contains(action) && !none.indexes.contains(action))
            #expect(!none.accessControl.contains(action) && !none.allowsEverywhere(action))
        }
        let reading = try permissions(["objects": ["read": true]])
        #expect(reading[class: "Person"] == .read && reading.indexes == [] && reading.accessControl == [])
    }

    @Test(
        "a class differs from all others in what is named of it, however that is written",
        arguments: [
            ["objects": ["read": true, "Person": ["read": false, "create": true]]],
            ["objects": ["Person": ["read": false, "create": true], "read": true]],
            ["objects": ["read": ["Person": false], "create": ["Person": true], "classes": ["Other": [:]]]]
                as Document,
            ["objects": ["read": true, "classes": ["Person": ["read": false, "create": true]]]],
        ])
    func classes(document: Document) throws {
        let found = try permissions(document)
        #expect(found[class: "Person"] == .create)
        #expect(!found.allowsEverywhere(.read) && !found.allowsEverywhere(.create))
        #expect(try permissions(found.document) == found)
    }

    @Test func `a class is the same with and without the underscore of system classes`() throws {
        let found = try permissions(["objects": ["_Image": ["read": true]]])
        #expect(found[class: "Image"] == .read && found[class: "_Image"] == .read)
        #expect(found[class: "Images"] == [])
    }

    @Test(
        "a class is the same under every name that a face has for it",
        arguments: [
            ("_Image", ["Image", "VD:IMG", "user:Image"]), ("_BoundingBox", ["BoundingBox", "VD:ROI"]),
            ("_Descriptor", ["Descriptor:0:faces", "Descriptor:7:a:b", "VD:DESC", "user:Descriptor:0:x"]),
            ("Person", ["user:Person", "user:user:Person"]), ("VD:BLOB", ["_Blob", "Blob"]),
        ] as [(String, [String])])
    func names(denied: String, others: [String]) throws {
        let found = try permissions(["objects": ["read": true, "classes": [denied: ["read": false]]]])
        for name in others { #expect(found[class: name] == [], "\(name)") }
        #expect(found[class: "Other"] == .read && found[class: "DescriptorSet"] == .read)
    }

    @Test func `names of other bytes are other classes`() throws {
        let found = try permissions(["objects": ["read": true, "caf\u{e9}": ["read": false]]])
        #expect(found[class: "caf\u{e9}"] == [] && found[class: "cafe\u{301}"] == .read)
    }

    @Test func `a later document changes only what it names, and a class's exception outlives it`() throws {
        var role = try permissions(["objects": ["read": true, "Secret": ["read": false]], "indexes": true])
        try role.apply(["objects": ["read": true, "update": true]])
        #expect(role[class: "Secret"] == .update && role[class: "Open"] == [.read, .update])
        #expect(role.indexes == .all)
        try role.apply(["objects": true, "indexes": ["delete": false]])
        #expect(role[class: "Secret"] == .all && role.indexes == [.create, .read, .update])
    }

    @Test func `classes named like actions can be named`() throws {
        let found = try permissions(["objects": ["classes": ["create": ["read": true]]]])
        #expect(found[class: "create"] == .read && found.objects == [])
        #expect(try permissions(found.document) == found)
    }

    @Test(
        "what is no permission is refused with its path, and nothing of it is taken in",
        arguments: [
            (["objects": 1], "objects"), (["objects": ["read": "yes"]], "objects.read"),
            (["indexes": ["write": true]], "indexes.write"),
            (["objects": ["read": true, "Person": ["see": true]]], "objects.Person.see"),
            (["objects": ["read": ["Person": 1]]], "objects.read.Person"),
            (["objects": ["classes": true]], "objects.classes"),
            (["objects": ["": true]], "objects."), (["access_control": .null], "access_control"),
            (["objects": ["reed": true]], "objects.reed"), (["objects": ["Person": false]], "objects.Person"),
            (["objects": ["Descriptor:0:faces": ["read": false]]], "objects.Descriptor:0:faces"),
        ] as [(Document, String)])
    func malformed(document: Document, path: String) {
        var role = Permissions(objects: .delete)
        let error = #expect(throws: EngineError.self) { try role.apply(document) }
        #expect(error?.code == .invalidRequest && error?.path == path)
        #expect(role == Permissions(objects: .delete))
    }

    @Test func `an action that is misspelt is told`() {
        var role = Permissions.none
        for (given, meant) in [
            ("reed", "read"), ("Read", "read"), ("raed", "read"), ("creat", "create"), ("deletes", "delete"),
        ] {
            let error = #expect(throws: EngineError.self) { try role.apply(["objects": [given: true]]) }
            #expect(error?.message == "'\(given)': did you mean '\(meant)'?")
        }
        let error = #expect(throws: EngineError.self) { try role.apply(["objects": ["Person": true]]) }
        #expect(error?.message.contains("'Person' is no action") == true)
        #expect(role == .none)
    }

    @Test func `a role cannot name classes without end`() {
        let classes = Document((0...Permissions.classLimit).map { ("C\($0)", ["read": true]) })
        var role = Permissions.none
        let error = #expect(throws: EngineError.self) { try role.apply(["objects": .object(classes)]) }
        #expect(error?.code == .limitExceeded && role == .none)
    }

    /// Against the definition: a union allows what one of the two does, of every class; covering is allowing
    /// everything that the other does.
    @Test func `unions and covering are what their definitions say`() throws {
        var generator = SeededGenerator(seed: 17)
        let names = ["A", "B", "C", "D"]
        for _ in 0..<2_000 {
            let (left, right) = (random(&generator, names), random(&generator, names))
            let union = left.union(right)
            for name in names + ["unnamed"] {
                #expect(union[class: name] == left[class: name].union(right[class: name]))
            }
            #expect(union.covers(left) && union.covers(right))
            let isCovered = (names + ["unnamed"]).allSatisfy {
                left[class: $0].isSuperset(of: right[class: $0])
            }
            let others =
                left.indexes.isSuperset(of: right.indexes)
                && left.accessControl.isSuperset(of: right.accessControl)
            #expect(left.covers(right) == (isCovered && others))
            #expect(Permissions.all.covers(left))
            var copy = Permissions.none
            try copy.apply(left.document)
            for name in names + ["unnamed"] { #expect(copy[class: name] == left[class: name]) }
        }
    }

    @Test func `no document makes it trap, and what is read means the same when it is written`() throws {
        var generator = SeededGenerator(seed: 4)
        var taken = 0
        for _ in 0..<20_000 {
            var role = Permissions.none
            do throws(EngineError) {
                try role.apply(RandomDocument.make(&generator))
            } catch {
                #expect([.invalidRequest, .limitExceeded].contains(error.code) && error.path != nil)
                continue
            }
            taken += 1
            var copy = Permissions.none
            try copy.apply(role.document)
            #expect(copy == role)
        }
        #expect(taken > 100)
    }

    private func random(_ generator: inout SeededGenerator, _ names: [String]) -> Permissions {
        func actions() -> Permissions.Actions {
            Permissions.Actions(rawValue: UInt8.random(in: 0...15, using: &generator))
        }
        var permissions = Permissions(objects: actions(), indexes: actions(), accessControl: actions())
        for name in names where generator.chance(0.4) {
            let denied = actions()
            permissions.classes[ExactName(name)] = .init(
                allowed: actions().subtracting(denied), denied: denied)
        }
        return permissions
    }
}

/// Documents that look like those of roles, more or less.
enum RandomDocument {
    static func make(_ generator: inout SeededGenerator) -> Document {
        let parts = ["objects", "indexes", "access_control", "other"]
        return Document(
            (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                (generator.pick(parts), value(&generator, depth: 0))
            })
    }

    private static func value(_ generator: inout SeededGenerator, depth: Int) -> Value {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0..<5: return .boolean(generator.chance(0.5))
        case 5..<10 where depth < 4:
            let keys = ["create", "read", "update", "delete", "classes", "Person", "_Image", "", "\u{0}"]
            return .object(
                Document(
                    (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                        (generator.pick(keys), value(&generator, depth: depth + 1))
                    }))
        case 10: return .integer(1)
        default: return generator.pick([.null, .string("true"), .array([true]), .float(.nan)])
        }
    }
}
