import Base
import SystemPackage

/// One file that ingest will look at, with what is known of it before it is opened.
struct IngestItem: Sendable {
    /// The file, absolute.
    var path: FilePath
    /// What the list that named it says of it.
    var properties: Document = [:]
    /// Labels of the list and of the folder.
    var labels: [String] = []
    /// Whether the file was named by the caller or by a list: then it must be an image or a
    /// video, or it has failed.
    var isNamed: Bool
    /// What is already known to be wrong: a missing file, an unreadable row.
    var failure: String?
}
