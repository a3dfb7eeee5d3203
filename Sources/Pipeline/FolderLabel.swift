/// The class, and the split, that an image's folder stands for.
///
/// Below the folder that was added, the first folder is the class (Keras' `flow_from_directory`), whatever
/// lies deeper. Where the first folder is a split (`train`, `val`, `test` and their spellings, as Hugging
/// Face's `imagefolder` knows them) the second one is the class. An image directly in the folder that was
/// added is of the class of that folder's own name, or unlabelled if that is a split.
struct FolderLabel: Equatable {
    var label: String?
    /// `train`, `val` or `test`.
    var split: String?

    /// - Parameters:
    ///   - root: The name of the folder that was added.
    ///   - folders: The names of the folders from there down to the image.
    init(root: String?, folders: [String]) {
        var folders = folders[...]
        if let root, let split = FolderLabel.splits[root.lowercased()] {
            self.split = split
        } else if let first = folders.first, let split = FolderLabel.splits[first.lowercased()] {
            self.split = split
            folders.removeFirst()
        } else if folders.isEmpty {
            label = root
            return
        }
        label = folders.first
    }

    private static let splits = [
        "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
        "dev": "val",
        "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
    ]
}
