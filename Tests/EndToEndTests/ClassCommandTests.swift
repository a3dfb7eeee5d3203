import Base
import Foundation
import TestSupport
import Testing

/// Label classes, questions and searches from the command line.
@Suite(.onOwnThreads) struct ClassCommandTests {
    private func labelled() throws -> Fovea {
        let fovea = try Fovea()
        for (index, name) in ["cat", "cat", "dog", "rock"].enumerated() {
            try fovea.folder.write(
                Picture.ppm(width: 10 + index, height: 8, seed: index), to: "in/\(name)/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(try fovea.run("add", folder, "--label-from", "folder").status == 0)
        return fovea
    }

    @Test func `classes are declared, shown, renamed and removed, and filters follow`() throws {
        let fovea = try labelled()
        #expect(try fovea.run("classes", "list").errors == "labels also say, undeclared: cat, dog, rock\n")
        for words in [
            ["animal"], ["pet"], ["cat", "--parent", "animal", "--parent", "pet"],
            ["dog", "--parent", "animal"],
        ] {
            #expect(try fovea.run(["classes", "add"] + words).status == 0)
        }
        #expect(try fovea.run("classes", "tree").text == "animal\n  cat\n  dog\npet\n  cat\n")
        let animals = #"{"label": {"$isa": "animal"}}"#
        #expect(try fovea.run("find", animals, "--json").lines().count == 3)
        #expect(try fovea.run("labels", "--class-isa", "pet", "--json").lines().count == 2)
        let cycle = try fovea.run("classes", "add", "animal", "--parent", "cat")
        #expect(cycle.status == 2 && cycle.errors.contains("animal is a cat is a animal"))
        #expect(try fovea.run("classes", "rename", "cat", "feline").status == 0)
        #expect(try fovea.run("find", #"{"label": {"$isa": "feline"}}"#, "--json").lines().count == 2)
        #expect(try fovea.run("classes", "remove", "dog").status == 0)
        #expect(try fovea.run("find", animals, "--json").lines().count == 2)
        #expect(try fovea.run("find", #"{"width": {"$isa": "animal"}}"#).status == 64)
        #expect(try fovea.run("verify").status == 0)
    }

    @Test
    func `files of Open Images are imported together: ids name classes, names repeat, parts are no kinds`()
        throws
    {
        let fovea = try Fovea()
        // As version 4 has them: no line of column names, quotes where a name has a comma, a root that the
        // descriptions do not have, a class below two others, and two classes of one name.
        let descriptions = [
            "/m/0jbk,Animal", "/m/01yrx,Cat", "/m/04rky,Mammal", "/m/068hy,Pet", "/m/01bqk0,Bicycle wheel",
            "/m/0199g,Bicycle", #"/m/0cyhj,"Orange, ""fruit""""#, "/m/0k5j,Trunk", "/m/0fqfr,Trunk", "",
        ].joined(separator: "\r\n")
        let hierarchy = """
            {"LabelName": "/m/0bl9f", "Subcategory": [
              {"LabelName": "/m/0jbk", "Subcategory": [
                {"LabelName": "/m/04rky", "Subcategory": [{"LabelName": "/m/01yrx"}]},
                {"LabelName": "/m/068hy", "Subcategory": [{"LabelName": "/m/01yrx"}]}]},
              {"LabelName": "/m/0199g", "Part": [{"LabelName": "/m/01bqk0"}]},
              {"LabelName": "/m/0cyhj"}]}
            """
        let files = [
            try fovea.folder.write(Array(descriptions.utf8), to: "class-descriptions.csv"),
            try fovea.folder.write(Array(hierarchy.utf8), to: "bbox_labels_600_hierarchy.json"),
        ]
        let imported = try fovea.run(["classes", "import"] + files)
        #expect(imported.status == 0, "\(imported.errors)")
        var list = "path,label\n"
        for (index, name) in ["/m/01yrx", "/m/01bqk0", "Cat", "Trunk", "/m/0k5j", #""Orange, ""fruit""""#]
            .enumerated()
        {
            try fovea.folder.write(Picture.ppm(width: 10 + index, height: 8, seed: index), to: "\(index).ppm")
            list += "\(index).ppm,\(name)\n"
        }
        let file = try fovea.folder.write(Array(list.utf8), to: "list.csv")
        #expect(try fovea.run("add", file).status == 0)
        func widths(within name: String) throws -> [Int64] {
            let found = try fovea.run("find", #"{"label": {"$isa": "\#(name)"}}"#, "--json").lines()
            return found.compactMap { $0["width"]?.integerValue }.sorted()
        }
        // By the id and by the name that people call it; a label may say either.
        #expect(try widths(within: "/m/0jbk") == [10, 12] && widths(within: "Mammal") == [10, 12])
        #expect(try widths(within: "Pet") == [10, 12] && widths(within: "/m/0bl9f") == [10, 12, 15])
        #expect(try widths(within: "/m/0199g") == [], "a wheel is no bicycle")
        // Two are called so: who asks must say which, a label that says it is of both.
        #expect(try widths(within: "/m/0fqfr") == [13] && widths(within: "/m/0k5j") == [13, 14])
        let trunk = try fovea.run("find", #"{"label": {"$isa": "Trunk"}}"#)
        #expect(trunk.status == 64 && trunk.errors.contains("/m/0fqfr, /m/0k5j"))
        let tree = try fovea.run("classes", "tree", "/m/0jbk").text
        #expect(tree.split(separator: "\n").count { $0.contains("/m/01yrx") } == 2, "\(tree)")
        #expect(try fovea.run(["classes", "import"] + files).status == 0, "a second time changes nothing")
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `a question shows its filter, and what is not understood is named`() throws {
        let fovea = try labelled()
        let asked = try fovea.run("ask", "images labelled cat wider than 10")
        #expect(asked.status == 0 && asked.errors.hasPrefix(#"filter: {"label":"cat","width":{"$gt":10}}"#))
        #expect(asked.errors.hasSuffix("1 of 1\n"))
        #expect(try fovea.run("ask", "rocks", "--filter-only").text == "{\"labels.class\":\"rock\"}\n")
        let wrong = try fovea.run("ask", "images with catz")
        #expect(
            wrong.status == 64 && wrong.errors.contains("'catz' is no word") && wrong.errors.contains("cat"))
    }

    @Test func `a search finds words and looks, and says what it went by`() throws {
        let fovea = try labelled()
        let found = try fovea.run("search", "dogs", "--json").lines()
        #expect(found.count == 1 && found[0]["label"] == "dog" && found[0]["by"] == ["words"])
        let file = fovea.folder.url.appendingPathComponent("in/dog/2.ppm").path
        let alike = try fovea.run("search", "--image", file, "--distance", "0", "--json").lines()
        #expect(alike.contains { $0["_uniqueid"] == found[0]["_uniqueid"] })
        #expect(try fovea.run("search").status == 64)
        #expect(try fovea.run("search", "a", "--image", file).status == 64)
    }

    @Test func `messages of the Model Context Protocol are answered a line each`() throws {
        let fovea = try labelled()
        let answers = try fovea.run(
            ["mcp"],
            input: """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"query","arguments":{"question":"dogs"}}}
                nonsense

                """
        ).lines()
        #expect(answers.count == 3)
        #expect(answers[0]["result"]?.objectValue?["protocolVersion"] == "2025-06-18")
        let content = answers[1]["result"]?.objectValue?["structuredContent"]?.objectValue
        #expect(answers[1]["id"] == 2 && content?["count"] == 1)
        #expect(answers[2]["error"]?.objectValue?["code"] == -32700)
    }
}
