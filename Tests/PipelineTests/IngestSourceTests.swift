import Base
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

@Suite struct IngestSourceTests {
    /// A folder that is removed with everything in it when the test ends.
    private final class Folder {
        private let folder: TemporaryFolder
        var path: FilePath { folder.path }
        init() throws { folder = try TemporaryFolder() }

        func file(_ name: [UInt8], _ text: String = "x") throws {
            var file = path
            for component in name.split(separator: UInt8(ascii: "/")).dropLast() {
                file = FileTree.appending(Array(component), to: file)
                mkdir(file.string, 0o700)
            }
            file = name.split(separator: UInt8(ascii: "/")).reduce(path) {
                FileTree.appending(Array($1), to: $0)
            }
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        }
        func file(_ name: String, _ text: String = "x") throws { try file(Array(name.utf8), text) }
    }

    private func walk(_ request: IngestRequest) -> [IngestItem] {
        let items = Mutex<[IngestItem]>([])
        IngestSource(request: request, cancellation: Cancellation()) { item in
            items.withLock { $0.append(item) }
            return true
        }.walk()
        return items.withLock { $0 }
    }

    @Test func `a folder is walked whole, in byte order, hidden files left out`() throws {
        let folder = try Folder()
        for name in ["b.jpg", "a/2.jpg", "a/1.jpg", ".hidden/x.jpg", "C.jpg"] { try folder.file(name) }
        let items = walk(IngestRequest(paths: [folder.path]))
        #expect(
            items.map { $0.path.string.dropFirst(folder.path.string.count + 1) } == [
                "C.jpg", "a/1.jpg", "a/2.jpg", "b.jpg",
            ])
        #expect(items.allSatisfy { !$0.isNamed && $0.failure == nil })
    }

    @Test func `labels and splits come from the folders`() throws {
        let folder = try Folder()
        for name in ["train/cat/1.jpg", "val/dog/deep/2.jpg", "bird/3.jpg"] { try folder.file(name) }
        let items = walk(IngestRequest(paths: [folder.path], labelSource: .folder))
        #expect(items.map(\.labels) == [["bird"], ["cat"], ["dog"]])
        #expect(items.map { $0.properties["split"]?.stringValue } == [nil, "train", "val"])
    }

    @Test func `a missing path is a failed item and the walk goes on`() throws {
        let folder = try Folder()
        try folder.file("1.jpg")
        let items = walk(IngestRequest(paths: [folder.path.appending("none"), folder.path]))
        #expect(items.count == 2)
        #expect(items[0].failure?.contains("no such file") == true)
        #expect(items[1].failure == nil)
    }

    @Test func `names with line ends and bytes that are no UTF-8 are found and shown without ambiguity`()
        throws
    {
        let folder = try Folder()
        let names: [[UInt8]] = [Array("a\nb.jpg".utf8), [0x66, 0xFF, 0x2E, 0x6A, 0x70, 0x67]]
        for name in names { try folder.file(name) }
        let items = walk(IngestRequest(paths: [folder.path]))
        #expect(items.count == 2)
        #expect(items[0].path.shown.hasSuffix("/a\nb.jpg"))
        #expect(items[1].path.shown.hasSuffix("/f\\xff.jpg"))
        #expect(FileTree.bytes(of: items[1].path).suffix(6) == names[1][...])
    }

    @Test func `names that look alike are shown apart`() {
        let names: [[UInt8]] = [
            [0xFF], Array("\\xff".utf8), Array("\\\\xff".utf8), [0x5C, 0xFF], [0x5C, 0x5C, 0xFF],
            Array("\\".utf8),
            Array("a\\b".utf8), Array("a\\\\b".utf8), [0x61, 0x5C, 0x62, 0xFF], Array("é".utf8), [0xC3],
            [0xC3, 0x28],
            Array("\\xc3(".utf8), [],
        ]
        let shown = names.map { FileTree.shown($0) }
        #expect(Set(shown).count == names.count, "\(shown)")
        #expect(shown[0] == "\\xff" && shown[1] == "\\\\xff")
        // What is no way ambiguous stays as it is.
        #expect(shown[6] == "a\\b" && shown[9] == "é")
    }

    @Test(arguments: [1, 2, 40])
    func `links to where they lie are told once each and not followed`(count: Int) throws {
        let folder = try Folder()
        try folder.file("a/1.jpg")
        for number in 0..<count {
            #expect(symlink(".", folder.path.appending("a/loop\(number)").string) == 0)
        }
        #expect(symlink(folder.path.string, folder.path.appending("a/up").string) == 0)
        let items = walk(IngestRequest(paths: [folder.path], labelSource: .folder))
        #expect(items.filter { $0.failure == nil }.map(\.labels) == [["a"]])
        #expect(items.count { $0.failure?.contains("leads back") == true } == count + 1)
        #expect(items.count == count + 2)
    }

    @Test func `a folder that two links lead to is walked by each of its paths`() throws {
        let folder = try Folder()
        try folder.file("real/1.jpg")
        for name in ["cat", "dog"] { #expect(symlink("real", folder.path.appending(name).string) == 0) }
        let items = walk(IngestRequest(paths: [folder.path], labelSource: .folder))
        #expect(items.map(\.labels) == [["cat"], ["dog"], ["real"]])
    }

    @Test func `links to folders of links do not multiply without end`() throws {
        let folder = try Folder()
        for level in 0..<40 { try folder.file("\(level)/1.jpg") }
        for level in 0..<39 {
            for name in ["x", "y"] {
                #expect(symlink("../\(level + 1)", folder.path.appending("\(level)/\(name)").string) == 0)
            }
        }
        // By each of its paths the last folder would be walked 2^39 times.
        let items = walk(IngestRequest(paths: [folder.path]))
        #expect(items.count { $0.failure == nil } <= 40 * (IngestSource.maxLinks + 1))
        #expect(items.contains { $0.failure?.contains("\(IngestSource.maxLinks) links") == true })
    }

    @Test func `a list names files relative to itself and its columns become properties`() throws {
        let folder = try Folder()
        try folder.file("pictures/1.jpg")
        try folder.file(
            "list.csv",
            "path,label,camera,exposure\npictures/1.jpg,cat,\"A, B\",0.5\n/abs.jpg,,x,\npictures/2.jpg,dog\n")
        let items = walk(
            IngestRequest(
                paths: [folder.path.appending("list.csv")], properties: ["camera": "none", "site": 3]))
        #expect(items.count == 3)
        #expect(items[0].path == folder.path.appending("pictures/1.jpg"))
        #expect(items[0].labels == ["cat"])
        #expect(items[0].properties == ["camera": "A, B", "site": 3, "exposure": 0.5])
        #expect(items[1].path == "/abs.jpg")
        #expect(items[1].properties == ["camera": "x", "site": 3])
        #expect(items[2].failure?.contains("line 4") == true)
    }

    @Test func `a JSON lines list keeps types, and a bad line does not end it`() throws {
        let folder = try Folder()
        try folder.file(
            "list.jsonl",
            """
            {"path": "1.jpg", "label": ["cat", "pet"], "meta": {"a": [1, 2]}, "at": {"$date": "2024-05-06T07:08:09Z"}}
            not json

            {"path": 7}
            {"path": "2.jpg"}
            """)
        let items = walk(IngestRequest(paths: [folder.path.appending("list.jsonl")]))
        #expect(items.count == 4)
        #expect(items[0].labels == ["cat", "pet"])
        #expect(items[0].properties["meta"] == ["a": [1, 2]])
        #expect(items[0].properties["at"] == .dateTime(DateTime(microseconds: 1_714_979_289_000_000)))
        #expect(items[1].failure?.contains("line 2") == true)
        #expect(items[2].failure?.contains("'path'") == true)
        #expect(items[3].path == folder.path.appending("2.jpg"))
    }

    @Test func `a list without a path column says which columns there are`() throws {
        let folder = try Folder()
        try folder.file("list.csv", "file,label\n1.jpg,cat\n")
        let items = walk(IngestRequest(paths: [folder.path.appending("list.csv")]))
        #expect(items.map(\.failure) == ["no column is named 'path'; the columns are file, label"])
    }

    @Test(
        "a column that no property can be named after is told once, and other paths go on",
        arguments: [
            ("path,a.b", "column 2: property 'a.b' may not hold '.'"),
            (",path,label", "column 1 has no name"), ("path,$x", "may not begin with '$'"),
            ("path,error", "'error' may not be given"), ("path,a,a", "two columns are named 'a'"),
        ])
    func badHeader(header: String, reason: String) throws {
        let folder = try Folder()
        try folder.file("list.csv", header + "\n1.jpg,x,y\n2.jpg,x,y\n")
        try folder.file("3.jpg")
        let items = walk(
            IngestRequest(paths: [folder.path.appending("list.csv"), folder.path.appending("3.jpg")]))
        #expect(items.count == 2)
        #expect(items[0].failure?.contains(reason) == true, "\(items[0].failure ?? "")")
        #expect(items[1].failure == nil)
    }

    @Test func `a line that is too long fails alone`() throws {
        let folder = try Folder()
        let long = String(repeating: "x", count: 17 << 20)
        try folder.file(
            "list.jsonl", "{\"path\": \"1.jpg\"}\n{\"path\": \"\(long)\"}\n{\"path\": \"2.jpg\"}\n")
        let items = walk(IngestRequest(paths: [folder.path.appending("list.jsonl")]))
        #expect(items.map { $0.failure == nil } == [true, false, true])
        #expect(items[1].failure?.contains("line 2 is longer than 16777216 bytes") == true)
    }

    @Test func `a list of JSON lines may begin with a byte order mark, and has dates that are dates`() throws
    {
        let folder = try Folder()
        try folder.file(
            "list.jsonl",
            "\u{FEFF}{\"path\": \"a\", \"at\": {\"$date\": \"2024-05-06\"}}\r\n"
                + #"{"path": "b", "deep": [{"when": {"$date": "yesterday"}}]}"# + "\n"
                + #"{"path": "c", "at": {"$date": 5}}"# + "\n" + #"{"path": "d", "at": {"$date": 5, "x": 1}}"#
        )
        let items = walk(IngestRequest(paths: [folder.path.appending("list.jsonl")]))
        #expect(items.count == 4)
        #expect(items[0].failure == nil && items[3].failure == nil)
        #expect(items[0].properties["at"] == DateTime(iso8601: "2024-05-06").map(Value.dateTime))
        #expect(items[1].failure?.contains("line 2: 'deep'") == true)
        #expect(items[2].failure?.contains("line 3: 'at'") == true)
    }
}
