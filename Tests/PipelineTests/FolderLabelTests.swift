import Testing

@testable import Pipeline

@Suite struct FolderLabelTests {
    @Test(
        "the class and the split of a folder",
        arguments: [
            ("data", ["cat"], "cat", nil), ("data", ["train", "cat"], "cat", "train"),
            ("data", ["valid", "dog", "x"], "dog", "val"),
            ("train", ["cat"], "cat", "train"), ("data", ["cat", "long", "hair"], "cat", nil),
            ("cats", [], "cats", nil),
            ("train", [], nil, "train"), ("data", ["test"], nil, "test"),
            ("data", ["Training", "cat"], "cat", "train"),
        ] as [(String, [String], String?, String?)])
    func labels(root: String, folders: [String], label: String?, split: String?) {
        let found = FolderLabel(root: root, folders: folders)
        #expect(found.label == label)
        #expect(found.split == split)
    }
}
