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
