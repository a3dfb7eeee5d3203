public import Base
import Catalog
import Engine

/// A video, or an image, that was pushed to a project, and how far it is.
public struct SieveVideo: Sendable {
    /// The class of the entities that these are kept as.
    static let entityClass = "SieveVideo"

    /// In the words of Sieve's job status.
    public enum Status: String, Sendable, CaseIterable { case queued, processing, finished, failed }

    public var id: EntityID
    public var project: String
    public var name: String
    /// What clients know the push by.
    public var jobID: String
    public var status: Status
    public var isImage: Bool
    /// Where it came from.
    public var url: String
    public var userMetadata: Document
    public var byteCount: Int64?
    public var time: DateTime
    /// Why it failed.
    public var error: String?
    /// The video or image in the store, once it is there.
    public var media: EntityID?
    /// Whether the push has brought it into the store.
    public var broughtIt: Bool

    init?(_ id: EntityID, _ properties: Document) {
        func text(_ name: String) -> String? { properties[name]?.stringValue }
        guard let project = text("project"), let name = text("video_name"), let job = text("job_id"),
            let status = text("status").flatMap(Status.init(rawValue:)),
            case .dateTime(let time)? = properties["pushed_at"]
        else { return nil }
        self.id = id
        self.project = project
        self.name = name
        jobID = job
        self.status = status
        self.time = time
        isImage = properties["is_image"]?.booleanValue ?? false
        url = text("source_url") ?? ""
        userMetadata = properties["user_metadata"]?.objectValue ?? [:]
        byteCount = properties["size_bytes"]?.integerValue
        error = text("error")
        media = text("media").flatMap { EntityID($0) }
        broughtIt = properties["brought"]?.booleanValue ?? false
    }

    /// No two pushes of a project have the same.
    static func key(_ project: String, _ name: String) -> String { "\(project)/\(name)" }

    /// The class of what was pushed.
    public var mediaClass: String { isImage ? Store.imageClass : Store.videoClass }
}

/// An export of a project's frames.
public struct SieveExport: Sendable {
    /// The class of the entities that exports are kept as.
    static let entityClass = "SieveExport"

    /// In the words of Sieve's export status.
    public enum Status: String, Sendable, CaseIterable { case queued, processing, complete, failed }

    public var id: EntityID
    public var project: String
    public var name: String
    /// Names its folder.
    public var exportID: String
    public var status: Status
    /// Tags that its frames have.
    public var filters: Document
    public var time: DateTime
    public var error: String?

    init?(_ id: EntityID, _ properties: Document) {
        guard let project = properties["project"]?.stringValue, let name = properties["name"]?.stringValue,
            let number = properties["export_id"]?.stringValue,
            let status = properties["status"]?.stringValue.flatMap(Status.init(rawValue:)),
            case .dateTime(let time)? = properties["created_at"]
        else { return nil }
        self.id = id
        self.project = project
        self.name = name
        exportID = number
        self.status = status
        self.time = time
        filters = properties["filters"]?.objectValue ?? [:]
        error = properties["error"]?.stringValue
    }
}
