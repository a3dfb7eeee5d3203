public import Base

/// Changes what is selected.
public struct UpdateCommand: Sendable, Hashable {
    /// What is changed.
    public var selection: CommandSelection
    /// The number by which later commands know what was changed.
    public var reference: Int?
    /// Properties that get these values.
    public var properties: Document
    /// Names of properties that are removed.
    public var removedProperties: [String]
    /// Connections made from what is changed.
    public var connections: [NewConnection]
    /// Of bounding boxes: their new place.
    public var rectangle: RegionRectangle?
    /// Of polygons: their new place.
    public var polygons: RegionPolygons?
    /// Of clips: their new place.
    public var span: VideoSpan?
    /// Of frames: their new place.
    public var position: VideoPosition?
    /// Of regions, clips, frames and descriptors: their new label.
    public var label: String?
    /// VDMS's `_expiration`: seconds from now after which it may be removed.
    public var expirationSeconds: Int64?

    /// Changes nothing yet of what is selected.
    public init(_ selection: CommandSelection) {
        self.selection = selection
        properties = Document()
        removedProperties = []
        connections = []
    }

    /// What is changed.
    public var subject: CommandSubject { selection.subject }
}

/// Removes what is selected.
public struct DeleteCommand: Sendable, Hashable {
    /// What is removed.
    public var selection: CommandSelection

    /// Removes what is selected.
    public init(_ selection: CommandSelection) { self.selection = selection }

    /// What is removed.
    public var subject: CommandSubject { selection.subject }
}
