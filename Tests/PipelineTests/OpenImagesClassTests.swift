import Base
import Engine
import Pipeline
import Testing

@Suite struct OpenImagesClassTests {
    @Test func `descriptions are ids and names, with or without a line of column names`() throws {
        let text = "LabelName,DisplayName\r\n/m/01yrx,Cat\r\n/m/0199g,\"Bicycle, \"\"racing\"\"\"\r\n"
        let expected: [Document] = [
            ["class": "/m/01yrx", "title": "Cat"],
            ["class": "/m/0199g", "title": "Bicycle, \"racing\""],
        ]
        #expect(try OpenImagesClasses.read(Array(text.utf8), name: "a.csv") == expected)
        let bare = text.dropFirst("LabelName,DisplayName\r\n".unicodeScalars.count - 1)
        #expect(try OpenImagesClasses.read(Array(bare.utf8), name: "a.csv") == expected)
        let error = #expect(throws: EngineError.self) {
            try OpenImagesClasses.read(Array("/m/1,Cat\n/m/2\n".utf8), name: "a.csv")
        }
        #expect(error?.message.hasPrefix("a.csv, line 2") == true)
    }

    @Test func `a hierarchy gives a parent for each subcategory and a whole for each part`() throws {
        let text = """
            {"LabelName": "/m/0", "Subcategory": [
              {"LabelName": "/m/1", "Part": [{"LabelName": "/m/3"}]},
              {"LabelName": "/m/2", "Subcategory": [{"LabelName": "/m/1"}]}]}
            """
        #expect(
            try OpenImagesClasses.read(Array(text.utf8), name: "h.json") == [
                ["class": "/m/0"], ["class": "/m/1", "parents": ["/m/0"]],
                ["class": "/m/3", "part_of": ["/m/1"]], ["class": "/m/2", "parents": ["/m/0"]],
                ["class": "/m/1", "parents": ["/m/2"]],
            ])
        let error = #expect(throws: EngineError.self) {
            try OpenImagesClasses.read(
                Array(#"{"LabelName": "/m/0", "Subcategory": [{"Name": 1}]}"#.utf8), name: "h.json")
        }
        #expect(error?.path == ".Subcategory[0]" && error?.message.contains("LabelName") == true)
    }
}
