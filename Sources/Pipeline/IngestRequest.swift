public import Base
public import SystemPackage

/// What to add to a store, and how.
public struct IngestRequest: Sendable {
    /// Where an image's label comes from, besides a list's `label` column.
    public enum LabelSource: String, Sendable, CaseIterable {
        case none
        /// The folder the image lies in, as ``FolderLabel`` reads it.
        case folder
    }

    /// Files, folders, glob patterns, or `.csv` and `.jsonl` lists of files.
    public var paths: [FilePath]
    /// Properties of every image and video added; a list's columns win over them.
    public var properties: Document
    public var labelSource: LabelSource
    /// Whether pixels stay where they are, and the store keeps only their path.
    public var isReference: Bool

    public init(
        paths: [FilePath], properties: Document = [:], labelSource: LabelSource = .none,
        isReference: Bool = false
    ) {
        self.paths = paths
        self.properties = properties
        self.labelSource = labelSource
        self.isReference = isReference
    }
}
